"""What is known of the languages that legacy encodings were made for: letter pairs, frequent characters.

Costs are in nats: minus the natural logarithm of how often a letter follows another, or a character occurs, in running
text. `charset_models.json` holds them; tests/accuracy/train_charsets.py makes it from lists of words.
"""

import json
from functools import cache
from importlib.resources import files
from typing import Any

from worker.extract.charsets import CODECS

STRANGE_LETTER = 11.0  # one that the language does not have: in names, once in many pages
STRANGE_LATIN = 13.0  # in a Latin alphabet; at eleven, a label with the same umlauts makes of "Sáez" a Lithuanian "Sįez"
WESTERN_LETTER = 9.5  # such names are mostly French, German, Spanish or, in "š" and "ž", Slavic
AFTER_STRANGE = 3.3  # what follows one: nearly any letter
STRANGE_CHARACTER = 14.0  # of Chinese, Japanese, Korean: not among their thousands
MARK = 6.0  # vowel points of Hebrew and Arabic: only prayers and poems have them
SYMBOL_COSTS = {  # by kind; what stands where a letter could
    "quote": 4.0,
    "opening": 5.0,
    "apostrophe": 4.0,
    "dash": 4.5,
    "gap": 3.0,
    "sign": 7.0,
    "fraction": 7.0,
    "weird": 11.0,
    "bad": 14.0,
}
_STEP = 0.25  # of the costs in the file
_KINDS = {
    "quote": "“”„‚‘‹›«»",
    "opening": "¿¡",
    "apostrophe": "’",
    "dash": "–—―",
    "gap": "\u00a0",
    "sign": "€£¥¢§©®™°ªº·•…²³µ±×÷´‰№†",
    "fraction": "¼½¾",
}
_CJK_SIGNS = "。，、；：？！“”‘’《》〈〉（）「」『』・　～〜—…【】·－ー"
_CJK_SIGN = 4.5
_KANA_OF_OTHERS = 12.0  # in Chinese and Korean
_HALF_WIDTH = 6.0  # hardly used; one byte each, which is dear enough
_FULL_WIDTH = 7.0  # Latin letters and digits as wide as Han characters
_ORNAMENT = 9.0  # ■★①
_FOREIGN_WORD = 3.5  # begins or ends beside a symbol
_MIXED_WORD = 11.0  # a Latin letter and one of another script in one word
_ASCII_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")
_WESTERN = frozenset("éèàçêëîïôùûüöäáíóúñãõåøæßœšž")
_FOLDED = {"ș": "ş", "ț": "ţ", "ß": "s", "İ": "i", "ſ": "s"}

LATIN = frozenset(
    (
        "en", "fr", "de", "es", "it", "pt", "nl", "sv", "nb", "da", "fi", "is", "ca", "pl", "cs", "sk", "hu", "sl", "sh", "ro",
        "tr", "lv", "lt", "et", "vi", "sq", "ga", "cy",
    )
)  # fmt: skip
_WEST = "en fr de es it pt nl sv nb da fi is ca sq ga"
_EAST = "en de pl cs sk hu sl sh ro"
_SLAVIC = "ru uk bg sr mk be"
LANGUAGES = {  # of which an encoding's pages are
    "gb18030": ("zh-Hans", "zh-Hant"),
    "big5": ("zh-Hant",),
    "shift_jis": ("ja",),
    "euc-jp": ("ja",),
    "iso-2022-jp": ("ja",),
    "euc-kr": ("ko",),
    **{name: tuple(_SLAVIC.split()) for name in ("windows-1251", "koi8-r", "koi8-u", "iso-8859-5", "ibm866", "x-mac-cyrillic")},
    **{name: tuple(_WEST.split()) for name in ("windows-1252", "iso-8859-15", "macintosh")},
    **{name: tuple(_EAST.split()) for name in ("windows-1250", "iso-8859-2")},
    "iso-8859-16": ("ro", "en", "pl", "hu", "sl", "sh", "fr", "it"),
    "windows-1254": ("tr", "en", "de", "fr"),
    **dict.fromkeys(("windows-1257", "iso-8859-13", "iso-8859-4"), ("lv", "lt", "et", "en", "de", "pl", "fi", "sv", "da")),
    "iso-8859-10": ("is", "lt", "lv", "et", "en", "nb", "sv", "fi"),
    "iso-8859-3": ("tr", "en", "it"),
    "iso-8859-14": ("cy", "ga", "en"),
    "windows-1258": ("vi", "en", "fr"),
    **dict.fromkeys(("windows-1253", "iso-8859-7"), ("el",)),
    **dict.fromkeys(("windows-1256", "iso-8859-6"), ("ar", "fa")),
    **dict.fromkeys(("windows-1255", "iso-8859-8", "iso-8859-8-i"), ("he",)),
    "windows-874": ("th",),
}
MULTI_BYTE = frozenset(("gb18030", "big5", "shift_jis", "euc-jp", "iso-2022-jp", "euc-kr"))


