"""What the commands on one job have in common: a job that somebody has seen, and rows changed by the thousand."""

import shlex
from collections import Counter
from collections.abc import Iterable, Iterator

import click
from sqlalchemy import Connection, Engine

from tasks.cli.tracked import tracked
from worker.models import Kind, State
from worker.store.jobs import known_names
from worker.store.library import snapshot
from worker.store.totals import Totals, totals

SHOWN = 20  # names in a complaint: enough to see a slip of the pen


def totals_of(engine: Engine, job: str) -> Totals:
    """Return the totals of *job*. Raises ClickException, with the names there are, for one that nobody ever saw."""
    with snapshot(engine) as connection:
        known_job(connection, job)
        return totals(connection)[1].get(job, Totals())


def known_job(connection: Connection, job: str) -> None:
    """Raise ClickException, with the names there are, when nobody ever saw *job*."""
    names = known_names(connection)
    if job not in names:
        there = ", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN:,} more" if len(names) > SHOWN else "")
        raise click.ClickException(f"There is no job {job!r}. {f'There are: {there}.' if names else 'There is none yet.'}")


def swept(batches: Iterable[Counter[str]], of: Totals, *, what: str) -> Counter[str]:
    """Return the sum of *batches*, with a bar named *what* that counts their rows out of the pending ones."""
    sums = Counter[str]()

    def rows() -> Iterator[None]:
        for batch in batches:
            sums.update(batch)
            yield from [None] * batch.total()

    for _ in tracked(rows(), total=of.states[State.PENDING], what=what):
        pass
    return sums


def counted(sums: Counter[str]) -> str:
    """Return *sums* by kind of row in words."""
    urls, images = sums[Kind.ARTICLE], sums[Kind.IMAGES]
    parts = [f"{urls:,} {'URL' if urls == 1 else 'URLs'}"]
    if images:
        parts.append(f"the late images of {images:,} {'article' if images == 1 else 'articles'}")
    if sums[Kind.LISTING]:
        parts.append("the look at its source")
    return " and ".join(", ".join(parts).rsplit(", ", 1))


def as_json(job: str, standing: str, sums: Counter[str], *, in_flight: int) -> dict[str, object]:
    """Return what was changed, for programs."""
    return {"job": job, "standing": standing, "urls": sums[Kind.ARTICLE], "images": sums[Kind.IMAGES],
            "listings": sums[Kind.LISTING], "in_flight": in_flight}  # fmt: skip


def resuming(job: str) -> str:
    """Return the command that lets *job* go on."""
    return f"newsmill resume {'-- ' if job.startswith('-') else ''}{shlex.quote(job)}"
