"""The totals as people read them: a line a job, the causes, and how it goes on."""

import time
from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.filesize import decimal
from rich.table import Table
from rich.text import Text

from tasks.cli.crawl_page import last_run
from tasks.cli.moments import span
from tasks.cli.output import one_line
from tasks.cli.standing import resuming
from worker.store.crawls import PAUSED, Run

STATES = ("pending", "in_flight", "stored", "unchanged", "duplicate", "rejected", "failed", "dead", "cancelled")


def status_page(values: dict[str, Any], job: str | None) -> RenderableType:
    """Return what `status --json` says of everything, or of *job*, as tables."""
    jobs = values.get("jobs", {})
    rows = [(name, of) for name, of in jobs.items()] if len(jobs) > 1 else []
    total = job or (next(iter(jobs)) if len(jobs) == 1 else "all")
    if len(jobs) == 1:
        values = values | {"standing": jobs[total]["standing"]}
    paused = [name for name, of in (*rows, (total, values)) if of.get("standing") == PAUSED]
    going = [_going(values), *(f"{one_line(name)} is paused: `{resuming(name)}` lets it go on" for name in paused)]
    if "last_run" in values:
        ran = values["last_run"]
        going.append(one_line(f"last run: {last_run(Run(**ran) if ran else None, time.time())}"))
    if "disk" in values:
        going.append(f"disk: {disk_in_words(values['disk'])}")
    return Group(_counts([*rows, (total, values)]), "", *_causes(values), Text("\n".join(going)))


def _counts(rows: list[tuple[str, dict[str, Any]]]) -> Table:
    """Return a line a job; columns that are nought everywhere are left out, but for those of an ordinary run."""
    ordinary = ("pending", "stored")
    shown = [s for s in STATES if s in ordinary or any(number(of[s]) for _, of in rows)]
    extra = ["known"] if any(of["known"] for _, of in rows) else []
    table = Table(box=None, pad_edge=False, padding=(0, 1), header_style="dim")
    for name in ("job", "accepted", *shown, *extra, "images"):
        header = name.replace("_", " ")  # "in flight" may stand in two lines; no number and no name is ever cut
        table.add_column(header, justify="left" if name == "job" else "right", no_wrap=name != "in_flight", min_width=5)
    for place, (name, of) in enumerate(rows, 1):
        numbers = (f"{number(of[column]):,}" for column in ("accepted", *shown, *extra))
        stored, wanted = of["images"]["stored"], wanted_images(of["images"])
        style = "bold" if place == len(rows) > 1 else ""
        label = f"{one_line(name)} (paused)" if of.get("standing") == PAUSED else one_line(name)
        table.add_row(Text(label), *numbers, f"{stored:,}/{wanted:,}", style=style)
    return table


def _causes(values: dict[str, Any]) -> list[RenderableType]:
    table = Table(box=None, pad_edge=False, show_header=False)
    for name, said in causes_in_words(values):
        table.add_row(Text(name, style="dim"), Text(said))
    return [table, ""] if table.row_count else []


def causes_in_words(values: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what has causes, and how many have each, the most first."""
    images = values["images"]
    groups = {"waiting": values["waiting"], "rejected": values["rejected"], "failed": values["failed"], "images skipped": images["skipped"],
              "images failed": images["failed"]}  # fmt: skip
    for name, causes in groups.items():
        if causes:
            ranked = sorted(causes.items(), key=lambda item: (-item[1], item[0]))
            yield name, "  ".join(f"{cause} {n:,}" for cause, n in ranked)


def _going(values: dict[str, Any]) -> str:
    """Return how it goes on, in one line."""
    due, eta, later = values["oldest_due_s"], values["eta_s"], values["next_due_s"]
    parts = [f"{values['per_minute']:,.0f} a minute"]
    if due is not None:
        parts.append(f"the oldest has been due for {span(due)}")
    if eta:
        parts.append(f"about {span(eta)} to go")
    if later is not None:
        parts.append(f"the next is due in {span(later)}")
    if not values["workers"] and (due is not None or later is not None):
        parts.append("no worker is running: start `newsmill up`")
    return ", ".join(parts)


def disk_in_words(disk: Mapping[str, int | None]) -> str:
    """Return what the stores take, and what is left, in one line; what cannot be said is left out."""
    words = {"database": "database {}", "archive": "archive {}", "free": "{} free"}
    return ", ".join(say.format(decimal(size)) for name, say in words.items() if (size := disk.get(name)) is not None)


def number(value: Any) -> int:
    """Return a count, of all causes together where it is by cause."""
    return sum(value.values()) if isinstance(value, dict) else int(value)


def wanted_images(images: dict[str, Any]) -> int:
    """Return how many images are there or should be."""
    return int(images["stored"] + images["pending"] + sum(images["failed"].values()))
