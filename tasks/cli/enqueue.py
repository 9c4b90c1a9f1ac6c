"""`newsmill enqueue`: accept URLs and return."""

import json
import sys

import click

from config.crawl_job import NOT_IN_NAMES
from tasks.broker import redis_answers
from tasks.cli.opening import open_ledger
from tasks.cli.standing import resuming
from tasks.intake import Intake, lines_of, take_in
from worker.store.accept import reopen
from worker.store.crawls import PAUSED
from worker.store.jobs import standing_of
from worker.store.library import snapshot
from worker.store.transaction import transaction

DEFAULT_JOB = "cli"


@click.command("enqueue", epilog="Example: newsmill enqueue --job politics --from urls.txt https://news.example/a.html")
@click.argument("urls", nargs=-1, metavar="URL...")
@click.option("--from", "source", metavar="FILE|-", help="Read URLs from a file, or from standard input, one a line.")
@click.option("--job", default=DEFAULT_JOB, show_default=True, metavar="NAME", help="The job or batch the URLs belong to.")
@click.option("--again", is_flag=True, help="Ingest known URLs once more.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
def command(urls: tuple[str, ...], source: str | None, job: str, again: bool, as_json: bool) -> None:
    """Accept URLs and return. A URL counts as accepted only once it is durable.

    Prints how many were accepted, known and invalid; exits 1 when some were invalid.
    """
    named(job)
    if not urls and source is None:
        raise click.UsageError("Give at least one URL, or --from FILE (or --from - for standard input).")
    settings, engine = open_ledger()
    try:
        account = take_in(engine, lines_of(urls, source), job=job, urgent=False)
    except OSError as error:
        raise click.UsageError(f"Cannot read {source}: {error.strerror}.") from error
    reopened = 0
    if again:
        with transaction(engine) as tx:
            reopened = reopen(tx, list(account.known), urgent=False)
    _tell(account, reopened, as_json=as_json)
    with snapshot(engine) as connection:
        if standing_of(connection, job) == PAUSED:
            click.echo(f"The job {job!r} is paused: its URLs wait until `{resuming(job)}`.", err=True)
    if not redis_answers(settings):
        click.echo("Redis is away: the URLs are safe in the ledger and go out as soon as a worker and Redis run.", err=True)
    sys.exit(1 if account.invalid else 0)


def named(job: str) -> str:
    """Return *job*, if it may be a name. Raises UsageError."""
    if not job.strip() or NOT_IN_NAMES.search(job):
        raise click.UsageError("--job needs a name in one line, without control characters.")
    return job


def _tell(account: Intake, reopened: int, *, as_json: bool) -> None:
    for wrong in account.invalid:
        click.echo(str(wrong), err=True)
    counts = {"accepted": len(account.new), "known": len(account.known) + account.repeated, "invalid": len(account.invalid)}
    if reopened:
        counts["again"] = reopened
    click.echo(json.dumps(counts) if as_json else "  ".join(f"{name} {n}" for name, n in counts.items()))
