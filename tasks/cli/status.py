"""`newsmill status`: the ledger's totals."""

import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from sqlalchemy import Engine

from config.settings import Settings
from config.sources import SourcesMistake
from tasks.cli.disk_use import DiskUse
from tasks.cli.job_names import complete_job
from tasks.cli.opening import open_ledger
from tasks.cli.output import write_line
from tasks.cli.standing import known_job
from tasks.cli.status_page import status_page
from tasks.cli.watched import Watched
from tasks.cli.watching import REDRAW_S, patiently
from tasks.cli.watching import watch as show
from tasks.schedule import crawl_jobs
from worker.store.crawls import last_runs
from worker.store.database import clock
from worker.store.jobs import is_crawl_job
from worker.store.library import snapshot
from worker.store.totals import Totals, totals
from worker.store.totals_json import totals_json


@click.command("status", epilog="Example: newsmill status politics --watch")
@click.argument("job", required=False, shell_complete=complete_job)
@click.option("--watch", is_flag=True, help="Show it on the whole terminal, anew every second, until Ctrl-C.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON; with --watch one line a second.")
def command(*, job: str | None, watch: bool, as_json: bool) -> None:
    """Show where the URLs stand, each counted once: totals per outcome, per job and per cause, age of the queue, rate, ETA, disk.

    With JOB only that job's totals, and of a crawl job its last run. Exits 1 when nobody ever saw such a job.
    """
    chosen, engine = open_ledger()
    disk = DiskUse(chosen)
    try:
        if watch and as_json:
            while True:
                write_line(patiently(lambda: _values(chosen, engine, job, disk)))
                time.sleep(REDRAW_S)
        elif watch:
            _values(chosen, engine, job, disk)  # a job that nobody ever saw is a sentence, not an empty page
            show(Watched(chosen, engine, job).view)
        elif as_json:
            write_line(_values(chosen, engine, job, disk))
        else:
            Console().print(status_page(_values(chosen, engine, job, disk), job))
    except KeyboardInterrupt:
        pass  # the way to end --watch


def _values(chosen: Settings, engine: Engine, job: str | None, disk: DiskUse) -> dict[str, Any]:
    with snapshot(engine) as connection:
        now = clock(connection)
        everything, jobs = totals(connection)
        if job is None:
            each = {name: totals_json(connection, jobs[name], now=now, job=name) for name in sorted(jobs)}
            return totals_json(connection, everything, now=now) | {"disk": disk.values(connection), "jobs": each}
        crawls = _is_in(chosen.sources, job) or is_crawl_job(connection, job)  # the file has it before any worker has seen it
        if not crawls:
            known_job(connection, job)
        run = last_runs(connection, [job]).get(job)
        ran = {"last_run": asdict(run) if run else None} if crawls else {}
        return totals_json(connection, jobs.get(job, Totals()), now=now, job=job) | ran


def _is_in(sources: Path, job: str) -> bool:
    """Return whether the file of the crawl jobs has *job*; what is wrong with the file is `crawl check`'s to say."""
    try:
        return any(one.name == job for one in crawl_jobs(sources))
    except (SourcesMistake, OSError):
        return False
