"""The quarantine child, for real: its answer, its limits, its end."""

import asyncio
import os
import re
import sys
import time
from pathlib import Path

import pytest

from worker import quarantine
from worker.errors import Bomb, OwnTrouble
from worker.extract.article import extract
from worker.extract.site_rules import SiteRules
from worker.quarantine import DEADLINE_S, MEMORY_BYTES, Quarantine

URL = "https://news.example/2021/11/10/story.html"
PAGE = (
    "<!DOCTYPE html><html lang=en><head><title>A quiet day at the harbour</title></head><body><article>"
    "<h1>A quiet day at the harbour</h1>"
    + "<p>The ferry left on time, the gulls stayed away, and nobody had anything to say about either of them.</p>" * 8
    + "</article></body></html>"
)


MISNESTED = "".join(f"<b {i}>" for i in range(2_000)) + "".join(f"<i {i}>" for i in range(2_000)) + "x</b>" * 2_000
pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks at processes through /proc"),
]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def children() -> list[Path]:
    """Return the /proc folders of the quarantine children of this process."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            ours = f"PPid:\t{os.getpid()}\n" in (folder / "status").read_text()
            if ours and b"worker.quarantine" in (folder / "cmdline").read_bytes():
                found.append(folder)
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
    return found


def peak_memory(child: Path) -> int:
    """Return the most resident memory that *child* has had, in bytes; 0 when it is gone."""
    try:
        found = re.search(r"VmHWM:\s+(\d+) kB", (child / "status").read_text())
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return int(found[1]) * 1024 if found else 0


async def test_it_gives_what_extraction_gives() -> None:
    assert await Quarantine().extract(PAGE, url=URL, fetched_at=1.7e9) == extract(PAGE, url=URL, fetched_at=1.7e9)
    assert children() == []


async def test_it_reads_by_the_rules_of_the_site() -> None:
    rules = SiteRules(name="courier", hosts=("news.example",), title=("p",), remove=("h1",), zone="Europe/Berlin")
    found = await Quarantine().extract(PAGE, url=URL, fetched_at=1.7e9, rules=rules)
    assert found == extract(PAGE, url=URL, fetched_at=1.7e9, rules=rules)
    assert found.quality["site_rule"] == "courier"


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 300_000,
        "<div " + " ".join(f"a{i}=1" for i in range(100_000)) + ">",
        MISNESTED,
    ],
    ids=["depth", "attributes", "formatting"],
)
async def test_a_bomb_ends_within_its_limits_and_leaves_nobody_behind(html: str) -> None:
    began, peak = time.monotonic(), 0
    bomb = asyncio.create_task(Quarantine().extract(html, url=URL, fetched_at=1.7e9))
    while not bomb.done():
        peak = max([peak, *map(peak_memory, children())])
        await asyncio.wait({bomb}, timeout=0.05)
    with pytest.raises(Bomb):
        await bomb
    assert time.monotonic() - began < quarantine.START_S + DEADLINE_S
    assert peak <= MEMORY_BYTES
    assert children() == []


async def test_the_page_after_a_bomb_is_extracted() -> None:
    pages = Quarantine()
    with pytest.raises(Bomb):
        await pages.extract(MISNESTED, url=URL, fetched_at=1.7e9)
    assert (await pages.extract(PAGE, url=URL, fetched_at=1.7e9)).title == "A quiet day at the harbour"


async def test_a_cancelled_wait_kills_the_child() -> None:
    waiting = asyncio.create_task(Quarantine().extract("<div>" * 300_000, url=URL, fetched_at=1.7e9))
    while not children():
        await asyncio.sleep(0.01)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    async with asyncio.timeout(10):
        while children():
            await asyncio.sleep(0.01)


async def test_the_child_sees_none_of_our_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSMILL_DATABASE_URL", "postgresql://user:secret@db.example/news")
    waiting = asyncio.create_task(Quarantine().extract("<div>" * 300_000, url=URL, fetched_at=1.7e9))
    while not children():
        await asyncio.sleep(0.01)
    environment = (children()[0] / "environ").read_bytes()
    assert b"PYTHONPATH=" in environment
    assert b"NEWSMILL_" not in environment
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_a_machine_that_cannot_start_a_child_is_our_own_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quarantine.sys, "executable", "/nowhere/python")
    with pytest.raises(OwnTrouble):
        await Quarantine().extract(PAGE, url=URL, fetched_at=1.7e9)
