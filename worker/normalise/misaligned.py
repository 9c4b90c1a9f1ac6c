"""Annotations that a mirror put into the middle of two characters, and their repair byte by byte.

A mirror that replaces the bytes of a character in GBK text also hits where the last byte of one character and the first of
the next happen to spell it. The first of the two comes out whole, the second loses its lead byte (which decodes as U+FFFD)
and drags those after it along, until a byte of ASCII sets things right. The lost byte is the trail byte of the character
that was annotated, and that is known: its lead byte is the one before the hit, its reading stands in the brackets.
"""

import re
from dataclasses import dataclass

from worker.normalise.annotations import READING, SYLLABLE, TONED, is_reading, is_syllable
from worker.normalise.mirror import Mirror
from worker.normalise.script import HAN, in_gb2312, is_traditional, simplified

REACH = 100  # characters after a hit that may have been dragged along; without an ASCII byte a run of 100 is rare
MOST_HITS = 100  # looked at in one line: 59 mirrored articles had 47 in all

_LOST = "\ufffd"
_HIT = re.compile(rf"([^\x00-\x7f]){_LOST}[(（]({SYLLABLE})[)）]")
# What is left of a hit, with the bytes lost (`?` where somebody wrote the text in another encoding): from the character
# before it to the one after the ASCII byte that ended it.
_REMNANT = re.compile(
    rf".?[?{_LOST}]{{1,9}}[(（]?({SYLLABLE})[)）](?:[^\x00-\x7f]{{0,12}}?[@-~])?[{HAN}]?|.?{_LOST}+.?",
    re.DOTALL,
)
_TONED = re.compile(f"[{TONED}]")
_RESTORABLE = re.compile(rf"[{HAN}\x20-\x7e，。、；：？！（）“”‘’《》〈〉…—·]+")  # what articles are written with


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """A run of text as it was found, and as it was before."""

    text: str
    restored: str


def realigned(text: str, mirror: Mirror) -> tuple[str, tuple[Repair, ...]]:
    """Return one line of a *mirror* with its misaligned hits undone, where that can be done for certain, and what was done."""
    repairs: list[Repair] = []
    at = 0
    for _ in range(MOST_HITS):
        if (hit := _HIT.search(text, at)) is None:
            break
        repair = _repaired(text, hit, mirror)
        at = hit.end()
        if repair is not None:
            repairs.append(repair)
            text = text[: hit.start()] + repair.restored + text[hit.start() + len(repair.text) :]
            at = hit.start() + 1
    return text, tuple(repairs)


def remnants(text: str) -> list[tuple[int, int]]:
    """Return where damage stands in a line of a mirror, as start and end, in order."""
    found = (match for match in _REMNANT.finditer(text) if _is_damage(match))
    return [match.span() for match in found]


def _is_damage(match: re.Match[str]) -> bool:
    return _LOST in match[0] or (_TONED.search(match[1]) is not None and is_syllable(match[1]))


def _repaired(text: str, hit: re.Match[str], mirror: Mirror) -> Repair | None:
    """Return the repair of *hit*; None when the lost byte is not certain or what it gives makes no text."""
    lost = _trail_byte(_last_byte(hit[1]), hit[2], mirror)
    if lost is None:
        return None
    tail = text[hit.end() : hit.end() + REACH]
    run = tail.partition(_LOST)[0]  # a lost byte ends it, if no byte of ASCII does before
    try:
        raw = lost + run.encode("gb18030")
    except UnicodeEncodeError:  # a lone surrogate
        return None
    moved = raw.decode("gb18030", "replace")
    same = _common_suffix(run, moved)
    if len(run) == REACH and not same:  # it goes on beyond our reach
        return None
    if same or run == tail:
        before, after, open_end = run[: len(run) - same], moved[: len(moved) - same], ""
    else:
        before, after = run + _LOST, raw[:-1].decode("gb18030", "replace")
        open_end = _ending(raw[-1:], text, hit.end() + len(before), mirror)
    if not _RESTORABLE.fullmatch(after or open_end) or not in_gb2312(simplified(after)):
        return None
    return Repair(text=hit[0] + before, restored=hit[1] + after + open_end)


def _ending(lead: bytes, text: str, at: int, mirror: Mirror) -> str:
    """Return the character that has lost all but its *lead* before *at*: an annotated one if that is certain, else U+FFFD."""
    annotation = READING.match(text, at)
    trail = _trail_byte(lead, annotation[1], mirror) if annotation else None
    return (lead + trail).decode("gbk", "replace") if trail else _LOST


def _last_byte(char: str) -> bytes:
    return char.encode("gbk", "replace")[-1:]


def _trail_byte(lead: bytes, syllable: str, mirror: Mirror) -> bytes | None:
    """Return the trail byte of the one character with that *lead* that the mirror can have annotated with *syllable*."""
    possible = [char for char in _characters(lead) if char not in mirror.plain and is_reading(char, syllable)]
    annotated = [char for char in possible if mirror.dictionary.get(char) == syllable]
    certain = annotated or possible
    return certain[0].encode("gbk")[1:] if len(certain) == 1 else None


def _characters(lead: bytes) -> list[str]:
    """Return the Traditional characters of GBK that begin with *lead* and end in a byte that alone decodes as nothing."""
    row = (bytes((*lead, trail)).decode("gbk", "ignore") for trail in range(0x81, 0xFF))
    return [char for char in row if len(char) == 1 and is_traditional(char)]


def _common_suffix(one: str, other: str) -> int:
    length = 0
    for a, b in zip(reversed(one), reversed(other), strict=False):
        if a != b:
            break
        length += 1
    return length
