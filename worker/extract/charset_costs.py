"""What reading bytes in an encoding costs: minus the logarithm of the probability of the text that they give, in nats.

For alphabets that is how seldom each letter follows the one before in the language that fits best, for Chinese, Japanese
and Korean how rare each character is. Both are probabilities of the same bytes, so the costs of readings compare.
"""

import codecs
import itertools
import re
from collections import Counter
from collections.abc import Mapping
from functools import cache
from operator import mul

from worker.extract.charset_models import LANGUAGES, LATIN, MULTI_BYTE, SYMBOL_COSTS, characters, characters_of, letters_of, pairs
from worker.extract.charsets import CODECS

_LEAST_LETTER = 1.5  # of text read right; the mean of any language is over two
_GLUED = 3.0  # a Latin letter right beside a Han character
_BESIDE_LETTER = 1.5  # a symbol has a letter at one side, one that is a misread letter at both
_BESIDE = {"apostrophe": 0.0, "gap": 0.0, "dash": 0.0, "sign": 2.0, "weird": 2.0, "fraction": 4.0}  # times that; others once
_MISPLACED = 6.0  # an opening question mark that opens nothing
_SWALLOWED = 6.0  # one or two characters that letters of another alphabet can be, with the ASCII letters behind them
_IN_WORD = 5.0  # a capital after a small letter
_CAPITALS = 0.7  # a capital after a capital
_FOREIGN_WORD = 1.5  # each word in ASCII letters, in a page that is written in another script
_FOREIGN_MOST = 18.0  # long lists of English names occur
_LOST = SYMBOL_COSTS["bad"]
_PRIVATE = 13.0
_ASCII = bytes(range(0x80))
_ASCII_LETTERS = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
_WORD_BYTES = _ASCII_LETTERS | frozenset(range(0x80, 0x100))
_ASCII_RUN = re.compile(r"[\x00-\x7f]+")
_HIGH_RUN = re.compile(r"[^\x00-\x7f]+")
_GLUE = re.compile(r"[A-Za-z](?=[^\x00-\x7f])|[^\x00-\x7f](?=[A-Za-z])")
_LONE = re.compile(r"(?<![^\x00-\x7f])[^\x00-\x7f]{1,2}(?![^\x00-\x7f])")
_FALLEN_BACK = 3  # Latin languages, of those that fit the ASCII letters best, tried with every Latin encoding


class Latin:
    """The cost of the ASCII letters of a sample in each language that is written with them."""

    def __init__(self, counts: Mapping[tuple[int, int], int]) -> None:
        letters, _ = letters_of("windows-1252")
        keys: Counter[str] = Counter()
        for (first, second), count in counts.items():
            if first < 0x80 and second < 0x80:
                keys[letters[first] + letters[second]] += count
        keys.pop("  ", None)
        self.costs = {language: _total(keys, pairs(language)) for language in LATIN} if keys else dict.fromkeys(LATIN, 0.0)
        self.least = min(self.costs.values())
        self.likely = tuple(sorted(self.costs, key=self.costs.__getitem__)[:_FALLEN_BACK])


