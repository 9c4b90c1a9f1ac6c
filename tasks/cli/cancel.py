"""`newsmill cancel`: drop what is pending of a job or batch."""

import shlex
import sys

import click
from sqlalchemy import Engine

from tasks.cli.job_names import complete_job
from tasks.cli.opening import open_ledger
from tasks.cli.output import one_line, write_line, write_text
from tasks.cli.standing import as_json, counted, swept, totals_of
from worker.models import Kind, State
from worker.store.crawls import CANCELLED
from worker.store.jobs import IN_FLIGHT, cancel, is_crawl_job
from worker.store.library import snapshot


def on_terminal() -> bool:
    """Return whether somebody is there to be asked."""
    return sys.stdin.isatty()


@click.command("cancel", epilog="Example: newsmill cancel politics --yes")
@click.argument("job", shell_complete=complete_job)
@click.option("--yes", is_flag=True, help="Do not ask first; nobody is asked where there is no terminal.")
@click.option("--json", "json_wanted", is_flag=True, help="Print the counts as JSON.")
def command(job: str, yes: bool, json_wanted: bool) -> None:
    """Drop what is pending of a crawl job or batch; what is in flight ends with the try that is under way.

    Stored articles stay. A crawl job's timetable stops too, until `newsmill resume JOB`; URLs that are enqueued under this name
    afterwards are ingested as ever.
    """
    _, engine = open_ledger()
    of = totals_of(engine, job)
    question = _question(engine, job, of.states[State.PENDING])
    if question and not yes and on_terminal():
        click.confirm(question, abort=True, err=True)
    sums = swept(cancel(engine, job), of, what="cancelling")
    in_flight = sums[IN_FLIGHT]
    if json_wanted:
        write_line(as_json(job, CANCELLED, sums, in_flight=in_flight))
        return
    write_text(f"{job} is cancelled: {counted(sums)} dropped.")
    if in_flight:
        write_text(f"{in_flight:,} in flight {'ends' if in_flight == 1 else 'end'} with this try.")
    if sums[Kind.ARTICLE]:
        write_text(f"To have them after all: newsmill retry --job {shlex.quote(job)} --cause {State.CANCELLED}")


def _question(engine: Engine, job: str, pending: int) -> str:
    """Return what to ask before it is done; nothing where nothing would be lost."""
    with snapshot(engine) as connection:
        crawls = is_crawl_job(connection, job)
    urls = f"{pending:,} pending {'URL' if pending == 1 else 'URLs'}"
    if crawls:
        return f"Stop crawl job {one_line(job)}{f', and drop its {urls}' if pending else ''}?"
    return f"Drop {urls} of {one_line(job)}?" if pending else ""
