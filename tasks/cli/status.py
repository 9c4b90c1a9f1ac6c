"""`newsmill status`: the ledger's totals."""

import sys
import time
from collections.abc import Iterator
from typing import Any

import click
from rich.console import Console
from rich.live import Live
from sqlalchemy import Engine

from tasks.cli.opening import open_ledger
from tasks.cli.output import write_line
from tasks.cli.status_page import status_page
from worker.store.database import clock
from worker.store.library import snapshot
from worker.store.totals import totals
from worker.store.totals_json import totals_json

REDRAW_S = 1.0  # what the contract promises of --watch


@click.command("status", epilog="Example: newsmill status politics --watch")
@click.argument("job", required=False)
@click.option("--watch", is_flag=True, help="Redraw every second until Ctrl-C.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON; with --watch one line a second.")
def command(*, job: str | None, watch: bool, as_json: bool) -> None:
    """Show where the URLs stand, each counted once: totals per outcome, per job and per cause, age of the queue, rate, ETA.

    With JOB only that job's totals. Exits 1 when no URL was ever accepted under it.
    """
    _, engine = open_ledger()
    try:
        if watch and as_json:
            for values in _each_second(engine, job):
                write_line(values)
        elif watch:
            with Live(console=Console(), auto_refresh=False, screen=sys.stdout.isatty()) as live:
                for values in _each_second(engine, job):
                    live.update(status_page(values, job), refresh=True)
        elif as_json:
            write_line(_values(engine, job))
        else:
            Console().print(status_page(_values(engine, job), job))
    except KeyboardInterrupt:
        pass  # the way to end --watch


def _each_second(engine: Engine, job: str | None) -> Iterator[dict[str, Any]]:
    while True:
        yield _values(engine, job)
        time.sleep(REDRAW_S)


def _values(engine: Engine, job: str | None) -> dict[str, Any]:
    with snapshot(engine) as connection:
        now = clock(connection)
        everything, jobs = totals(connection)
        if job is None:
            each = {name: totals_json(connection, jobs[name], now=now, job=name) for name in sorted(jobs)}
            return totals_json(connection, everything, now=now) | {"jobs": each}
        if job not in jobs:
            known = f" There are: {', '.join(sorted(jobs))}." if jobs else ""
            raise click.ClickException(f"No URL was ever accepted under the job {job!r}.{known}")
        return totals_json(connection, jobs[job], now=now, job=job)