class Sample:
    """Stretches of a page, with what does not depend on the encoding counted once.

    Costs are beyond what the ASCII letters cost in the language that fits them best: the `n_high` other bytes cause them.
    """

    def __init__(self, stretches: list[bytes], *, spoken: str, bonus: float) -> None:
        """Take *stretches*; a reading in the language *spoken* costs *bonus* less."""
        self.stretches, self.spoken, self.bonus = stretches, spoken, bonus
        data = b"\n".join((b"", *stretches, b""))
        counts = Counter(itertools.pairwise(data))
        self._bytes = Counter(data.translate(None, _ASCII))
        self.n_high = self._bytes.total()
        self.latin = Latin(counts)
        words = sum(count for (first, second), count in counts.items() if second in _ASCII_LETTERS and first not in _WORD_BYTES)
        self._known: dict[str, float] = {}
        self._foreign = min(_FOREIGN_WORD * words, _FOREIGN_MOST)
        self._high = [(pair, count) for pair, count in counts.items() if pair[0] >= 0x80 or pair[1] >= 0x80]

    def cost(self, name: str) -> float:
        """Return the cost of the sample in the encoding *name*."""
        read = self._multi_byte if name in MULTI_BYTE else self._single_byte
        return read(name) - self.latin.least

    def floor(self, name: str) -> float:
        """Return what the sample costs in *name* at the least, which takes a twentieth of the time."""
        if name in MULTI_BYTE:
            return 0.0
        return self._fixed(name) + _LEAST_LETTER * self.n_high

    def n_differing(self, name: str, other: str) -> int:
        """Return how many of the `n_high` bytes are not the same character in the encodings *name* and *other*."""
        if not MULTI_BYTE.isdisjoint((name, other)):
            return self.n_high
        chars, others = characters_of(name), characters_of(other)
        return sum(count for byte, count in self._bytes.items() if chars[byte] != others[byte])

    def _fixed(self, name: str) -> float:
        """Return what the symbols, capitals and foreign words cost in whatever language."""
        found = self._known.get(name)
        if found is None:
            _, kinds = letters_of(name)
            symbols = _symbols()
            found = sum(symbols[kinds[first], kinds[second]] * count for (first, second), count in self._high)
            found = float(found) + self._foreign * (LANGUAGES[name][0] not in LATIN)
            self._known[name] = found
        return found

    def _single_byte(self, name: str) -> float:
        letters, _ = letters_of(name)
        keys = [letters[first] + letters[second] for (first, second), _ in self._high]
        counts = [count for _, count in self._high]
        languages = LANGUAGES[name]
        if languages[0] in LATIN:
            languages = (*languages, *(language for language in self.latin.likely if language not in languages))
        cheapest: float = min(
            sum(map(mul, counts, map(pairs(language).__getitem__, keys)))
            + self.latin.costs.get(language, self.latin.least)
            - self.bonus * (language == self.spoken)
            for language in languages
        )
        return self._fixed(name) + cheapest

    def _multi_byte(self, name: str) -> float:
        decoder = codecs.getincrementaldecoder(CODECS[name])  # a stretch may end within a character: not final
        text = "\n".join(decoder("replace").decode(stretch, False) for stretch in self.stretches)
        ascii_text = "\n".join(_ASCII_RUN.findall(text)).encode()
        foreign = Latin(Counter(itertools.pairwise(ascii_text))).least
        found = Counter("".join(_HIGH_RUN.findall(text)))
        fixed = foreign + self._foreign + _GLUED * len(_GLUE.findall(text)) + _SWALLOWED * _swallowing(text, CODECS[name])
        cheapest: float = min(
            _total(found, characters(language)) - self.bonus * (language.partition("-")[0] == self.spoken)
            for language in LANGUAGES[name]
        )
        return fixed + cheapest


def _swallowing(text: str, codec: str) -> int:
    """Return how often one or two characters of *text* are such as letters and signs of another alphabet are misread as.

    One byte each; or two, of which the second is a letter, within a word of such letters.
    """
    found = 0
    for lone in _LONE.finditer(text):
        spelt = lone[0].encode(codec, "ignore")
        if len(spelt) < 2:
            found += 1
        elif len(spelt) == 2 * len(lone[0]) and _ASCII_LETTERS.issuperset(spelt[1::2]):
            around = text[max(0, lone.start() - 1) : lone.end() + 1]
            found += len(spelt) > 2 or not _ASCII_LETTERS.isdisjoint(around.encode())
    return found


def _total(counts: Mapping[str, int], costs: Mapping[str, float]) -> float:
    total: float = sum(map(mul, counts.values(), map(costs.__getitem__, counts)))
    return total


@cache
def _symbols() -> dict[tuple[str, str], float]:
    """Return what a pair of kinds costs beyond its letters."""
    kinds = ("upper", "lower", "space", *SYMBOL_COSTS)
    return {(first, second): _symbol_cost(first, second) for first in kinds for second in kinds}


def _symbol_cost(first: str, second: str) -> float:
    cost = SYMBOL_COSTS.get(second, 0.0)
    letters = {"upper", "lower"}
    if (first in letters and second in SYMBOL_COSTS) or (first in SYMBOL_COSTS and second in letters):
        cost += _BESIDE.get(second if second in SYMBOL_COSTS else first, 1.0) * _BESIDE_LETTER
    if (second == "opening" and first in letters) or (first == "opening" and second not in letters):
        cost += _MISPLACED
    if second == "upper":
        cost += _IN_WORD if first == "lower" else _CAPITALS if first == "upper" else 0.0
    return cost
