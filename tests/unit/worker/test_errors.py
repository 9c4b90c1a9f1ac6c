"""Errors that are handed to several who wait."""

import asyncio
import traceback

from worker.errors import HostBusy, OwnTrouble, RateLimited, anew


def test_an_error_made_anew_says_the_same() -> None:
    busy = HostBusy(5.0, "news.example is busy")
    limited = RateLimited("HTTP 429", retry_after_s=30.0, status=429)
    assert (anew(busy).at, anew(busy).detail, str(anew(busy))) == (5.0, "news.example is busy", str(busy))
    assert (anew(limited).retry_after_s, anew(limited).status, anew(limited).cause) == (30.0, 429, limited.cause)


def test_who_clears_the_traceback_of_one_does_not_end_another_that_still_waits() -> None:
    async def patient(answer: asyncio.Future[None], go: asyncio.Event) -> str:
        try:
            await answer
        except OwnTrouble:
            await go.wait()  # suspended, while its frame stands in the traceback
        return "went on"

    async def told() -> str:
        loop, go = asyncio.get_running_loop(), asyncio.Event()
        first, second = loop.create_future(), loop.create_future()
        waiting = asyncio.create_task(patient(first, go))
        trouble = OwnTrouble("database: gone")
        first.set_exception(anew(trouble))
        for _ in range(3):  # the first hears of it, and waits for something else
            await asyncio.sleep(0)
        second.set_exception(anew(trouble))
        try:
            await second
        except OwnTrouble as error:
            traceback.clear_frames(error.__traceback__)  # what is running is left alone
        go.set()
        async with asyncio.timeout(5):
            return await waiting

    assert asyncio.run(told()) == "went on"
