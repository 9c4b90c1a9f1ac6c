"""Letters of one alphabet that stand for those of another which look the same. Pure functions.

The pairs are those of Unicode's table of confusables (UTS #39) that no reader can tell apart in common type.
"""

import re
from dataclasses import dataclass
from typing import Any

from worker.models import Restored
from worker.normalise.tree import retold

FEWEST = 10  # words of both alphabets; brands and formulas make a few
KINDS = 5  # different ones among them: a brand is the same every time
SHARE = 0.02  # of the words
CLEAR = 0.9  # of the words of both alphabets become words of one: "μm", "VIPов" or "Яndex" do not

_LATIN, _CYRILLIC, _GREEK = "A-Za-z\u00c0-\u024f", "\u0400-\u052f", "\u0370-\u03ff"
_TO_LATIN = str.maketrans(
    "АВЕКМНОРСТХІЅЈаеорсхуіѕјһԁԛԝ" + "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧο",
    "ABEKMHOPCTXISJaeopcxyisjhdqw" + "ABEZHIKMNOPTYXo",
)
_TO_CYRILLIC = str.maketrans("ABEKMHOPCTXIaeopcxyi", "АВЕКМНОРСТХІаеорсхуі")
_TO_GREEK = str.maketrans("ABEZHIKMNOPTYXo", "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧο")
OTHER_LETTERS = _CYRILLIC + _GREEK  # for the inside of a character class
_WORD = re.compile(rf"[{_LATIN}{_CYRILLIC}{_GREEK}]+")
_MEETING = re.compile(rf"[{_LATIN}](?:[{OTHER_LETTERS}]|(?<=[{OTHER_LETTERS}].))")


@dataclass(frozen=True, slots=True)
class _Alphabet:
    own: re.Pattern[str]
    table: dict[int, int]


_ALPHABETS = (
    _Alphabet(re.compile(f"[{_LATIN}]"), _TO_LATIN),
    _Alphabet(re.compile(f"[{_CYRILLIC}]"), _TO_CYRILLIC),
    _Alphabet(re.compile(f"[{_GREEK}]"), _TO_GREEK),
)


def in_one_alphabet(said: Restored, text: str) -> tuple[Restored, dict[str, Any]] | None:
    """Return what a page *said*, whose body is *text*, with words of two alphabets in that of the page; None when it has few."""
    if _MEETING.search(text) is None:
        return None
    main = max(_ALPHABETS, key=lambda alphabet: len(alphabet.own.findall(text)))
    words = _WORD.findall(text)
    mixed = [word for word in words if _is_mixed(word, main)]
    cleared = [word for word in mixed if _is_own(_told(word, main), main)]
    if len(cleared) < max(FEWEST, SHARE * len(words), CLEAR * len(mixed)) or len(set(cleared)) < KINDS:
        return None

    def tell(part: str) -> str:
        return _WORD.sub(lambda found: _one(found[0], main), part)

    return retold(said, tell, code=False), {"words": len(cleared)}


def _one(word: str, main: _Alphabet) -> str:
    told = _told(word, main) if _is_mixed(word, main) else word
    return told if _is_own(told, main) else word


def _told(word: str, main: _Alphabet) -> str:
    return word.translate(main.table)


def _is_mixed(word: str, main: _Alphabet) -> bool:
    return main.own.search(word) is not None and not _is_own(word, main)


def _is_own(word: str, main: _Alphabet) -> bool:
    return main.own.sub("", word) == ""
