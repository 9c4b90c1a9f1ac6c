"""`newsmill failures`: what ended without an article or waits for another try, and why."""

import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any, TypeVar

import click
from sqlalchemy import Connection

from tasks.cli.heaped import NO_CAUSE, UNTRIED, lines_of_heaps, values_of_heaps
from tasks.cli.job_names import complete_job
from tasks.cli.moments import SINCE, span
from tasks.cli.opening import open_ledger
from tasks.cli.output import one_line, write_line, write_text
from worker.article_json import iso
from worker.errors import Cause
from worker.models import State
from worker.store.database import clock
from worker.store.failures import CAUSES, Failure, Waiting, Which, examples, failures, heaps, waiting
from worker.store.library import snapshot

Command = TypeVar("Command", bound=Callable[..., None])


def filters(command: Command) -> Command:
    """Give *command* the options that say which URLs are meant."""
    for option in (
        click.option("--since", type=SINCE, help="Only those that ended since then: 2026-11-23, or an age such as 12h or 7d."),
        click.option("--job", metavar="NAME", shell_complete=complete_job, help="Only URLs that this job brought."),
        click.option("--host", metavar="HOST", help="Only URLs of this host."),
        click.option(
            "--cause",
            type=click.Choice([cause.value for cause in Cause] + list(CAUSES)),
            metavar="CAUSE",
            help="Only those that ended (or wait) for this cause, or `dead`, or `cancelled` by an operator.",
        ),
    ):
        command = option(command)
    return command


@click.command("failures", epilog="Example: newsmill failures --cause gone --host news.example")
@filters
@click.option("--pending", is_flag=True, help="Those instead that have been tried and wait for another try.")
@click.option("--summary", is_flag=True, help="Count them by cause and host, with an example each.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
def command(
    *, cause: str | None, host: str | None, job: str | None, since: float | None, pending: bool, summary: bool, as_json: bool
) -> None:
    """List the URLs that were rejected, have failed or are dead, the latest first, with cause and detail.

    With --pending those that have not ended: what went wrong last, and when they are due again. With --host they include those
    that have not been tried yet because their host is held. With --summary how many there are of each cause and host instead.
    """
    if pending and since is not None:
        raise click.UsageError("--since says when a URL ended; those of --pending have not.")
    _, engine = open_ledger()
    which = Which(cause=cause, host=host, job=job, since=since)
    with snapshot(engine) as connection:
        told = _summed(connection, which, pending, as_json) if summary else _each(connection, which, pending, as_json)
        any_told = False
        for one in told:
            (write_line if as_json else write_text)(one)
            any_told = True
    if not any_told:
        click.echo("Nothing matches.", err=True)
    elif summary and not as_json:
        click.echo(
            "`newsmill explain URL` tells how it came to that; `newsmill retry --cause C --host H` asks once more.", err=True
        )


def _summed(connection: Connection, which: Which, pending: bool, as_json: bool) -> Iterator[Any]:
    """Yield the heaps of what ended, or waits, as a program or as a person reads them."""
    conditions = which.waiting(clock(connection)) if pending else which.ended()
    found, shown = heaps(connection, conditions), examples(connection, conditions)
    yield from values_of_heaps(found, shown) if as_json else lines_of_heaps(found, shown)


def _each(connection: Connection, which: Which, pending: bool, as_json: bool) -> Iterator[Any]:
    """Yield each URL that ended, or waits, as a program or as a person reads it."""
    for values, line in (_pending if pending else _ended)(connection, which):
        yield values if as_json else line


def _ended(connection: Connection, which: Which) -> Iterator[tuple[dict[str, object], str]]:
    """Yield each URL that ended as a program and as a person reads it."""
    for failure in failures(connection, which):
        values = asdict(failure) | {"finished_at": iso(failure.finished_at)}
        yield {"id": values.pop("url_id"), "outcome": values.pop("state"), **values}, _line_of_ended(failure)


def _pending(connection: Connection, which: Which) -> Iterator[tuple[dict[str, object], str]]:
    """Yield each URL that waits as a program and as a person reads it."""
    for one in waiting(connection, which):
        values = asdict(one) | {"next_at": iso(one.next_at)}
        yield {"id": values.pop("url_id"), "outcome": State.PENDING, **values}, _line_of_waiting(one)


def _line_of_ended(failure: Failure) -> str:
    return f"{failure.state}: {failure.cause or NO_CAUSE[failure.state]}  {one_line(failure.url)}{_why(failure.detail)}"


def _line_of_waiting(one: Waiting) -> str:
    left_s = one.next_at - time.time()
    due = f"due in {span(left_s)}" if left_s > 0 else "due now"
    return f"pending: {one.cause or UNTRIED}, {due}  {one_line(one.url)}{_why(one.detail)}"


def _why(detail: str | None) -> str:
    return f"  ({one_line(detail)})" if detail else ""
