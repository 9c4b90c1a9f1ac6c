"""`newsmill crawl run`: one crawl job now, and what it brings."""

import json
import sys
import time
from collections.abc import Sequence
from typing import Any

import click
from sqlalchemy import Engine

from config.sources import CrawlJob
from tasks.broker import redis_url
from tasks.cli.crawl_page import moment
from tasks.cli.holds import lift_holds
from tasks.cli.job_names import complete_job
from tasks.cli.moments import span
from tasks.cli.opening import open_ledger
from tasks.cli.output import one_line
from tasks.cli.sources import read_jobs
from tasks.cli.standing import resuming
from tasks.cli.summary import Summary, still_waits
from tasks.cli.waiting import waiting
from tasks.schedule import source_of
from worker.article_json import iso
from worker.models import State
from worker.store.accept import bring_forward
from worker.store.crawls import RUNNING, Run, listing_id, note_job, open_slot, run_for, runs
from worker.store.database import own_trouble, reading
from worker.store.following import Standing, brought
from worker.store.transaction import transaction
from worker.urls import host_of

LOOKED_AT = 100  # of the latest runs, for those that wait together: at a run a minute more than the longest wait but one
READ = (State.STORED, State.UNCHANGED)  # how the reading of a source ends well


@click.command("run", short_help="one job now", epilog="Example: newsmill crawl run courier")
@click.argument("name", shell_complete=complete_job)
@click.option("--no-wait", is_flag=True, help="Return at once; a worker that runs, or will run, does the rest.")
@click.option("--wait", default=60.0, show_default=True, metavar="S", help="Do not wait for what is due later than this.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
def run(*, name: str, no_wait: bool, wait: float, as_json: bool) -> None:
    """Run the crawl job NAME now: read its feed or site map, ingest what is new there, and show what came of it.

    What is needed is started, and stopped at the end. Exits 0 when the source was read and every new URL came in.
    """
    settings, engine = open_ledger()
    job = _named(name, read_jobs(settings.sources))
    _refuse_unless_running(engine, job)
    host = host_of(source_of(job).url)
    if no_wait:
        lift_holds(settings.cache_url or redis_url(settings), [host])
        slot, _ = _open(engine, job)
        click.echo(json.dumps({"job": job.name, "slot": iso(slot)}) if as_json else f"{job.name} is due now.")
        return
    with waiting(settings, engine, wait_s=wait) as one:
        one.lift_holds([host])
        slot, row_id = _open(engine, job)
        listing = one.until_done([row_id], what=job.form)[row_id]
        done, urls = _what_came(engine, job.name, slot)
        found = one.until_done(urls, what="articles") if urls else {}
    summary = Summary(found.values())
    since = _waits_since(engine, job.name, done)
    if as_json:
        click.echo(json.dumps(_values(job, done, listing, since, summary)))
    else:
        click.echo(_line(job, done, listing, since))
        if urls:
            summary.tell()
    sys.exit(0 if done.outcome in READ and summary.good else 1)


def _named(name: str, jobs: Sequence[CrawlJob]) -> CrawlJob:
    job = next((job for job in jobs if job.name == name), None)
    if job is None:
        there = f"there are: {', '.join(sorted(job.name for job in jobs))}" if jobs else "there is none yet"
        raise click.UsageError(f"There is no crawl job {name!r}; {there}.")
    return job


def _refuse_unless_running(engine: Engine, job: CrawlJob) -> None:
    with transaction(engine) as tx:
        noted = note_job(tx, job.name, source_of(job))
    if noted.state != RUNNING:
        raise click.ClickException(f"The job {job.name!r} is {noted.state}: `{resuming(job.name)}` lets it go on.")


def _open(engine: Engine, job: CrawlJob) -> tuple[float, int]:
    """Open a slot for this moment; return it, and the ledger row through which the job runs."""
    source = source_of(job)
    with transaction(engine) as tx:
        open_slot(tx, job.name, source, tx.now)
        row_id = listing_id(tx.connection, job.name)
        assert row_id is not None  # it was opened right here
        bring_forward(tx, [row_id])
        return tx.now, row_id


def _what_came(engine: Engine, name: str, slot: float) -> tuple[Run, list[int]]:
    """Return the run for *slot*, and the URLs that it brought."""
    with own_trouble(), reading(engine).begin() as connection:
        done = run_for(connection, name, slot)
        if done.finished_at is None:
            return done, []
        return done, brought(connection, name, since=done.opened_at, until=done.finished_at)


def _waits_since(engine: Engine, name: str, done: Run) -> float | None:
    """Return since when the source waits to be read, None when it was read."""
    if done.finished_at is not None:
        return None
    with own_trouble(), reading(engine).begin() as connection:
        return min(run.opened_at for run in (done, *runs(connection, name, limit=LOOKED_AT)) if run.finished_at is None)


def _values(job: CrawlJob, done: Run, listing: Standing, since: float | None, summary: Summary) -> dict[str, Any]:
    waits = None
    if since is not None:
        waits = {"since": iso(since), "cause": listing.cause, "detail": listing.detail, "next_at": listing.next_at,
                 "asked": not still_waits(listing)}  # fmt: skip
    return {
        "job": job.name,
        "slot": iso(done.slot),
        "outcome": done.outcome,
        "found": done.found,
        "new": done.new,
        "note": done.note,
        "waiting": waits,
        "articles": summary.values(),
    }


def _line(job: CrawlJob, done: Run, listing: Standing, since: float | None) -> str:
    """Return how the reading of the source went; what went wrong at an earlier try is not told as if it were new."""
    if done.finished_at is not None:
        counts = f", {done.found} links found, {done.new} new" if done.found is not None else ""
        return one_line(f"{job.name}: {done.outcome}{counts}{f'; {done.note}' if done.note else ''}")
    why = f"{listing.cause or ''}{f' ({listing.detail})' if listing.detail else ''}".strip()
    due = f", next try in {span(listing.next_at - time.time())}" if listing.next_at is not None else ""
    if still_waits(listing) and since is not None:
        said = f"still waiting since {moment(since, time.time())}: last error {why}"
    else:
        said = f"not read yet{f': {why}' if why else ''}"
    return one_line(f"{job.name}: {said}{due}; `newsmill up` goes on with it")