class Pairs(dict[str, float]):
    """The cost of a letter after another, for keys of two characters; a space stands for all that is no letter."""

    def __init__(self, letters: str, costs: str) -> None:
        super().__init__(
            (first + second, (ord(costs[row * len(letters) + column]) - 48) * _STEP)
            for row, first in enumerate(letters)
            for column, second in enumerate(letters)
        )
        self._letters = frozenset(letters)
        self._latin = "e" in self._letters
        self["  "] = 0.0  # between words

    def __missing__(self, pair: str) -> float:
        cost = self[pair] = self._strange(pair)
        return cost

    def _strange(self, pair: str) -> float:
        first, second = pair[0], pair[1]
        if not self._latin and (first in _ASCII_LETTERS or second in _ASCII_LETTERS):
            return _FOREIGN_WORD if " " in pair else _MIXED_WORD
        if second not in self._letters:
            if second == "\u0301" and not self._latin:
                return MARK
            if second in _WESTERN:
                return WESTERN_LETTER
            return STRANGE_LATIN if self._latin else STRANGE_LETTER
        return AFTER_STRANGE


class Characters(dict[str, float]):
    """The cost of a character in Chinese, Japanese or Korean text."""

    def __missing__(self, char: str) -> float:
        cost = self[char] = _strange_character(char)
        return cost


@cache
def pairs(language: str) -> Pairs:
    """Return the letter pairs of *language*, written in an alphabet."""
    found = _models()["pairs"][language]
    return Pairs(found["letters"], found["costs"])


@cache
def characters(language: str) -> Characters:
    """Return the characters of *language*: `zh-Hans`, `zh-Hant`, `ja` or `ko`."""
    by_cost: dict[str, str] = _models()["characters"][language]
    known = {char: float(cost) for cost, chars in by_cost.items() for char in chars}
    return Characters({**dict.fromkeys(_CJK_SIGNS, _CJK_SIGN), **known})


@cache
def characters_of(name: str) -> str:
    """Return the characters of the 256 bytes in the single-byte encoding *name*."""
    return "".join(bytes([byte]).decode(CODECS[name], "replace") for byte in range(256))


@cache
def letters_of(name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what each of the 256 bytes is in the single-byte encoding *name*: its letter in lower case, and its kind.

    Kinds are `upper` and `lower` (also for scripts without case), `space` (and ASCII signs), and those of `SYMBOL_COSTS`.
    """
    known = [_letter_and_kind(char, name) for char in characters_of(name)]
    return tuple(letter for letter, _ in known), tuple(kind for _, kind in known)


def _letter_and_kind(char: str, name: str) -> tuple[str, str]:
    lower = _FOLDED.get(char) or char.lower()
    if char.isalpha() and char not in "ªº\u0640":
        return lower[0], "upper" if char.isupper() else "lower"
    if char < "\u0080":
        return " ", "space"
    if "\u0300" <= char <= "\u036f" or "\u0e31" <= char <= "\u0e4e":  # Vietnamese tones, Thai vowels
        return char, "lower"
    if "\u0591" <= char <= "\u0670":
        return "\u0301", "lower"  # any mark
    return " ", next((kind for kind, chars in _KINDS.items() if char in chars), "bad" if _is_bad(char) else "weird")


def _is_bad(char: str) -> bool:
    """Return whether nobody writes *char*: the sign of no currency stands where other encodings have the euro."""
    return char in "\ufffd¤" or "\u0080" <= char <= "\u009f"


def _strange_character(char: str) -> float:
    if "\u3041" <= char <= "\u30ff":
        return _KANA_OF_OTHERS
    if "\uff61" <= char <= "\uff9f":
        return _HALF_WIDTH
    if "\uff01" <= char <= "\uff5e":
        return _FULL_WIDTH
    return _ORNAMENT if "\u2000" <= char <= "\u303f" else STRANGE_CHARACTER


@cache
def _models() -> Any:
    return json.loads(files("worker.extract").joinpath("charset_models.json").read_text(encoding="utf-8"))
