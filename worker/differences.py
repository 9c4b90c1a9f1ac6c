"""What two readings of a page differ in, field by field, as values that `json` can write."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from difflib import unified_diff
from typing import Any

from worker.models import Credit, Extraction, ImageRef
from worker.rendering import to_markdown, to_text

APART = ("document", "images", "reason", "restored")  # fields of an Extraction with a comparison of their own, or none
SAID_OF_IMAGES = ("alt", "caption", "credit", "skip")
DIFF_LINES = 400  # of a body's difference: one that is longer is another text


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a page was understood to say: the extraction, the URL it is known under, and the plain text that was made of it."""

    extraction: Extraction
    canonical_url: str
    text: str


def differences(before: Reading, after: Reading) -> dict[str, Any]:
    """Return what *after* has otherwise than *before*, by field; empty when they are the same throughout.

    A field has `from` and `to`; `body` has the numbers of blocks and characters and a unified diff of the Markdown, with the
    images as lines; `images` has the addresses `added` and `removed`, what is said otherwise (`changed`), and how many `moved`.
    """
    found = dict(_plain(before, after))
    if before.extraction.document != after.extraction.document or before.text != after.text:
        found["body"] = _body(before, after)
    if before.extraction.restored != after.extraction.restored:
        found["normalised"] = _changed_lines(_restored_lines(before.extraction), _restored_lines(after.extraction))
    if before.extraction.images != after.extraction.images:
        found["images"] = _images(before.extraction.images, after.extraction.images)
    return found


def _plain(before: Reading, after: Reading) -> Iterator[tuple[str, Any]]:
    if before.canonical_url != after.canonical_url:
        yield "canonical_url", {"from": before.canonical_url, "to": after.canonical_url}
    for field in fields(Extraction):
        was, now = getattr(before.extraction, field.name), getattr(after.extraction, field.name)
        if field.name not in APART and was != now:
            yield field.name, {"from": _value(was), "to": _value(now)}


def _value(said: object) -> object:
    if isinstance(said, tuple):
        return [f"{one.role}: {one.name}" if isinstance(one, Credit) else one for one in said]
    return said


def _body(before: Reading, after: Reading) -> dict[str, Any]:
    was, now = before.extraction, after.extraction
    return {
        "blocks": {"from": len(was.document.blocks), "to": len(now.document.blocks)},
        "characters": {"from": len(before.text), "to": len(after.text)},
        "diff": _changed_lines(_lines(was), _lines(now)),
    }


def _changed_lines(was: list[str], now: list[str]) -> list[str]:
    lines = list(unified_diff(was, now, n=0, lineterm=""))[2:]  # without the names of two files
    return [line for line in lines if line[0] in "+-"][:DIFF_LINES]


def _restored_lines(extraction: Extraction) -> list[str]:
    restored = extraction.restored
    return [restored.title, *to_text(restored.document).splitlines()] if restored is not None else []


def _lines(extraction: Extraction) -> list[str]:
    return [line for line in to_markdown(extraction.document, extraction.images).splitlines() if line]


def _images(before: Sequence[ImageRef], after: Sequence[ImageRef]) -> dict[str, Any]:
    was, now = {image.url: image for image in before}, {image.url: image for image in after}
    both = [(was[url], image) for url, image in now.items() if url in was]
    return {
        "added": [url for url in now if url not in was],
        "removed": [url for url in was if url not in now],
        "changed": [
            {"url": new.url, "field": name, "from": getattr(old, name), "to": getattr(new, name)}
            for old, new in both
            for name in SAID_OF_IMAGES
            if getattr(old, name) != getattr(new, name)
        ],
        "moved": sum(old.position != new.position for old, new in both),
    }


def reading_of(extraction: Extraction, canonical_url: str) -> Reading:
    """Return the reading that *extraction* is when it is rendered now."""
    return Reading(extraction=extraction, canonical_url=canonical_url, text=to_text(extraction.document))
