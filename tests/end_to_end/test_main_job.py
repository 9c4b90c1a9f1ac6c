"""The main job, end to end: command line → broker → worker → store, over the sample site."""

import json
import os
import re
import signal
import sqlite3
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from tasks.valkey import EmbeddedValkey
from tests.end_to_end.conftest import Shell
from tests.parts import free_port, wait_until
from tests.site.catalogue import BY_PATH
from tests.site.server import Site

FERRY, MILL, GONE = "/2026/03/02/harbour-ferry-electric.html", "/conditional/molen.html", "/gone/missing.html"
FLAKY, LONG = "/flaky/horta-comunitaria.html", "/long/part-one.html"
BAKERY = "/blog/2026/02/village-bakery-bread-map/"
TIANSHUI = "/Html/2021-11/10/261110.html"
PAGES = Path(__file__).parents[1] / "pages"


def exported(shell: Shell) -> dict[str, dict[str, Any]]:
    lines = shell.run("export", "--format", "jsonl", "--to", "-").stdout.splitlines()
    return {article["url"]: article for article in map(json.loads, lines)}


def status(shell: Shell) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(shell.run("status", "--json").stdout)
    return found


def accounted(totals: dict[str, Any]) -> int:
    plain = ("pending", "in_flight", "stored", "unchanged", "duplicate", "dead", "cancelled")
    return sum(totals[name] for name in plain) + sum(totals["rejected"].values()) + sum(totals["failed"].values())


def alive(home: Path) -> list[str]:
    """Return the command lines of processes that work in *home*."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"NEWSMILL_HOME={home}".encode() in (folder / "environ").read_bytes().split(b"\0"):
                found.append((folder / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue
    return found


def test_run_brings_articles_in_with_their_images_and_leaves_nothing_running(shell: Shell, site: Site) -> None:
    urls = [site.url(path) for path in (FERRY, MILL, FLAKY, LONG, TIANSHUI)]
    done = shell.run("run", *urls)
    assert done.returncode == 0, done.stderr
    articles = exported(shell)
    assert set(articles) == set(urls)
    for url, article in articles.items():
        entry = BY_PATH[url.removeprefix(site.base_url)]
        stored = [image for image in article["images"] if image["state"] == "stored"]
        assert article["title"] == entry.title
        assert entry.first_words in article["text"]
        assert entry.last_words in article["text"]
        assert len(stored) == entry.images
    assert alive(shell.home) == []


def test_the_sample_article_comes_out_right(shell: Shell, site: Site) -> None:
    assert shell.run("run", site.url(TIANSHUI)).returncode == 0
    article = exported(shell)[site.url(TIANSHUI)]
    expected = json.loads((PAGES / "tianshui-article.expected.json").read_text(encoding="utf-8"))
    assert article["title"] == expected["title"]
    assert article["published_at"] == "2021-11-10T09:20:00+08:00"
    assert article["http"]["charset"] == "gb18030"
    assert article["editors"] == ["李俊锋"]
    assert article["source"] == "天水在线"
    texts = [block["text"] for block in expected["blocks"] if block["type"] != "image"]
    assert [line for line in article["text"].splitlines() if line] == texts
    assert [image["state"] for image in article["images"]] == ["stored"] * 10
    assert article["images"][0]["caption"] == "秦州区集中隔离医学观察点临时党总支成立"


def test_a_late_image_is_fetched_by_its_own_task_and_appears_in_the_export(shell: Shell, site: Site, tmp_path: Path) -> None:
    """One of the bakery's pictures answers 503 twice before it comes, another 404."""
    done = shell.run("run", site.url(BAKERY))
    assert done.returncode == 0, "a missing image alone does not make a run fail"
    assert "images 2/3" in done.stdout
    (article,) = exported(shell).values()
    states = sorted((image["state"], image["reason"] or "") for image in article["images"])
    assert states == [("failed", "gone"), ("stored", ""), ("stored", "")]
    assert shell.run("export", "--format", "markdown", "--to", str(tmp_path / "out")).returncode == 0
    (written,) = (tmp_path / "out").rglob("article.md")
    linked = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", written.read_text(encoding="utf-8"))
    assert sum((written.parent / link).is_file() for link in linked) == 2
    totals = status(shell)
    assert totals["images"]["stored"] == 2
    assert totals["images"]["failed"] == {"gone": 1}


