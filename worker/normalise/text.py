"""White space, Unicode forms and stray markup of short texts. Pure functions, all total and idempotent."""

import html
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

# Zero-width characters, soft hyphens, byte order marks and directional marks: layout of a page, no text.
# The joiners U+200C and U+200D stay: Persian, Hindi and emoji mean something by them.
_INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_SPACE = re.compile(r"\s+")
# Lone surrogates go with the controls: JSON can spell them, UTF-8 cannot.
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff]")
_TAG = re.compile(r"<[/!]?[A-Za-z][^<>]{0,1000}>")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
# No character has a number of twenty digits; to `int` one of five thousand is an error.
_ENDLESS = re.compile(r"&#[0-9]{20,};?")
_NOT_WORD = re.compile(r"[\W_]+")
MOST_MARKS = 30  # combining marks in a row (Stream-Safe Text Format, UAX #15 §13); Unicode's own longest run has eighteen
# Where so many marks may stand; the half-width voiced sound marks are letters that NFKC makes marks of.
_RUN_OF_MARKS = re.compile(rf"(?:[^\w\s\x00-\x7f]|[\uff9e\uff9f]){{{MOST_MARKS + 1},}}")
CACHED = 1_000  # folded texts remembered: a page compares its few titles and names many times
LONGEST_CACHED = 300  # characters of one; a headline has a hundred
UNESCAPE_ROUNDS = 3  # `&amp;amp;quot;`: templates escape what was escaped; deeper has not been seen


def squeeze(text: str) -> str:
    """Return *text* in Unicode NFC on one line: white space of any kind as single blanks, invisible characters dropped."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    text = unicodedata.normalize("NFC", thinned(_CONTROL.sub("", _INVISIBLE.sub("", text))))
    return _SPACE.sub(" ", text).strip()


def plain(text: str) -> str:
    """Return the *text* of a metadata field: entities undone, however often they were escaped, tags dropped, squeezed."""
    for _ in range(UNESCAPE_ROUNDS):
        if "&" not in text or not _ENTITY.search(text):
            break
        text = unescape(text)
    if "<" in text:
        text = _TAG.sub(" ", text)
    return squeeze(text)


def unescape(text: str) -> str:
    """Return *text* with its character references undone once (HTML Standard §13.2.5.72)."""
    return html.unescape(_ENDLESS.sub("\ufffd", text))


def thinned(text: str) -> str:
    """Return *text* without the combining marks of a run after its first `MOST_MARKS`.

    Putting marks in canonical order takes the square of their number: everything is thinned before it is normalised.
    """
    return text if text.isascii() else _RUN_OF_MARKS.sub(_first_marks, text)


def _first_marks(run: re.Match[str]) -> str:
    kept: list[str] = []
    marks = 0
    for char in run[0]:
        marks = marks + 1 if _is_mark(char) else 0
        if marks <= MOST_MARKS:
            kept.append(char)
    return "".join(kept)


def _is_mark(char: str) -> bool:
    return unicodedata.combining(unicodedata.normalize("NFKD", char)[0]) > 0


def fold(text: str) -> str:
    """Return the letters and digits of *text* for comparison: NFKC, case folded, everything else dropped."""
    return _folded(text) if len(text) <= LONGEST_CACHED else _fold(text)


def _fold(text: str) -> str:
    if text.isascii():
        return _NOT_WORD.sub("", text.lower())
    return _NOT_WORD.sub("", unicodedata.normalize("NFKC", thinned(text)).casefold())


_folded = lru_cache(maxsize=CACHED)(_fold)


def distinct(texts: Iterable[str]) -> tuple[str, ...]:
    """Return *texts* in order, each once however it is written; the first spelling stays, texts without a letter go."""
    found: dict[str, str] = {}
    for text in texts:
        found.setdefault(fold(text), text)
    found.pop("", None)
    return tuple(found.values())
