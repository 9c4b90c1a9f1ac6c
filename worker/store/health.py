"""Whether the database is what it should be; for `newsmill doctor`, which changes nothing."""

import time

from sqlalchemy import Connection, inspect, text

from worker.store.database import clock
from worker.store.totals import recount, tallied

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