def test_a_url_run_again_is_known_and_asked_conditionally_once_it_is_old(shell: Shell, site: Site) -> None:
    assert shell.run("run", site.url(MILL)).returncode == 0
    again = shell.run("run", site.url(MILL))
    assert (again.returncode, "known 1" in again.stdout) == (0, True)
    assert len(site.seen(MILL)) == 1
    old = shell.run("run", site.url(MILL), NEWSMILL_SEEN_TTL="0.001")
    assert (old.returncode, "unchanged 1" in old.stdout) == (0, True)
    (_, second) = site.seen(MILL)
    assert any(name.lower() == "if-none-match" for name in second.headers)
    totals = status(shell)
    assert totals["accepted"] == accounted(totals) == 1


def test_run_names_what_did_not_make_it_and_says_so_by_its_exit_code(shell: Shell, site: Site) -> None:
    done = shell.run("run", site.url(GONE), "not a url", site.url("/private/minutes.html"))
    assert done.returncode == 1
    assert "rejected: gone" in done.stdout
    assert "rejected: robots" in done.stdout
    assert "argument 2" in done.stderr
    assert "Traceback" not in done.stderr


def test_two_runs_side_by_side_share_the_home(shell: Shell, site: Site) -> None:
    first = shell.start("run", site.url(FERRY), site.url("/cronaca/ponte-pedonale.shtml"))
    second = shell.start("run", site.url(MILL), site.url(LONG))
    assert (first.wait(90), second.wait(90)) == (0, 0), (first.stderr.read(), second.stderr.read())  # type: ignore[union-attr]
    assert len(exported(shell)) == 4
    assert alive(shell.home) == []
    for started in (first, second):
        started.communicate()


def test_enqueue_accepts_without_redis_and_says_so(shell: Shell, site: Site) -> None:
    nowhere = f"redis://127.0.0.1:{free_port()}/0"
    lines = f"{site.url(FERRY)}\n# a remark\n\nnonsense\n{site.url(FERRY)}?utm_source=x\n"
    done = shell.run("enqueue", "--from", "-", "--job", "night", "--json", stdin=lines, NEWSMILL_REDIS_URL=nowhere)
    assert done.returncode == 1
    assert json.loads(done.stdout) == {"accepted": 1, "known": 1, "invalid": 1}, "the variant is the same URL once more"
    assert "line 4" in done.stderr
    assert "Redis" in done.stderr
    assert status(shell)["jobs"]["night"]["pending"] == 1


def test_a_worker_takes_up_what_was_enqueued_and_goes_in_order_when_told(shell: Shell, site: Site) -> None:
    worker = shell.start("worker")
    try:
        assert shell.run("enqueue", site.url(FERRY), site.url(GONE), "--job", "day").returncode == 0
        wait_until(lambda: status(shell)["jobs"]["day"]["pending"] == 0, "the job to be taken up", within_s=60)
        wait_until(lambda: status(shell)["jobs"]["day"]["in_flight"] == 0, "the job to end", within_s=60)
    finally:
        worker.send_signal(signal.SIGTERM)
        _, errors = worker.communicate(timeout=40)
    assert worker.returncode == 0, errors
    assert status(shell)["jobs"]["day"]["stored"] == 1
    assert alive(shell.home) == []


