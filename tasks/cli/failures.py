"""`newsmill failures`: what ended without an article or waits for another try, and why."""

import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import TypeVar

import click
from sqlalchemy import Connection

from tasks.cli.job_names import complete_job
from tasks.cli.moments import SINCE, span
from tasks.cli.opening import open_ledger
from tasks.cli.output import one_line, write_line, write_text
from worker.article_json import iso
from worker.errors import Cause
from worker.models import State
from worker.store.failures import CAUSES, Failure, Waiting, Which, failures, waiting
from worker.store.library import snapshot

Command = TypeVar("Command", bound=Callable[..., None])

NO_CAUSE = {State.DEAD: "its process died three times", State.CANCELLED: "by an operator"}


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
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
def command(*, cause: str | None, host: str | None, job: str | None, since: float | None, pending: bool, as_json: bool) -> None:
    """List the URLs that were rejected, have failed or are dead, the latest first, with cause and detail.

    With --pending those that have not ended: what went wrong last, and when they are due again. With --host they include those
    that have not been tried yet because their host is held.
    """
    if pending and since is not None:
        raise click.UsageError("--since says when a URL ended; those of --pending have not.")
    _, engine = open_ledger()
    which = Which(cause=cause, host=host, job=job, since=since)
    n = 0
    with snapshot(engine) as connection:
        for values, line in (_pending if pending else _ended)(connection, which):
            n += 1
            if as_json:
                write_line(values)
            else:
                write_text(line)
    if not n:
        click.echo("Nothing matches.", err=True)


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
    return f"pending: {one.cause or 'not tried yet'}, {due}  {one_line(one.url)}{_why(one.detail)}"


def _why(detail: str | None) -> str:
    return f"  ({one_line(detail)})" if detail else ""
