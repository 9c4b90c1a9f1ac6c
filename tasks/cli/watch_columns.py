"""The columns of the watch table: which there are, which of them there is room for, and the bar."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.cells import cell_len
from rich.text import Text

from tasks.cli.moments import span
from tasks.cli.status_page import number, wanted_images
from worker.store.crawls import PAUSED

NAME, BAR = (12, 40), (6, 24)  # characters of a job's name and of its bar: at least, at most
GAP = 2  # blanks between columns
STYLES = (
    ("green", ("stored", "unchanged", "duplicate")),
    ("bright_black", ("rejected", "cancelled")),
    ("red", ("failed", "dead")),
    ("blue", ("in_flight",)),
)
Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of numbers: what *say* says of a job's values; the lower *rank* is, the longer it stays in a narrow window.

    An *optional* one is left out when it is nought everywhere.
    """

    header: str
    rank: int
    say: Callable[[Values], str]
    optional: bool = False


def done(of: Values) -> int:
    """Return how many have ended."""
    return int(of["accepted"] - of["pending"] - of["in_flight"])


def fitting(rows: Sequence[tuple[str, Values]], width: int) -> tuple[list[Column], int, int]:
    """Return the columns for which there is room, those that matter most first to stay, and the widths of name and bar."""
    said = [column for column in COLUMNS if not column.optional or any(column.say(of) != "0" for _, of in rows)]
    left = width - NAME[0] - BAR[0] - 2 * GAP
    kept = []
    for column in sorted(said, key=lambda column: column.rank):
        needed = max(cell_len(text) for text in (column.header, *(column.say(of) for _, of in rows))) + GAP
        if needed > left:
            break
        kept.append(column)
        left -= needed
    longest = max(cell_len(label) for label, _ in rows)
    name = max(NAME[0], min(longest, NAME[1], NAME[0] + left))
    bar = min(BAR[1], BAR[0] + max(0, left - (name - NAME[0])))
    return [column for column in said if column in kept], name, bar


def bar_of(of: Values, width: int, *, ascii_only: bool) -> Text:
    """Return how far a job is: what ended well, what was refused, what is lost, what is under way; the rest waits."""
    full, empty = ("#", ".") if ascii_only else ("━", "─")
    bar, total, before, so_far = Text(), of["accepted"], 0, 0
    for style, states in STYLES:
        so_far += sum(number(of[state]) for state in states)
        cells = round(width * so_far / total) if total else 0
        if so_far < total:
            cells = min(cells, width - 1)  # a full bar means done
        bar.append(full * (cells - before), style=style)
        before = cells
    return bar.append(empty * (width - before), style="dim")


def _to_go(of: Values) -> str:
    if of.get("standing") == PAUSED:
        return "paused"
    if of["eta_s"]:
        return span(of["eta_s"])
    if not of["pending"] and not of["in_flight"]:
        return "done" if of["accepted"] else ""
    return f"in {span(of['next_due_s'])}" if of["next_due_s"] is not None else ""


def _state(name: str, rank: int) -> Column:
    return Column(header=name.replace("_", " "), rank=rank, say=lambda of: f"{number(of[name]):,}", optional=True)


COLUMNS = (
    Column(header="done", rank=0, say=lambda of: f"{done(of):,}/{of['accepted']:,}"),
    _state("stored", 4),
    _state("unchanged", 8),
    _state("duplicate", 7),
    _state("rejected", 5),
    _state("failed", 5),
    _state("dead", 6),
    _state("cancelled", 9),
    _state("in_flight", 10),
    Column(header="images", rank=2, say=lambda of: f"{of['images']['stored']:,}/{wanted_images(of['images']):,}"),
    Column(header="a minute", rank=3, say=lambda of: f"{of['per_minute']:,.0f}"),
    Column(header="to go", rank=1, say=_to_go),
)
