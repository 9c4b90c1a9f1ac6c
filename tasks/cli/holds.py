"""What keeps a host from being asked, when a person says that it is back."""

import asyncio
from collections.abc import Collection, Iterable

import click
from redis.asyncio import Redis

from tasks.cli.moments import span
from tasks.cli.output import one_line
from worker.errors import OwnTrouble
from worker.fetch.governor import lift
from worker.fetch.held import Held, held

ANSWER_S = 2.0  # of Redis, to a question that may be left unasked
SHOWN = 5  # hosts named: who asks for more at once reads the ledger


def lift_holds(redis_url: str, hosts: Iterable[str]) -> None:
    """Let *hosts* be asked again although they have failed lately; name on stderr those that have asked not to be, and how long.

    Without a Redis that answers nothing is done: holds are its own, and a try waits for them as before.
    """
    try:
        held = asyncio.run(_lifted(redis_url, sorted(set(hosts))))
    except OwnTrouble:
        return
    for host, seconds in sorted(held.items(), key=lambda one: -one[1])[:SHOWN]:
        click.echo(
            one_line(f"{host} has asked to be left alone for another {span(seconds)}: its URLs wait until then."), err=True
        )
    if len(held) > SHOWN:
        click.echo(f"So have {len(held) - SHOWN:,} more hosts.", err=True)


def holds_of(redis_url: str, hosts: Collection[str]) -> dict[str, Held] | None:
    """Return what keeps each of *hosts* from being asked, None without a Redis that answers."""
    try:
        return asyncio.run(_looked_up(redis_url, hosts))
    except OwnTrouble:
        return None


async def _looked_up(redis_url: str, hosts: Collection[str]) -> dict[str, Held]:
    async with Redis.from_url(redis_url, socket_timeout=ANSWER_S, socket_connect_timeout=ANSWER_S) as redis:
        return await held(redis, hosts)


async def _lifted(redis_url: str, hosts: Iterable[str]) -> dict[str, float]:
    async with Redis.from_url(redis_url, socket_timeout=ANSWER_S, socket_connect_timeout=ANSWER_S) as redis:
        return await lift(redis, hosts)
