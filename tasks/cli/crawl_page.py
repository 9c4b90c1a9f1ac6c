"""The crawl jobs as people read them: a line a job, in local time."""

from dataclasses import dataclass
from datetime import datetime

from rich.table import Table
from rich.text import Text

from config.sources import CrawlJob
from tasks.cli.moments import span
from tasks.cli.output import one_line
from worker.store.crawls import RUNNING, Run

_UNITS = ((604_800, "w"), (86_400, "d"), (3_600, "h"), (60, "m"), (1, "s"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A crawl job with where it stands; *next_at* is None when it will not run, *last* when it never ran."""

    job: CrawlJob
    state: str
    next_at: float | None
    last: Run | None


def crawl_page(rows: list[Row], now: float) -> Table:
    """Return the jobs as a table."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("job", overflow="fold")
    table.add_column("runs")
    table.add_column("next", no_wrap=True)
    table.add_column("last run", overflow="fold")
    for row in rows:
        runs = timetable(row.job) if row.state == RUNNING else f"{timetable(row.job)} ({row.state})"
        cells = (row.job.name, runs, moment(row.next_at, now), last_run(row.last, now))
        table.add_row(*(Text(one_line(cell)) for cell in cells))  # as text: a name may look like markup
    return table


def timetable(job: CrawlJob) -> str:
    """Return when *job* runs, as people write it."""
    if job.cron is not None:
        return f"{job.cron} {job.timezone}"
    return f"every {_in_file(job.every or 0)}"


def moment(at: float | None, now: float) -> str:
    """Return a point in time by this machine's clock, and how far it is; "-" when there is none."""
    if at is None:
        return "-"
    if abs(at - now) < 1:
        return "now"
    local, today = datetime.fromtimestamp(at).astimezone(), datetime.fromtimestamp(now).astimezone().date()
    shown = f"{local:%H:%M}" if local.date() == today else f"{local:%Y-%m-%d %H:%M}"
    return f"{shown} (in {span(at - now)})" if at > now else f"{shown} ({span(now - at)} ago)"


def last_run(run: Run | None, now: float) -> str:
    """Return when a job last ran and what came of it, in one line."""
    if run is None:
        return "never yet"
    if run.finished_at is None:
        return f"{moment(run.opened_at, now)}: waiting or under way"
    counts = f", found {run.found}, new {run.new}" if run.found is not None else ""
    return f"{moment(run.finished_at, now)}: {run.outcome}{counts}" + (f"; {run.note}" if run.note else "")


def _in_file(seconds: int) -> str:
    """Return a whole number of seconds in its largest unit, as the sources file has it."""
    size, unit = next((size, unit) for size, unit in _UNITS if seconds % size == 0)
    return f"{seconds // size}{unit}"
