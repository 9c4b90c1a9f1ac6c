"""Is a text a corrupted mirror: converted to Traditional characters, with pinyin put in by a fixed dictionary?

The gate is for whole documents. What gives a mirror away is not that it has annotations, but that it has them as a machine
does it: some characters at every occurrence and always the same reading, others as hard never; only characters that
Simplified text lacks; all over the text. Lessons and glosses fail one of these. The thresholds are from one true mirror,
59 articles turned into mirrors, and 672 texts that are none (lessons, glosses, Traditional pages), none of which passes.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from worker.normalise.annotations import ANNOTATION, READING, is_reading
from worker.normalise.script import HAN, is_traditional

FEWEST = 8  # annotations; fewer decide nothing
WINDOW = 100  # Han characters, in which a mirror of 5 % density holds one with 99 %

VALID = 0.90  # of what stands in brackets is a reading of the character before it: 1.00 in the true mirror
TRADITIONAL = 0.90  # of the annotated characters are in Traditional text alone: 1.00; of ordinary Traditional text 0.4 are
ALWAYS = 0.95  # of the occurrences of annotated characters are annotated: 1.00; glosses explain a word once
ONE_READING = 0.98  # of the annotations give the character's usual one: 1.00; a teacher knows the others
PLAIN_TYPES = 3  # Traditional characters that are never annotated: 116; a lesson that explains all has none
SPREAD = 0.6  # of the windows hold one: 1.00; a table of characters stands in one place
DENSEST = 0.5  # annotations for each Han character: 0.16; ruby has 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Strength:
    """How much evidence a page must hold."""

    annotations: int
    types: int
    density: float


STRONG = Strength(annotations=15, types=12, density=0.05)  # the true mirror: 425, 79, 0.160
WEAK = Strength(annotations=8, types=5, density=0.015)  # only with the residue of a crude converter beside it
RESIDUE = 0.7  # of the characters below are left as Simplified text has them: 1.00; real Traditional text has 0
RESIDUE_FEWEST = 3  # of them
_LEFT, _CONVERTED = "愿并筑后于", "願並築後於"  # one-to-one tables of characters leave out what has two Traditional forms


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirror:
    """What a mirror does to characters: *dictionary* those that it annotates with the reading, *plain* those that it leaves.

    *rates* is how often each annotated character is, between 0 and 1. *density* is annotations for each Han character.
    """

    annotations: int
    dictionary: Mapping[str, str]
    rates: Mapping[str, float]
    plain: frozenset[str]
    density: float


_NOT_HAN = re.compile(f"[^{HAN}]+")


def mirror_of(text: str) -> Mirror | None:
    """Return what the mirror does that wrote *text*, a whole article; None when it is any other text."""
    if READING.search(text) is None or len(found := ANNOTATION.findall(text)) < FEWEST:
        return None
    valid = [(char, syllable) for char, syllable in found if is_reading(char, syllable)]
    told = Counter((char, syllable) for char, syllable in valid if is_traditional(char))
    annotations = told.total()
    if len(valid) < VALID * len(found) or annotations < max(FEWEST, TRADITIONAL * len(valid)):
        return None
    bare = _NOT_HAN.sub("", ANNOTATION.sub(r"\1", text))
    occurs = Counter(bare)
    by_type = Counter[str]()
    usual: dict[str, str] = {}
    for (char, syllable), times in told.most_common():
        by_type[char] += times
        usual.setdefault(char, syllable)
    mirror = Mirror(
        annotations=annotations,
        dictionary=usual,
        rates={char: times / occurs[char] for char, times in by_type.items()},
        plain=frozenset(char for char in occurs if char not in by_type and is_traditional(char)),
        density=annotations / len(bare),
    )
    consistent = (
        annotations >= ALWAYS * sum(occurs[char] for char in usual)
        and sum(told[char, syllable] for char, syllable in usual.items()) >= ONE_READING * annotations
        and len(mirror.plain) >= PLAIN_TYPES
        and mirror.density <= DENSEST
    )
    return mirror if consistent and _enough(mirror, occurs) and _spread(text, len(bare)) >= SPREAD else None


def _enough(mirror: Mirror, occurs: Mapping[str, int]) -> bool:
    if _reaches(mirror, STRONG):
        return True
    left, converted = (sum(occurs.get(char, 0) for char in chars) for chars in (_LEFT, _CONVERTED))
    return _reaches(mirror, WEAK) and left + converted >= RESIDUE_FEWEST and left >= RESIDUE * (left + converted)


def _reaches(mirror: Mirror, least: Strength) -> bool:
    enough = mirror.annotations >= least.annotations and len(mirror.dictionary) >= least.types
    return enough and mirror.density >= least.density


def _spread(text: str, han: int) -> float:
    """Return the share of windows that hold an annotation; a tail shorter than a window counts with the one before it."""
    windows = max(1, han // WINDOW)
    before, end = 0, 0
    holding: set[int] = set()
    for match in ANNOTATION.finditer(text):
        before += len(_NOT_HAN.sub("", text[end : match.start() + 1]))
        end = match.end()
        holding.add(min((before - 1) // WINDOW, windows - 1))
    return len(holding) / windows
