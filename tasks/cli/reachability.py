"""Whether the sites that work comes from can be reached: their robots.txt, asked for as a worker would ask."""

import asyncio
import socket
import time
from collections.abc import Collection
from threading import Thread
from urllib.parse import urlsplit

from config.settings import Settings
from tasks.cli.alone import Alone
from tasks.runtime import user_agent
from worker.errors import IngestError, NameServerTrouble
from worker.fetch.egress import Egress, verifying_context
from worker.fetch.guard import Guard
from worker.fetch.robots import Robots, agent_of
from worker.fetch.transfer import Transfer, Turns
from worker.urls import host_of

DEADLINE_S = 3.0  # of one host, name look-up included; all are asked at once


def unreachable(chosen: Settings, urls: Collection[str]) -> dict[str, IngestError]:
    """Return what is wrong with each of *urls*: its host does not say what robots may do there, or that we may not.

    One request a host goes out, past the guard and within `DEADLINE_S`; nobody's turns are used up.
    """
    silent = set() if chosen.proxy_url else _silent({urlsplit(url).hostname or "" for url in urls})
    dark = {
        url: NameServerTrouble(f"no name server answers for {host_of(url)}") for url in urls if urlsplit(url).hostname in silent
    }
    return dark | asyncio.run(_asked(chosen, [url for url in urls if url not in dark]))


def _silent(hosts: Collection[str]) -> set[str]:
    """Return those of *hosts* whose name nobody resolves in time.

    A look-up cannot be cut off, and the threads of an executor are waited for at the end: 20 s, with a dead name server.
    """
    asking = {host: Thread(target=_look_up, args=(host,), daemon=True) for host in hosts}
    for thread in asking.values():
        thread.start()
    until = time.monotonic() + DEADLINE_S
    for thread in asking.values():
        thread.join(max(0.0, until - time.monotonic()))
    return {host for host, thread in asking.items() if thread.is_alive()}


def _look_up(host: str) -> None:
    try:
        socket.getaddrinfo(host, None)
    except (OSError, UnicodeError):
        pass  # an answer too: the guarded look-up will say which


async def _asked(chosen: Settings, urls: Collection[str]) -> dict[str, IngestError]:
    guard = Guard(allow_networks=chosen.allow_networks, allow_ports=chosen.allow_ports)
    governor, agent = Alone(interval_s=0.0), user_agent(chosen)
    async with Egress(guard, proxy_url=chosen.proxy_url, deadline_s=DEADLINE_S, tls=verifying_context()) as egress:
        robots = Robots(
            Transfer(egress, governor),
            (("User-Agent", agent), ("Accept", "text/plain, */*;q=0.1"), ("Accept-Encoding", "identity")),
            agent=agent_of(agent),
            obey=True,
            deadline_s=DEADLINE_S,
            pace=governor.pace,
        )
        answers = await asyncio.gather(*(_answer(robots, governor, url) for url in urls))
    return {url: error for url, error in zip(urls, answers, strict=True) if error is not None}


async def _answer(robots: Robots, governor: Alone, url: str) -> IngestError | None:
    try:
        await robots.check(url, Turns(governor, "doctor", held_host=urlsplit(url).netloc))
    except IngestError as error:
        return error
    return None
