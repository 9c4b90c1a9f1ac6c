"""Readings of the ledger that all viewers of a page share."""

import asyncio
import time

import pytest
from sqlalchemy import Connection, Engine, event

from tasks.flower import live
from tasks.flower.live import Live
from worker.errors import OwnTrouble
from worker.store.database import open_database
from worker.store.jobs import known_names


def names(connection: Connection) -> list[str]:
    return known_names(connection)


def test_all_who_look_at_the_same_within_a_second_share_one_reading(engine: Engine) -> None:
    read: list[str] = []
    event.listen(engine, "begin", lambda _: read.append("read"))

    async def look() -> set[bytes]:
        shown = Live(engine)
        return set(await asyncio.gather(*(shown.json(key, names) for _ in range(20) for key in ("one", "other"))))

    assert asyncio.run(look()) == {b"[]"}
    assert len(read) == 2


def test_what_was_slow_to_read_is_read_again_the_later(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "FRESH_S", 0.0)
    read: list[float] = []

    def slow(_: Connection) -> None:
        read.append(time.monotonic())
        time.sleep(0.1)

    async def look() -> None:
        shown = Live(engine)
        while len(read) < 2:
            await shown.json("slow", slow)
            await asyncio.sleep(0.005)

    asyncio.run(look())
    assert read[1] - read[0] >= 0.1 * (1 + live.REST)


def test_somebody_who_has_changed_the_ledger_lets_all_be_read_anew(engine: Engine) -> None:
    async def look() -> tuple[bytes, bytes, bytes]:
        shown, answers = Live(engine), iter("abc")

        def letter(_: Connection) -> str:
            return next(answers)

        first, again = await shown.json("letter", letter), await shown.json("letter", letter)
        shown.forget()
        return first, again, await shown.json("letter", letter)

    assert asyncio.run(look()) == (b'"a"', b'"a"', b'"b"')


def test_pages_that_nobody_looks_at_any_more_are_forgotten(engine: Engine) -> None:
    async def look() -> int:
        shown = Live(engine)
        for n in range(live.KEPT + 5):
            await shown.json(str(n), names)
        return len(shown._readings)

    assert asyncio.run(look()) == live.KEPT


def test_a_ledger_that_comes_back_is_asked_again(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.setattr(live, "FRESH_S", 0.0)
    away = open_database(f"postgresql+psycopg://nobody@/none?host={tmp_path_factory.mktemp('nowhere')}")

    async def look() -> bytes:
        shown = Live(away)
        with pytest.raises(OwnTrouble):
            await shown.json("names", names)
        shown._engine = engine
        return await shown.json("names", names)

    assert asyncio.run(look()) == b"[]"
    away.dispose()