def test_a_worker_told_to_end_under_load_hands_back_what_it_cannot_finish(shell: Shell, site: Site) -> None:
    """The slow page takes 2 s, so everything under way can finish in the 15 s it has; what waits goes back untouched."""
    slow = [f"{site.url('/cronaca/ponte-pedonale.shtml')}?n={n}" for n in range(40)]
    assert shell.run("enqueue", *slow).returncode == 0
    worker = shell.start("worker", "--concurrency", "4")
    try:
        wait_until(lambda: status(shell)["in_flight"] > 0, "a page under way", within_s=60)
    finally:
        told = time.monotonic()
        worker.send_signal(signal.SIGTERM)
        _, errors = worker.communicate(timeout=40)
    assert time.monotonic() - told < 25 + 5, "15 s to finish, 25 s to the kill, and the supervisor's own end"
    assert worker.returncode == 0, errors
    totals = status(shell)
    assert totals["in_flight"] == 0
    assert totals["accepted"] == accounted(totals) == 40
    with sqlite3.connect(shell.home / "newsmill.db") as database:
        charged = database.execute("SELECT count(*) FROM url WHERE state = 'pending' AND (attempts > 0 OR suspect)").fetchone()
    database.close()
    assert charged == (0,)


def test_a_postgresql_and_a_redis_of_the_operators_do_as_well(
    shell: Shell, site: Site, postgres_url: str, redis_url: str
) -> None:
    settings = {"NEWSMILL_DATABASE_URL": postgres_url, "NEWSMILL_REDIS_URL": redis_url}
    done = shell.run("run", site.url(FERRY), site.url(TIANSHUI), **settings)
    assert done.returncode == 0, done.stderr
    found = json.loads(shell.run("list", "--search", "党旗 防控", "--json", **settings).stdout)
    assert [article["title"] for article in found] == ["党旗在防控一线高高飘扬"]
    assert not (shell.home / "valkey").exists()


def test_the_archive_holds_what_came_over_the_wire(shell: Shell, site: Site) -> None:
    from warcio.archiveiterator import ArchiveIterator

    assert shell.run("run", site.url("/packed/czytelnia.html")).returncode == 0
    found = {}
    for path in (shell.home / "archive").rglob("*.warc.gz"):
        with path.open("rb") as file:
            for record in ArchiveIterator(file, check_digests="raise"):
                if record.rec_type == "response":
                    found[record.rec_headers.get_header("WARC-Target-URI")] = record.http_headers.get_header("Content-Encoding")
    assert found[site.url("/packed/czytelnia.html")] == "gzip"
    assert len(found) == 2


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_run_told_to_end_ends_in_order_and_keeps_what_it_accepted(shell: Shell, site: Site, how: signal.Signals) -> None:
    started = shell.start("run", site.url("/cronaca/ponte-pedonale.shtml"), site.url(FERRY))
    wait_until(lambda: any("celery" in line for line in alive(shell.home)), "worker processes", within_s=60)
    os.kill(started.pid, how)
    _, errors = started.communicate(timeout=40)
    assert started.returncode not in (0, None)
    assert "Traceback" not in errors
    assert "Stopping in order, within 25 s; what was accepted is safe." in errors
    done, left = re.search(r"Stopped: (\d) done, (\d) wait", errors).groups()  # type: ignore[union-attr]
    assert int(done) + int(left) == 2
    assert alive(shell.home) == []
    assert EmbeddedValkey(shell.home).running() is None
    assert status(shell)["accepted"] == 2


def test_make_demo_ends_well() -> None:
    root = Path(__file__).parents[2]
    python = Path(os.environ.get("VIRTUAL_ENV", root / ".venv")) / "bin" / "python"
    done = subprocess.run(
        [str(python), "-m", "tests.site.demo"], cwd=root, capture_output=True, text=True, timeout=110, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert "24 stored" in done.stdout
    hints = [line.strip() for line in done.stdout.splitlines() if line.strip().startswith("NEWSMILL_HOME=")]
    assert len(hints) >= 4
    for hint in hints:
        shown = subprocess.run(hint, shell=True, cwd=root, capture_output=True, text=True, timeout=60, check=False)
        assert shown.returncode == 0, hint + shown.stderr
