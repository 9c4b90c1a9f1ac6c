"""The doctor's look at robots.txt, over real sockets."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from config.settings import Settings
from tasks.cli import reachability
from tasks.cli.reachability import unreachable
from tests.integration.fetch.loopback import Origin, raw, reply, resolving, serving
from worker.errors import (
    ConnectFailed,
    ForbiddenAddress,
    NameNotFound,
    NameServerTrouble,
    RobotsDisallowed,
    ServerError,
    TimedOut,
)

OPEN = Settings(allow_networks=("127.0.0.0/8",), allow_ports=None)


@contextmanager
def site() -> Iterator[Origin]:
    """Serve an origin from a thread of its own: who asks has a loop of its own too."""
    origin, loop, ready, done = Origin(), asyncio.new_event_loop(), threading.Event(), asyncio.Event()

    async def serve() -> None:
        async with serving(origin):
            ready.set()
            await done.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    assert ready.wait(10)
    try:
        yield origin
    finally:
        loop.call_soon_threadsafe(done.set)
        thread.join()
        loop.close()


def test_a_site_that_says_what_robots_may_do_is_no_trouble() -> None:
    with site() as origin:
        origin.answers["/robots.txt"] = reply(200, b"User-agent: *\nDisallow: /private/", kind="text/plain")
        assert unreachable(OPEN, [origin.url("/feed.xml")]) == {}
        assert origin.paths == ["/robots.txt"]
        assert origin.asked[0].headers["user-agent"].startswith("Newsmill/")


def test_a_site_without_robots_txt_is_no_trouble() -> None:
    with site() as origin:
        assert unreachable(OPEN, [origin.url("/feed.xml")]) == {}


def test_each_trouble_is_the_one_that_a_worker_would_meet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reachability, "DEADLINE_S", 0.5)
    with site() as shut, site() as broken, site() as silent, socket.socket() as nobody:
        shut.answers["/robots.txt"] = reply(200, b"User-agent: *\nDisallow: /", kind="text/plain")
        broken.answers["/robots.txt"] = reply(503)
        silent.answers["/robots.txt"] = raw(b"", then="hold")
        nobody.bind(("127.0.0.1", 0))
        expected = {
            shut.url("/feed"): RobotsDisallowed,
            broken.url("/feed"): ServerError,
            silent.url("/feed"): TimedOut,
            f"http://127.0.0.1:{nobody.getsockname()[1]}/feed": ConnectFailed,
        }
        assert {url: type(error) for url, error in unreachable(OPEN, list(expected)).items()} == expected


def test_what_the_guard_refuses_is_not_asked() -> None:
    with site() as origin:
        (error,) = unreachable(Settings(), [origin.url("/feed")]).values()
        assert isinstance(error, ForbiddenAddress)
        assert origin.asked == []


def test_a_name_that_nobody_knows_is_told_from_one_that_nobody_answers_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reachability, "DEADLINE_S", 0.2)
    answered = threading.Event()

    def look_up(host: str) -> None:
        if host == "silent.example":
            answered.wait(10)

    monkeypatch.setattr(reachability, "_look_up", look_up)
    urls = ["http://unknown.example/", "http://silent.example/"]
    with resolving({"unknown.example": socket.EAI_NONAME}) as asked:
        errors = unreachable(OPEN, urls)
    answered.set()
    assert [type(errors[url]) for url in urls] == [NameNotFound, NameServerTrouble]
    assert list(asked) == ["unknown.example"]
