"""The page of `status --watch`: head, alarms, a line a job as far as there is room, and the facts of the whole."""

import time
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from tasks.cli.alarms import alarms
from tasks.cli.moments import span
from tasks.cli.output import one_line
from tasks.cli.status_page import STATES, causes_in_words, disk_in_words, number
from tasks.cli.watch_columns import GAP, Values, bar_of, fitting
from tasks.cli.watched import View
from worker.store.crawls import PAUSED

# Facts, the weightiest first: a low window has no room for all, and the jobs come before them.
BY_WEIGHT = (
    "urls",
    "pace",
    "workers",
    "failed",
    "waiting",
    "rejected",
    "images",
    "last run",
    "images failed",
    "disk",
    "images skipped",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchPage:
    """What is shown of *view*; *trouble*, a sentence, while nothing newer can be read."""

    view: View
    trouble: str | None

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the page for a window of the console's size."""
        height = options.height or console.height
        top, bottom = self._head(options.max_width), _facts(self.view, most=max(2, height // 3))
        taken = sum(len(console.render_lines(part, options.update(height=None))) for part in (top, bottom))
        room = height - taken - 2  # the table's header, and a line between
        yield top
        yield from _table(self.view, options, room=room)
        yield Text("")
        yield bottom

    def _head(self, width: int) -> RenderableType:
        left, right = f"Newsmill  {one_line(self.view.name)}", f"{_clock(self.view.at)}  Ctrl-C ends"
        gap = " " * max(2, width - cell_len(left) - cell_len(right))
        lines = [Text.assemble((left, "bold"), gap, (right, "dim"), no_wrap=True, overflow="ellipsis")]
        if self.trouble is not None:
            lines.append(Text(f"! {one_line(self.trouble)}; these numbers are of {_clock(self.view.at)}", style="bold red"))
        lines += [Text(f"! {alarm}", style="yellow") for alarm in alarms(self.view)]
        return Group(*lines, "")


def _table(view: View, options: ConsoleOptions, *, room: int) -> RenderResult:
    rows = [(_label(name, of), of) for name, of in view.jobs.items()]
    whole = [("all", view.total)] if len(rows) + view.left_out > 1 else []
    if not rows:
        yield Text("Nothing has been accepted yet: `newsmill run URL…` or `newsmill enqueue URL…` brings something in.")
        return
    shown = rows[: max(1, room - len(whole))]
    if len(shown) < len(rows) or view.left_out:
        shown = rows[: max(1, room - len(whole) - 1)]
    columns, name_width, bar_width = fitting([*shown, *whole], options.max_width)
    table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="dim")
    table.add_column("job", width=name_width, no_wrap=True, overflow="ellipsis")
    table.add_column("", width=bar_width, no_wrap=True)
    for column in columns:
        table.add_column(column.header, justify="right", no_wrap=True)
    for label, of in (*shown, *whole):
        style = "bold" if whole and of is view.total else ""
        bar = bar_of(of, bar_width, ascii_only=options.ascii_only)
        table.add_row(Text(label), bar, *(column.say(of) for column in columns), style=style)
    yield table
    if more := len(rows) - len(shown) + view.left_out:
        yield Text(f"… and {more:,} more jobs: `newsmill status` has them all", style="dim", no_wrap=True, overflow="ellipsis")


def _label(name: str, of: Values) -> str:
    return f"{one_line(name)} (paused)" if of.get("standing") == PAUSED else one_line(name)


def _facts(view: View, *, most: int) -> RenderableType:
    """Return the facts of the whole, each with its label: the *most* that matter, in the order they are read in."""
    total, images = view.total, view.total["images"]
    pictures = [
        f"{number(images[state]):,} {state}" for state in ("stored", "pending", "failed", "skipped") if number(images[state])
    ]
    facts = {
        "urls": "  ".join(f"{name.replace('_', ' ')} {number(total[name]):,}" for name in STATES if number(total[name])),
        **dict(causes_in_words(dict(total))),
        "images": "  ".join(pictures),
        "pace": _pace(total),
        "workers": ", ".join(f"{n} {one_line(role)}" for role, n in sorted(view.roles.items())) or "none",
        "last run": one_line(view.ran or ""),
        "disk": disk_in_words(view.disk),
    }
    kept = [label for label in BY_WEIGHT if facts.get(label)][:most]
    table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), show_header=False)
    table.add_column(no_wrap=True, style="dim")
    table.add_column(overflow="fold")
    for label in facts:
        if label in kept:
            table.add_row(label, Text(facts[label]))
    return table


def _pace(total: Values) -> str:
    parts = [f"{total['per_minute']:,.0f} a minute"]
    if total["oldest_due_s"] is not None:
        parts.append(f"the oldest due for {span(total['oldest_due_s'])}")
    if total["next_due_s"] is not None:
        parts.append(f"the next due in {span(total['next_due_s'])}")
    return ", ".join(parts)


def _clock(at: float) -> str:
    return time.strftime("%H:%M:%S", time.localtime(at))
