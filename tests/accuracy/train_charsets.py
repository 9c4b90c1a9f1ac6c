"""Make worker/extract/charset_models.json: how often letters follow each other, and Chinese, Japanese and Korean characters occur.

    python train_charsets.py [OUT.json]    # with wordfreq 3.1, pythainlp 5 (its list tnc_freq.txt), django 5 and opencc

The counts come from frequency lists of words (wordfreq; the Thai National Corpus), and for languages that these lack
from the translated messages of Django and plain lists of words (simplemma). Only counts of letter pairs and of single characters are kept, as costs: minus the
natural logarithm of the share.
"""

import gettext
import itertools
import json
import math
import re
import sys
import unicodedata
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))  # run as a script, from anywhere

from worker.extract.charset_models import LATIN

ROOT = Path(__file__).parents[2]
ASCII = "abcdefghijklmnopqrstuvwxyz"
OTHER = ["ru", "uk", "bg", "sr", "mk", "be", "el", "ar", "fa", "he", "th"]
MESSAGES = ("et", "be")  # not in the lists
LISTED = ("sq", "ga", "cy")  # of these only plain lists of words were found
STEP = 0.25  # of a cost; finer makes no difference to a sum over forty letters
SMOOTHING = 2e-4  # share of a letter's followers that is divided among all letters by their frequency
LEAST_LETTER = 5e-6  # rarer ones are letters of foreign names, or mistakes
CHARACTERS = 4000  # of Chinese: 99.8 % of running text
HAN_STEP = 0.5
TONES = "\u0300\u0309\u0303\u0301\u0323"  # of Vietnamese: separate characters in windows-1258
CYRILLIC = dict(
    zip("abvgdđežzijklmnoprstćufhcčš", "абвгдђежзијклмнопрстћуфхцчш", strict=True),
)
DIGRAPHS = (("dž", "џ"), ("lj", "љ"), ("nj", "њ"))


def words_of(language: str) -> Counter[str]:
    """Return the words of *language*, lower-case, in the spelling that its legacy encodings can hold, with their shares."""
    if language in MESSAGES:
        return _messages(language)
    if language in LISTED:
        return Counter(_listed(language))
    if language == "th":
        return _thai()
    from wordfreq import get_frequency_dict

    found = get_frequency_dict("sh" if language == "sr" else language, "best")
    words: Counter[str] = Counter()
    for word, share in found.items():
        words[_spelling(word, language)] += share
    return words


def _messages(language: str) -> Counter[str]:
    import django

    words: Counter[str] = Counter()
    for path in Path(django.__file__).parent.rglob(f"locale/{language}/LC_MESSAGES/*.mo"):
        with path.open("rb") as file:
            catalogue = gettext.GNUTranslations(file)._catalog
        for message in catalogue.values():
            words.update(re.findall(r"[^\W\d_]+", re.sub(r"%\(\w+\)\w|%\w|\{\w+\}|<[^>]*>", " ", message).lower()))
    total = sum(words.values())
    mixed = Counter({word: count / total for word, count in words.items()})
    if language == "et":  # the messages are all menus and errors: mixed with a plain list of words
        listed = _listed(language)
        mixed.update(dict.fromkeys(listed, 1 / len(listed)))
    return mixed


def _listed(language: str) -> list[str]:
    from simplemma.strategies.dictionaries.dictionary_factory import DefaultDictionaryFactory

    found = DefaultDictionaryFactory().get_dictionary(language)
    return [word.decode() if isinstance(word, bytes) else word for word in found if len(word) > 1]


def _thai() -> Counter[str]:
    import pythainlp

    words: Counter[str] = Counter()
    for line in (Path(pythainlp.__file__).parent / "corpus" / "tnc_freq.txt").read_text(encoding="utf-8").splitlines():
        word, _, count = line.partition("\t")
        if count.strip().isdigit():
            words[word] += int(count)
    return words


