"""What a page says otherwise when it is read again, as people read it."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from tasks.cli.output import one_line
from worker.reparse import Became, Reread

WIDTH = 150  # characters of a value or line of text: enough to see what it is
LINES = 24  # of a body's difference; --json has all that there is
WORDS = {
    Became.CHANGED: "changed",
    Became.UNCHANGED: "unchanged",
    Became.FOUND: "found where no article was seen",
    Became.NONE: "still no article",
    Became.KEPT: "no article any more, but kept",
    Became.DUPLICATE: "of another article's canonical URL, left alone",
    Became.BUSY: "in other hands, left for the next call",
    Became.FAILED: "failed",
}


def report(one: Reread) -> Iterator[str]:
    """Yield the lines about a page: what became of it, and below what is otherwise, field by field."""
    place = f"{one.article_id}  " if one.article_id is not None else ""
    why = f"  ({one_line(one.reason)})" if one.reason else ""
    yield f"{one.became}: {place}{one_line(one.url)}  {one_line(one.title)}{why}"
    yield from otherwise(one.changes)


def otherwise(changes: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines that show *changes*, which `worker.differences` found, field by field."""
    for name, change in changes.items():
        match name:
            case "body":
                yield from _body(change)
            case "images":
                yield from _images(change)
            case _:
                yield f"    {name}: {_short(change['from'])} → {_short(change['to'])}"


def in_short(counts: Counter[str], *, dry_run: bool) -> str:
    """Return what became of all of them, in a few sentences."""
    n = sum(counts[became] for became in Became)
    parts = [f"{counts[became]:,} {words}{_fields(counts) if became is Became.CHANGED else ''}"
             for became, words in WORDS.items() if counts[became]]  # fmt: skip
    said = f"{n:,} {'page' if n == 1 else 'pages'} {'would be ' if dry_run else ''}read again: {', '.join(parts)}."
    if counts["images"]:
        images = "1 image is" if counts["images"] == 1 else f"{counts['images']:,} images are"
        said += f" {images} new and not fetched: after `newsmill enqueue --again URL` the workers fetch what is missing."
    return said + (" Nothing was written." if dry_run else "")


def _fields(counts: Counter[str]) -> str:
    named = [(name.removeprefix("field "), n) for name, n in counts.most_common() if name.startswith("field ")]
    return f" ({', '.join(f'{name} {n:,}' for name, n in named)})"


def _body(change: Mapping[str, Any]) -> Iterator[str]:
    blocks, characters = change["blocks"], change["characters"]
    yield (f"    body: {blocks['from']:,} → {blocks['to']:,} blocks, {characters['from']:,} → {characters['to']:,} characters")
    for line in change["diff"][:LINES]:
        yield f"      {line[0]} {_clipped(line[1:])}"
    if (more := len(change["diff"]) - LINES) > 0:
        yield f"      … and {more:,} more lines"


def _images(change: Mapping[str, Any]) -> Iterator[str]:
    counted = [f"{len(change[name]):,} {name}" for name in ("added", "removed", "changed") if change[name]]
    counted += [f"{change['moved']:,} moved"] if change["moved"] else []
    yield f"    images: {', '.join(counted) or 'in another order'}"
    for sign, name in (("+", "added"), ("-", "removed")):
        for url in change[name]:
            yield f"      {sign} {_clipped(url)}"
    for one in change["changed"]:
        yield f"      {one['field']} of {_clipped(one['url'])}: {_short(one['from'])} → {_short(one['to'])}"


def _short(value: object) -> str:
    return _clipped(json.dumps(value, ensure_ascii=False))


def _clipped(text: str) -> str:
    line = one_line(text)
    return line if len(line) <= WIDTH else f"{line[: WIDTH - 1]}…"
