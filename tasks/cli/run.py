"""`newsmill run`: the main job in one call."""

import json
import sys

import click
from sqlalchemy import Engine

from tasks.cli.enqueue import named
from tasks.cli.opening import open_ledger
from tasks.cli.summary import Summary
from tasks.cli.waiting import waiting
from tasks.intake import Intake, lines_of, take_in
from worker.store.accept import bring_forward, reopen
from worker.store.following import fresh, standings
from worker.store.transaction import transaction
from worker.urls import host_of

JOB = "run"


@click.command("run", epilog="Example: newsmill run https://news.example/a.html https://news.example/b.html")
@click.argument("urls", nargs=-1, metavar="URL...")
@click.option("--from", "source", metavar="FILE|-", help="Read URLs from a file, or from standard input, one a line.")
@click.option("--job", default=JOB, show_default=True, metavar="NAME", help="The job or batch that new URLs belong to.")
@click.option("--again", is_flag=True, help="Ask for known URLs too, however lately they were asked for.")
@click.option("--wait", default=60.0, show_default=True, metavar="S", help="Do not wait for what is due later than this.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
def command(*, urls: tuple[str, ...], source: str | None, job: str, again: bool, wait: float, as_json: bool) -> None:
    """Ingest URLs with their images now: start what is needed, show progress, and stop what was started.

    A host that has not answered lately is asked all the same. Ctrl-C stops in order, and loses nothing. Exits 0 when every
    URL is stored, unchanged, a duplicate or known; 1 when some are not.
    """
    if not urls and source is None:
        raise click.UsageError("Give at least one URL, or --from FILE (or --from - for standard input).")
    settings, engine = open_ledger()
    account = _accepted(engine, urls, source, named(job))
    with transaction(engine) as tx:
        known = set() if again else fresh(tx, account.known, ttl_s=settings.seen_ttl)
        asked = [url_id for url_id in account.brought if url_id not in known]
        found, left_alone = standings(tx.connection, asked), standings(tx.connection, known)
    if asked:
        with waiting(settings, engine, wait_s=wait) as one:
            one.lift_holds(host_of(account.brought[url_id]) for url_id in asked)
            _ask_again(engine, [url_id for url_id in account.known if url_id not in known])
            found = one.until_done(asked, what="articles")
    summary = Summary(found.values(), known=left_alone.values(), invalid=len(account.invalid))
    if as_json:
        click.echo(json.dumps(summary.values()))
    else:
        summary.tell()
    sys.exit(0 if summary.good and not account.invalid else 1)


def _accepted(engine: Engine, urls: tuple[str, ...], source: str | None, job: str) -> Intake:
    """Accept the URLs, first in the ledger; name on stderr what is none."""
    try:
        account = take_in(engine, lines_of(urls, source), job=job, urgent=True)
    except OSError as error:
        raise click.UsageError(f"Cannot read {source}: {error.strerror}.") from error
    for wrong in account.invalid:
        click.echo(str(wrong), err=True)
    return account


def _ask_again(engine: Engine, url_ids: list[int]) -> None:
    """Make known URLs due now with fresh tries, wherever they stand."""
    with transaction(engine) as tx:
        reopen(tx, url_ids, urgent=True)
        bring_forward(tx, url_ids)
