"""The language of a page as BCP 47, and what it says about dates."""

import re
from collections.abc import Iterable

_TAG = re.compile(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]([A-Za-z]{2}|[0-9]{3}))?(?![A-Za-z0-9])")
_MISTAKEN = {
    "cn": "zh",
    "jp": "ja",
    "kr": "ko",
    "cz": "cs",
    "gr": "el",
    "ua": "uk",
    "iw": "he",
    "in": "id",
}  # countries for languages
_SCRIPTS = (  # the language that a script speaks for when the declared one is not written in it
    ("ja", re.compile("[\u3040-\u30ff]"), frozenset(("ja",))),
    ("ko", re.compile("[\uac00-\ud7af]"), frozenset(("ko",))),
    ("zh", re.compile("[\u3400-\u9fff]"), frozenset(("zh", "ja", "yue", "ko"))),
    ("ru", re.compile("[\u0400-\u04ff]"), frozenset(("ru", "uk", "bg", "sr", "mk", "be", "kk", "ky", "mn", "tg", "ba", "tt"))),
    ("ar", re.compile("[\u0600-\u06ff]"), frozenset(("ar", "fa", "ur", "ps", "ku", "ckb", "ug", "sd"))),
    ("he", re.compile("[\u0590-\u05ff]"), frozenset(("he", "yi"))),
    ("el", re.compile("[\u0370-\u03ff]"), frozenset(("el",))),
    ("th", re.compile("[\u0e00-\u0e7f]"), frozenset(("th",))),
    ("hi", re.compile("[\u0900-\u097f]"), frozenset(("hi", "mr", "ne", "sa"))),
)
_OTHER_SCRIPT = re.compile("[\u0370-\u1fff\u3040-\ud7af]")  # cheaper to look for than each of them
SCRIPT_SHARE = 0.4  # of the letters: a title quotes a foreign name now and then
KANA_SHARE = 0.1  # Japanese titles may be mostly Han

_MONTH_FIRST_REGIONS = frozenset(("US", "PH", "CA"))


def choose_language(declared: Iterable[str], sample: str) -> str | None:
    """Return the first valid of the *declared* tags unless *sample*, the page's own words, is in another script."""
    language = next(filter(None, map(normalise_tag, declared)), None)
    seen = _script_language(sample, language)
    return seen if seen is not None else language


def normalise_tag(tag: str) -> str | None:
    """Return *tag* (`en_us`, `ZH-hans-CN`) in the case of BCP 47 §2.1.1, None if it is none."""
    match = _TAG.match(tag.strip())
    if match is None:
        return None
    language = match[1].lower()
    parts = [_MISTAKEN.get(language, language)]
    if match[2]:
        parts.append(match[2].capitalize())
    if match[3]:
        parts.append(match[3].upper())
    return "-".join(parts)


def month_first(language: str | None, host: str) -> bool:
    """Return whether 3/4 means March 4: in American English, and in English that does not say which."""
    main, _, region = (language or "").partition("-")
    if main not in {"en", ""}:
        return False
    country = host.split(":")[0].rpartition(".")[2]
    if region:
        return region.upper() in _MONTH_FIRST_REGIONS and country not in {"uk", "au", "nz", "ie", "in", "za"}
    return len(country) > 2 or country in {"us", "io", "co", "me", "tv", "ai"}


def _script_language(sample: str, declared: str | None) -> str | None:
    """Return the language whose script most of *sample* is in, None if that agrees with *declared* or says nothing."""
    if sample.isascii() or not _OTHER_SCRIPT.search(sample):
        return None
    letters = sum(map(str.isalpha, sample))
    main = (declared or "").partition("-")[0]
    for language, pattern, writers in _SCRIPTS:
        share = len(pattern.findall(sample)) / letters
        if share >= (KANA_SHARE if language == "ja" else SCRIPT_SHARE):
            return None if main in writers else language
    return None
