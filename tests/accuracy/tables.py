"""Tables of scores: rows of named figures, their means and how they are printed."""

import statistics
from collections.abc import Iterable, Sequence
from typing import Any

Row = dict[str, Any]


def mean(values: Iterable[float]) -> float:
    """Return the mean of *values*, 0 of none."""
    listed = list(values)
    return statistics.mean(listed) if listed else 0.0


def mean_of(tables: Iterable[Row], column: str) -> float | None:
    """Return the mean of *column* over the folds that have it, None when none has."""
    values = [table[column] for table in tables if column in table]
    return statistics.mean(values) if values else None


def table_text(heading: str, rows: list[Row]) -> str:
    """Return *rows*, each with a `name`, as columns of text."""
    columns = [key for key in dict.fromkeys(key for row in rows for key in row) if key != "name"]
    wide = max(len(heading), *(len(row["name"]) for row in rows)) + 1
    out = [f"{heading:<{wide}}" + "".join(f"{column:>9}" for column in columns)]
    for row in rows:
        cells = (row.get(column, "-") for column in columns)
        out.append(f"{row['name']:<{wide}}" + "".join(f"{c:9.3f}" if isinstance(c, float) else f"{c:>9}" for c in cells))
    return "\n".join(out)


def markdown(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table; figures keep three digits, None is a dash."""
    lines = [columns, ["---"] * len(columns), *([_cell(cell) for cell in row] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.3f}".removeprefix("0") if value < 1 else f"{value:.3f}"
    return "–" if value is None else str(value)
