"""Whether the database is what it should be; for `newsmill doctor`, which changes nothing."""

import time

from sqlalchemy import Connection, exists, inspect, select, text

from worker.models import Kind, State
from worker.store import schema
from worker.store.database import clock
from worker.store.totals import recount, tallied

LATEST = 500  # rows that `recent_urls` looks through: a page of the table, whatever its size

Line = tuple[str, str, str, str]  # subject, job, state, cause


def revision(connection: Connection) -> str | None:
    """Return the schema's revision, None for a database that was never migrated."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return found


def differences(connection: Connection) -> dict[Line, tuple[int, int]]:
    """Return where tally and recount differ, as line → (tallied, counted). Reads whole tables.

    *connection* must read one state of the database throughout, or work under way looks like a difference.
    """
    said, counted = tallied(connection), recount(connection)
    lines = sorted(said.keys() | counted.keys())
    return {line: (said.get(line, 0), counted.get(line, 0)) for line in lines if said.get(line, 0) != counted.get(line, 0)}


def skew_s(connection: Connection) -> float:
    """Return by how many seconds the database's clock is ahead of this machine's, to about the time of a round trip."""
    before = time.time()
    there = clock(connection)
    return there - (before + time.time()) / 2


def roles(connection: Connection, *, machine: str, now: float, within_s: float) -> set[str]:
    """Return what for there are processes on *machine* that have shown themselves lately."""
    table = schema.process
    mine = table.c.supervisor.startswith(f"{machine}:", autoescape=True)
    return set(connection.execute(select(table.c.role).where(mine, table.c.beat_at > now - within_s)).scalars())


def advances(connection: Connection, *, now: float, within_s: float) -> bool:
    """Return whether work goes forward: a URL is being worked on or has ended lately, or nothing has been due for long."""
    table, pace = schema.url, schema.pace
    lately = int((now - within_s) // 60)
    for sign in (
        exists().where(schema.stands(State.IN_FLIGHT), table.c.lease_until > now),
        exists().where(pace.c.minute >= lately),
        ~exists().where(schema.stands(State.PENDING), table.c.kind.in_(list(Kind)), table.c.next_at < now - within_s),
    ):
        if connection.execute(select(sign)).scalar_one():
            return True
    return False


def recent_urls(connection: Connection, *, hosts: int) -> list[str]:
    """Return one article's URL of each of the *hosts* that were last new in the ledger; they are looked for in its latest rows."""
    table = schema.url
    latest = select(table.c.host, table.c.url).where(table.c.kind == Kind.ARTICLE).order_by(table.c.id.desc()).limit(LATEST)
    found: dict[str, str] = {}
    for row in connection.execute(latest):
        found.setdefault(row.host, row.url)
    return list(found.values())[:hosts]
