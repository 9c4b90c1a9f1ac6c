"""How alike two texts are: a short signature of each, from which the share of what they have in common is estimated.

MinHash (Broder 1997) over shingles of the folded text, by one-permutation hashing (Li, Owen and Zhang 2012): one hash a
shingle, of which some bits name a bin, and the least of each bin is kept. An empty bin takes the least by a permutation of
its own, where densification (Shrivastava 2017) would borrow another bin's: short texts are estimated as well as long ones.
"""

import struct
from operator import eq

from xxhash import xxh3_64_intdigest, xxh3_128_digest

from worker.models import Extraction, Likeness
from worker.normalise.fold import LETTERS, folded_words, is_unspaced
from worker.rendering import to_text

ALGO = 1  # stored with each value; to be raised with every change of the fold or of what follows: others cannot be compared
BINS = 64  # a standard error of 0.05 at a likeness of 0.8
BANDS, ROWS = 16, 4  # finds 99.98 % of what is 0.8 alike, 64 % at 0.5, and one in six million at 0.01
CHARACTERS = 5  # of a shingle in scripts without spaces: two or three words
WORDS = 3  # of a shingle elsewhere: texts of a language share most runs of five letters, such as "ation" and "ofthe"
MOST_WORDS = LETTERS // 5  # looked at: words have five letters
LONG_WORDS = 20  # letters a word, on average: a script whose words are not parted after all
LEAST_COMPARED = 200  # letters: two shorter texts say little enough to be alike by chance
LEAST = 20  # letters: an exact copy of less is a label, such as "Watch the video"

SAME = 0.8  # alike enough to be copies of one article
NEAR = 0.5  # alike enough to be linked: one grew out of the other, or both out of a third

_SIGNATURE = struct.Struct(f"<{BINS}I")
_BAND = struct.Struct(f"<BB{ROWS}I")
_BIN, _KEPT_FROM, _KEPT = BINS - 1, 6, 0xFFFFFFFF  # which bits name the bin, and which are stored of its least number
_WORD = (1 << 64) - 1
# Odd factors, one a bin: to multiply by one permutes the numbers of 64 bits.
_PERMUTATIONS = tuple(xxh3_64_intdigest(bytes((number,)), seed=ALGO) | 1 for number in range(BINS))


def likeness_of(text: str) -> Likeness | None:
    """Return what tells copies of *text*; None when it holds too few letters to be told from others."""
    words = folded_words(text)
    folded = "".join(words)[:LETTERS]
    if len(folded) < LEAST:
        return None
    signature = _signature(_shingles(words, folded)) if len(folded) >= LEAST_COMPARED else None
    return Likeness(algo=ALGO, exact=xxh3_128_digest(folded.encode()), signature=signature, letters=len(folded))


def likeness_of_article(extraction: Extraction, text: str) -> Likeness | None:
    """Return what tells copies of the article of *extraction*, whose plain text is *text*; of a damaged page, what it once said."""
    return likeness_of(to_text(extraction.restored.document) if extraction.restored is not None else text)


def agreement(one: bytes, other: bytes) -> float:
    """Return the estimate of the Jaccard index of two texts' shingles by their signatures: from 0.0 to 1.0."""
    same: int = sum(map(eq, _SIGNATURE.unpack(one), _SIGNATURE.unpack(other)))
    return same / BINS


def bands_of(signature: bytes) -> tuple[int, ...]:
    """Return signed 64-bit numbers, one a band: texts that share one may be alike (locality-sensitive hashing)."""
    kept = _SIGNATURE.unpack(signature)
    rows = (kept[band * ROWS : (band + 1) * ROWS] for band in range(BANDS))
    numbers = (xxh3_64_intdigest(_BAND.pack(ALGO, band, *four)) for band, four in enumerate(rows))
    return tuple(number - (1 << 64) if number >> 63 else number for number in numbers)


def _shingles(words: list[str], folded: str) -> set[int]:
    """Return the hashes of a text's shingles: runs of characters or of words."""
    if is_unspaced(folded) or len(folded) > LONG_WORDS * len(words):
        units = folded.encode("utf-16-le")  # two bytes each; four outside the Basic Multilingual Plane, which are rare
        span = 2 * CHARACTERS
        return {xxh3_64_intdigest(units[at : at + span]) for at in range(0, len(units) - span + 2, 2)}
    encoded = [word.encode() for word in words[:MOST_WORDS]]
    return {xxh3_64_intdigest(b" ".join(run)) for run in zip(*(encoded[at:] for at in range(WORDS)), strict=False)}


def _signature(shingles: set[int]) -> bytes:
    least: list[int | None] = [None] * BINS
    for number in shingles:
        held = least[number & _BIN]
        if held is None or number < held:
            least[number & _BIN] = number
    return _SIGNATURE.pack(
        *(
            number >> _KEPT_FROM & _KEPT if number is not None else _least_by(_PERMUTATIONS[bin_], shingles)
            for bin_, number in enumerate(least)
        )
    )


def _least_by(factor: int, shingles: set[int]) -> int:
    """Return what is stored for a bin that no shingle fell into."""
    return min(shingles, key=lambda number: number * factor & _WORD) >> _KEPT_FROM & _KEPT