def _spelling(word: str, language: str) -> str:
    word = unicodedata.normalize("NFC", word.lower())
    if language == "sr":
        for latin, cyrillic in DIGRAPHS:
            word = word.replace(latin, cyrillic)
        return "".join(CYRILLIC.get(letter, letter) for letter in word)
    if language == "ro":
        return word.replace("ș", "ş").replace("ț", "ţ")
    if language == "fa":
        return word.replace("ی", "ي")
    if language == "vi":
        return "".join(map(_toned, word))
    return word


def _toned(letter: str) -> str:
    base = unicodedata.normalize("NFD", letter)
    tones = "".join(mark for mark in base if mark in TONES)
    return unicodedata.normalize("NFC", "".join(mark for mark in base if mark not in TONES)) + tones


def pairs_of(language: str) -> dict[str, str]:
    """Return the `letters` of *language* and the `costs` of each followed by each, one printable character per pair."""
    pairs: Counter[tuple[str, str]] = Counter()
    for word, share in words_of(language).items():
        text = " " + "".join(c if _is_letter(c, language) else " " for c in word)
        if language == "th":  # written without spaces: whatever ends a word may be followed by whatever begins one
            for pair in itertools.pairwise(text):
                pairs[pair] += share
            continue
        for pair in zip(text, text[1:] + " ", strict=True):
            pairs[pair] += share
    if language == "th":
        _join_thai(pairs)
    total = sum(pairs.values())
    singles: Counter[str] = Counter()
    for (_, second), share in pairs.items():
        singles[second] += share / total
    letters = sorted(c for c, share in singles.items() if share >= LEAST_LETTER or (language in LATIN and c in ASCII))
    letters = list(dict.fromkeys([" ", *(ASCII if language in LATIN else ""), *letters]))
    rows = []
    for first in letters:
        seen = sum(pairs[first, second] for second in letters) / total
        for second in letters:
            share = (pairs[first, second] / total + SMOOTHING * 0.1 * singles[second] + 1e-9) / (
                seen + SMOOTHING * 0.1 + 1e-9 * len(letters)
            )
            rows.append(chr(48 + min(60, round(-math.log(share) / STEP))))
    return {"letters": "".join(letters), "costs": "".join(rows)}


def _is_letter(char: str, language: str) -> bool:
    if language not in LATIN and char <= "\u024f":
        return False
    if language in LATIN and char > "\u024f" and char not in TONES:
        return False
    return char not in "ªº" and (char.isalpha() or unicodedata.category(char) == "Mn")


def _join_thai(pairs: Counter[tuple[str, str]]) -> None:
    words = {word: share for word, share in words_of("th").items() if word and all(_is_letter(c, "th") for c in word)}
    total = sum(words.values())
    first: Counter[str] = Counter()
    last: Counter[str] = Counter()
    for word, share in words.items():
        first[word[0]] += share
        last[word[-1]] += share
    for one, ending in last.items():
        pairs[one, " "] += ending * 0.08
        pairs[" ", one] += first[one] * 0.08
        for other, beginning in first.items():
            pairs[one, other] += 0.92 * ending * beginning / total


def characters_of(language: str) -> dict[str, str]:
    """Return the characters of *language* by their cost."""
    from opencc import OpenCC
    from wordfreq import get_frequency_dict

    convert = OpenCC("s2twp").convert if language == "zh-Hant" else str
    found = get_frequency_dict(language.partition("-")[0], "best")
    singles: Counter[str] = Counter()
    words = convert("\n".join(found)).split("\n")
    for word, share in zip(words, found.values(), strict=True):
        for char in word:
            if ord(char) >= 0x3041:
                singles[char] += share
    total = sum(singles.values())
    by_cost: dict[str, str] = {}
    for char, share in singles.most_common(CHARACTERS if language != "ko" else 1800):
        cost = f"{round(-math.log(share / total) / HAN_STEP) * HAN_STEP}"
        by_cost[cost] = by_cost.get(cost, "") + char
    return by_cost


def main(out: Path) -> None:
    """Write the models to *out*."""
    models = {
        "pairs": {language: pairs_of(language) for language in (*sorted(LATIN), *OTHER)},
        "characters": {language: characters_of(language) for language in ("zh-Hans", "zh-Hant", "ja", "ko")},
    }
    out.write_text(json.dumps(models, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "worker" / "extract" / "charset_models.json")
