"""The language that a text is written in: by its script, its most frequent words, its letters and the n-grams of CLD3.

All evidence is added up like log odds. A word or a letter counts for the languages that use it, the more the fewer these are
(inverse document frequency, Spärck Jones 1972). CLD3 (Botha et al. 2017, a small neural network) knows a hundred languages
but mistakes titles full of names, which the words do not. What the page declares is evidence like the rest.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cache
from heapq import nlargest
from importlib.resources import files
from math import log

from gcld3 import NNetLanguageIdentifier

from worker.extract.scripts import WRITERS, can_write, dominant_script

SAMPLE = 1_000  # characters that are looked at
LEAST_LETTERS = 20  # below it a text is a name or two, and says nothing
DECLARED = 6.0  # what a declaration weighs: two words that one language alone uses
ENGLISH = 3.0  # the commonest language of pages that declare nothing: nearly one such word
GUESSED = 4.0  # what CLD3 weighs when it is certain of a few words,
GUESSED_A_WORD = 0.5  # and for each word of a longer text: less than half of what the words of the right language come to
LEAST_A_WORD = 0.25  # evidence for each word, below which they are no sentences; prose comes to more than twice as much
OWN_LETTER = 0.1  # a letter of a script for the language that the script speaks for: sixty outweigh a declaration
_TELLING_SHARE = 0.02  # of the letters, at least
_TELLING = {  # letters of languages that CLD3 does not know, and takes for their neighbours
    "Arab": (("ug", "ڭۈۋ"), ("ckb", "ێۆڵڕە")),
    "Beng": (("as", "ৰৱ"),),
    "Ethi": (("ti", "ኣ"),),
}
_GUESSABLE = frozenset(("Latn", "Cyrl", "Arab", "Deva", "Hebr"))  # scripts of several languages that CLD3 tells apart
_FILLER = "la"  # Latin on a page of today fills the place of a text to come
_CODES = {"iw": "he", "ji": "yi", "fil": "tl", "nb": "no", "nn": "no", "cmn": "zh", "sh": "sr", "cnr": "sr"}
_ONE_TEXT = (frozenset(("bs", "hr", "sr")), frozenset(("zh", "yue", "wuu", "nan", "hak", "lzh")))  # cannot be told apart for sure
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_ACCENTED = re.compile("[\u00c0-\u02af\u1e00-\u1eff]")
_APOSTROPHES = str.maketrans("’‘ʻʼ", "''''")
_LATIN, _NOT_LATIN = re.compile("[A-Za-z\u00c0-\u024f]+"), re.compile("[\u0370-\u1dff\u3000-\ufaff]+")

Weights = dict[str, tuple[float, tuple[str, ...]]]


def main_language(tag: str) -> str:
    """Return the language (ISO 639) of a BCP 47 *tag*, one for tags that mean the same."""
    language = tag.partition("-")[0].lower()
    return _CODES.get(language, language)


def detect(text: str, declared: Iterable[str] = ()) -> str | None:
    """Return the language (ISO 639) of *text* by its first `SAMPLE` characters, None when it says too little. Never raises.

    *declared*: what the page says of itself (BCP 47); believed where it can be written in this script, unless the text
    speaks clearly for another. Of languages that share their written form, the declared one is returned.
    """
    sample = text[:SAMPLE].lower().translate(_APOSTROPHES)
    script, letters = dominant_script(sample)
    if letters < LEAST_LETTERS:
        return None
    claims = [language for tag in declared if can_write(language := main_language(tag), script)]
    scores: defaultdict[str, float] = defaultdict(float)
    for language in dict.fromkeys(claims):
        scores[language] += DECLARED
    if script == "Latn" and not claims:
        scores["en"] += ENGLISH
    _weigh(scores, sample, script, letters)
    found = max(scores, key=scores.__getitem__)
    if script == "Latn" and scores[found] < LEAST_A_WORD * len(sample.split()):
        return None
    if found == _FILLER and found not in claims:
        return None
    return next((claim for claim in claims for group in _ONE_TEXT if {claim, found} <= group), found)


def _weigh(scores: defaultdict[str, float], sample: str, script: str, letters: int) -> None:
    """Add to *scores* what the *sample* says."""
    for language, telling in _TELLING.get(script, ()):
        if sum(map(sample.count, telling)) >= _TELLING_SHARE * letters:
            scores[language] += OWN_LETTER * letters + DECLARED
            return
    if script not in _GUESSABLE:
        scores[WRITERS[script][0]] += OWN_LETTER * letters
        return
    if script == "Latn":
        count = _weigh_words(scores, sample)
    else:
        scores[WRITERS[script][0]] += 0.0  # the answer when CLD3 has none
        count = len(sample.split())
    weight = max(GUESSED, GUESSED_A_WORD * count)
    first, second = nlargest(2, (*scores.values(), 0.0))
    if first - second <= weight:  # otherwise CLD3 could not change the answer
        language, certain = _guess(sample, script)
        scores[language] += certain**2 * weight  # what it is half sure of is wrong more often than not


def _weigh_words(scores: defaultdict[str, float], sample: str) -> int:
    """Add to *scores* what the words and letters of a *sample* in Latin script weigh; return how many words there are."""
    words, accents = _tables()
    counts = Counter(_WORD.findall(sample))
    for word, times in counts.items():
        if (known := words.get(word)) is not None:
            _add(scores, known, times)
        elif "'" in word:
            for part in word.split("'"):
                if (known := words.get(part)) is not None:
                    _add(scores, known, times)
    for letter in set(_ACCENTED.findall(sample)):
        if (known := accents.get(letter)) is not None:
            _add(scores, known, 1)
    return counts.total()


def _add(scores: defaultdict[str, float], known: tuple[float, tuple[str, ...]], times: int) -> None:
    weight, languages = known
    for language in languages:
        scores[language] += weight * times


def _guess(sample: str, script: str) -> tuple[str, float]:
    """Return the language that CLD3 takes *sample* for, and how probable it thinks that is (0 to 1)."""
    foreign = _NOT_LATIN if script == "Latn" else _LATIN
    text = foreign.sub(" ", sample).encode("utf-8", "replace").decode("utf-8")  # without half surrogate pairs
    said = _cld3().FindLanguage(text)
    language = main_language(said.language)
    romanised = "-" in said.language and not said.language.startswith("zh")
    if romanised or language == _FILLER or not can_write(language, script):
        return "und", 0.0
    return language, said.probability


@cache
def _cld3() -> NNetLanguageIdentifier:
    return NNetLanguageIdentifier(0, 4 * SAMPLE)  # bytes, at least and at most


@cache
def _tables() -> tuple[Weights, Weights]:
    """Return the words and the letters of `frequent_words.txt`, each with its weight and its languages."""
    lines = files("worker.extract").joinpath("frequent_words.txt").read_text(encoding="utf-8").splitlines()
    entries = [line.partition(": ") for line in lines if not line.startswith("#")]
    words = {language: listed.partition("|")[0].split() for language, _, listed in entries}
    accents = {language: listed.partition("|")[2].split() for language, _, listed in entries}
    return _weights(words), _weights(accents)


def _weights(listed: dict[str, list[str]]) -> Weights:
    users: defaultdict[str, list[str]] = defaultdict(list)
    for language, entries in listed.items():
        for entry in dict.fromkeys(entries):
            users[entry].append(language)
    return {entry: (log(len(listed) / len(languages)), tuple(languages)) for entry, languages in users.items()}
