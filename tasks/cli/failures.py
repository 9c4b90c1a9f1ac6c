"""`newsmill failures`: what ended without an article, and why."""

from dataclasses import asdict

import click

from tasks.cli.opening import open_ledger
from tasks.cli.output import one_line, write_line, write_text
from worker.article_json import iso
from worker.errors import Cause
from worker.models import State
from worker.store.failures import Failure, failures
from worker.store.library import snapshot

CAUSES = [cause.value for cause in Cause] + [State.DEAD.value]


@click.command("failures", epilog="Example: newsmill failures --cause gone --host news.example")
@click.option("--cause", type=click.Choice(CAUSES), metavar="CAUSE", help="Only those that ended for this cause, or `dead`.")
@click.option("--host", metavar="HOST", help="Only URLs of this host.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
def command(cause: str | None, host: str | None, as_json: bool) -> None:
    """List the URLs that were rejected, have failed or are dead, the latest first, with cause and detail."""
    _, engine = open_ledger()
    with snapshot(engine) as connection:
        for failure in failures(connection, cause=cause, host=host):
            if as_json:
                write_line(_values(failure))
            else:
                write_text(_line(failure))


def _values(failure: Failure) -> dict[str, object]:
    values = asdict(failure) | {"finished_at": iso(failure.finished_at)}
    return {"id": values.pop("url_id"), "outcome": values.pop("state"), **values}


def _line(failure: Failure) -> str:
    why = f"  ({one_line(failure.detail)})" if failure.detail else ""
    return f"{failure.state}: {failure.cause or 'its process died three times'}  {one_line(failure.url)}{why}"
