"""The shapes of blocks that hold others: which box makes them, and which tables are data."""

from collections.abc import Callable, Sequence
from itertools import groupby

from worker.document import Block, Image, ListBlock, Quote, Span, Table
from worker.extract.blocks import Box, Leaf

CELL_MAX = 400  # weight of a cell; with more it is a layout's column, not data
STRUCTURES = frozenset(("ul", "ol", "dl", "blockquote", "table"))

Cells = list[tuple[Span, ...]]


def table_of(leaves: Sequence[Leaf], structure: Box, spans: Callable[[Leaf], tuple[Span, ...]]) -> Table | None:
    """Return the table of *leaves* below the box *structure*, None when the table only lays out the page.

    Data has short cells of text, at least two rows and two columns, and no table in it; its first row is the header when
    all of its cells say so (HTML Standard §4.9.10, `th`). *spans* gives a leaf's text.
    """
    rows: list[Cells] = []
    header = True
    for row, group in groupby(leaves, key=lambda leaf: enclosing(leaf.box, "tr")):
        if row is None or enclosing(row, "table") is not structure:
            return None
        cells: Cells = []
        for cell, inner in groupby(group, key=lambda leaf: enclosing(leaf.box, "td", "th")):
            lines = list(inner)
            if cell is None or any(leaf.kind != "text" for leaf in lines) or sum(leaf.weight for leaf in lines) > CELL_MAX:
                return None
            header = header and (bool(rows) or cell.tag == "th")
            cells.append(tuple(span for n, leaf in enumerate(lines) for span in (*((Span("\n"),) * bool(n)), *spans(leaf))))
        rows.append(cells)
    if len(rows) < 2 or max(map(len, rows)) < 2:  # one row or one column is no table
        return None
    return Table(rows=tuple(tuple(row) for row in rows), header=header)


def refs_in(block: Block) -> list[int]:
    """Return the refs of the pictures in *block*, in order."""
    match block:
        case Image(ref=ref):
            return [ref]
        case Quote(blocks=blocks):
            return [ref for inner in blocks for ref in refs_in(inner)]
        case ListBlock(items=items):
            return [ref for item in items for inner in item for ref in refs_in(inner)]
        case _:
            return []


def enclosing(box: Box | None, *tags: str) -> Box | None:
    """Return the nearest box with one of *tags*, from *box* outwards."""
    while box is not None and box.tag not in tags:
        box = box.parent
    return box


def child_of(box: Box, ancestor: Box) -> Box | None:
    """Return the child of *ancestor* that holds *box*."""
    found: Box | None = None
    probe: Box | None = box
    while probe is not None and probe is not ancestor:
        found, probe = probe, probe.parent
    return found


def outermost(box: Box, limit: Box) -> Box | None:
    """Return the outermost list, quotation or table between *box* and the box *limit* around it."""
    found: Box | None = None
    probe: Box | None = box
    while probe is not None and probe is not limit:
        if probe.tag in STRUCTURES:
            found = probe
        probe = probe.parent
    return found
