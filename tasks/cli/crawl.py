"""`newsmill crawl`: the crawl jobs of the sources file."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from tasks.cli.crawl_page import Row, crawl_page
from tasks.cli.crawl_run import run
from tasks.cli.opening import load_settings, open_ledger
from tasks.cli.output import write_json, write_line
from tasks.cli.sources import read_jobs
from tasks.schedule import next_slot
from worker.article_json import iso
from worker.store.crawls import RUNNING, last_runs, standings_of_jobs
from worker.store.database import clock
from worker.store.library import snapshot


@click.group("crawl", epilog="Example: newsmill crawl list")
def command() -> None:
    """The crawl jobs of the sources file (NEWSMILL_SOURCES): what they did last and do next, one now, mistakes in the file."""


command.add_command(run)


@command.command("list", short_help="how each job stands", epilog="Example: newsmill crawl list")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array.")
def list_jobs(*, as_json: bool) -> None:
    """List the crawl jobs: timetable, next slot, how the last run went, whether the job runs, is paused or cancelled."""
    settings = load_settings()
    jobs = read_jobs(settings.sources)
    _, engine = open_ledger()
    with snapshot(engine) as connection:
        now, last, standing = clock(connection), last_runs(connection), standings_of_jobs(connection)
    rows = []
    for job in jobs:
        run, state = last.get(job.name), standing.get(job.name, RUNNING)
        at = next_slot(job, now=now, last_slot=run.slot if run else None) if state == RUNNING else None
        rows.append(Row(job=job, state=state, next_at=at, last=run))
    if as_json:
        write_json([_values(row) for row in rows])
    elif rows:
        Console().print(crawl_page(rows, now))
    else:
        click.echo(f"{settings.sources} has no jobs yet; each begins with a line [[job]].")


@command.command("check", short_help="mistakes in the file", epilog="Example: newsmill crawl check config/sources.toml")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the jobs as JSON.")
def check(*, file: Path | None, as_json: bool) -> None:
    """Say whether the sources file can be used; every mistake is named with its line. Exits 2 when there are any."""
    jobs = read_jobs(file or load_settings().sources)
    if as_json:
        write_line({"jobs": [_of_file(asdict(job)) for job in jobs]})
    else:
        click.echo(f"{len(jobs)} {'job' if len(jobs) == 1 else 'jobs'}, all well.")


def _values(row: Row) -> dict[str, Any]:
    last = None
    if row.last is not None:
        last = asdict(row.last) | {
            name: iso(at) if (at := getattr(row.last, name)) is not None else None
            for name in ("slot", "opened_at", "finished_at")
        }
    next_at = iso(row.next_at) if row.next_at is not None else None
    return {**_of_file(asdict(row.job)), "state": row.state, "next_at": next_at, "last_run": last}


def _of_file(values: dict[str, Any]) -> dict[str, Any]:
    """Return a job as the file has it: its source under the key that names its form."""
    return {"name": values.pop("name"), values.pop("form"): values.pop("url"), **values}
