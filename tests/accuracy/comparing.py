"""When two texts, titles, names, days, pictures or captions are the same for a scorer.

Body text is compared by shingles of four tokens, as article-extraction benchmarks do; a CJK character is a token of
its own. Nothing here knows a site or a set.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

CJK = "\u2e80-\u2eff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003134f"
SHINGLE = 4
SAME_CAPTION = 0.8  # F1 of tokens: a credit more or less, not another sentence
MOST_ADDRESSES = 20  # inside one address: resizers nest two or three
NAMED_AT_LEAST = 7  # characters of a file name that is no accident

_TOKEN = re.compile(rf"[{CJK}]|[^\W{CJK}]+")
_DAY = re.compile(r"\s*(\d{4})\D(\d{1,2})\D(\d{1,2})")
_BETWEEN_NAMES = re.compile(r"[;,|/、]| and | & ")
_INNER = re.compile(r"https?(?::|%3A)(?:/|%2F).*", re.IGNORECASE)
_FORMAT = re.compile(r"\.(jpe?g|png|webp|gif|avif)$")
_SIZE = re.compile(r"([-_](\d+x\d+|w\d+|\d+w|h\d+|scaled|large|medium|small|master|original))+$")
_ANYBODYS = re.compile(r"\d{1,4}x\d{1,4}|image|default|picture|original")
_QUOTES = str.maketrans("‘’‚“”„«»–—‐‑", '\'\'\'"""""----')


def tokens(text: str) -> list[str]:
    """Return the words of *text*, each CJK character one."""
    return _TOKEN.findall(text)


def shingles(words: list[str]) -> Counter[tuple[str, ...]]:
    """Return the runs of four words, counted."""
    return Counter(tuple(words[i : i + SHINGLE]) for i in range(max(1, len(words) - SHINGLE + 1)) if words)


def overlap(gold: list[str], said: list[str]) -> tuple[float, float, float]:
    """Return shares (right, too much, missed) of two token lists: they sum to 1, so that long pages weigh no more."""
    known, found = shingles(gold), shingles(said)
    right = (known & found).total()
    counts = right, found.total() - right, known.total() - right
    total = sum(counts)
    return (counts[0] / total, counts[1] / total, counts[2] / total) if total else (0.0, 0.0, 0.0)


def share(right: float, wrong: float) -> float:
    """Return right / (right + wrong); nothing to get right is all right."""
    return right / (right + wrong) if right + wrong else 1.0


def f1(precision: float, recall: float) -> float:
    """Return the harmonic mean of *precision* and *recall*."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def flat(text: str | None) -> str:
    """Return *text* with its white space collapsed."""
    return " ".join((text or "").split())


def same_quotes(text: str | None) -> str:
    """Return *text* with white space, compatibility characters, quotation marks and dashes made one."""
    return unicodedata.normalize("NFKC", flat(text)).translate(_QUOTES)


def fold(text: str | None) -> str:
    """Return the lower-cased word characters of *text*, nothing else."""
    return "".join(re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", text or "").casefold()))


def day(value: Any) -> date | None:
    """Return the calendar day that *value* begins with, None if it does not."""
    found = _DAY.match(str(value or ""))
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None


def names(value: Any) -> set[str]:
    """Return the folded names of a list, or of a string that lists them."""
    parts = _BETWEEN_NAMES.split(value) if isinstance(value, str) else value or ()
    return {name for part in parts if (name := fold(str(part)))}


def _picture_keys(url: str) -> set[str]:
    """Return what two addresses of one picture share: host and path, or a long file name (sizes and CDNs differ)."""
    keys: set[str] = set()
    todo = [url]
    while todo and len(keys) < MOST_ADDRESSES:
        try:
            parts = urlsplit(todo.pop().strip())
            host = parts.hostname or ""
        except ValueError:
            continue
        for key, values in parse_qs(parts.query).items():
            todo += [value for value in values if key in ("url", "src", "image", "u") and "/" in value]
        if inner := _INNER.search(parts.path):
            todo.append(re.sub(r"^(https?:)/+", r"\1//", unquote(inner[0])))
        path = unquote(parts.path)
        name = _SIZE.sub("", _FORMAT.sub("", path.rsplit("/", 1)[-1].lower()))
        keys.add(host + path)
        if len(name) >= NAMED_AT_LEAST and not _ANYBODYS.fullmatch(name):
            keys.add(name)
    keys.discard("")
    return keys


def picture(addresses: str | Iterable[str] | None) -> set[str]:
    """Return the keys of one picture, given as an address or a list of addresses of it; two that share one are the same."""
    listed = [addresses] if isinstance(addresses, str) else addresses or []
    return set().union(*(_picture_keys(url) for url in listed))


def same_caption(gold: str, said: str) -> bool:
    """Return whether *said* is the caption *gold*, or holds all of it (with a credit)."""
    known, found = fold(gold), fold(said)
    if not known or not found:
        return False
    if known in found:
        return True
    gold_words, said_words = Counter(tokens(gold.casefold())), Counter(tokens(said.casefold()))
    right = (gold_words & said_words).total()
    return 2 * right >= SAME_CAPTION * (gold_words.total() + said_words.total())
