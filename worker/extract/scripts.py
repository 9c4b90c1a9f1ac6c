"""The script that a text is written in (ISO 15924), and the languages that are written in it."""

from bisect import bisect_right
from collections import Counter

HAN_WORTH = 3  # Latin letters that a Han character, a kana or a Hangul syllable says as much as
KANA_LEAST = 0.1  # of Japanese letters; Chinese that quotes a Japanese name stays well below
_BLOCKS = (  # where a script, or "" for none, begins: the blocks of Unicode 16 that letters of the press are in
    (0x00, ""), (0x41, "Latn"), (0x5B, ""), (0x61, "Latn"), (0x7B, ""), (0xC0, "Latn"), (0x2B0, ""), (0x370, "Grek"),
    (0x400, "Cyrl"), (0x530, "Armn"), (0x590, "Hebr"), (0x600, "Arab"), (0x700, ""), (0x750, "Arab"), (0x780, "Thaa"),
    (0x7C0, ""), (0x8A0, "Arab"), (0x900, "Deva"), (0x980, "Beng"), (0xA00, "Guru"), (0xA80, "Gujr"), (0xB00, "Orya"),
    (0xB80, "Taml"), (0xC00, "Telu"), (0xC80, "Knda"), (0xD00, "Mlym"), (0xD80, "Sinh"), (0xE00, "Thai"), (0xE80, "Laoo"),
    (0xF00, "Tibt"), (0x1000, "Mymr"), (0x10A0, "Geor"), (0x1100, "Hang"), (0x1200, "Ethi"), (0x13A0, ""),
    (0x1780, "Khmr"), (0x1800, "Mong"), (0x18B0, ""), (0x1C90, "Geor"), (0x1CC0, ""), (0x1E00, "Latn"), (0x1F00, "Grek"),
    (0x2000, ""), (0x3040, "Kana"), (0x3100, ""), (0x3130, "Hang"), (0x3190, ""), (0x3400, "Hani"), (0xA000, ""),
    (0xAC00, "Hang"), (0xD7B0, ""), (0xF900, "Hani"), (0xFB00, ""), (0xFB1D, "Hebr"), (0xFB50, "Arab"), (0xFE00, ""),
    (0xFE70, "Arab"), (0xFF00, ""), (0xFF66, "Kana"), (0xFFA0, ""), (0x20000, "Hani"), (0x323B0, ""),
)  # fmt: skip
_STARTS, _NAMES = zip(*_BLOCKS, strict=True)
WRITERS = {  # the languages of a script, first the one that it speaks for when nothing else is known
    "Grek": ("el",),
    "Cyrl": ("ru", "uk", "be", "bg", "mk", "sr", "bs", "kk", "ky", "mn", "tg", "tt", "ba", "cv", "uz", "os", "ce", "sah", "az"),
    "Armn": ("hy",),
    "Hebr": ("he", "yi"),
    "Arab": ("ar", "fa", "ur", "ps", "ckb", "ug", "sd", "ku", "pa", "arz", "prs", "ks", "az", "bal"),
    "Thaa": ("dv",),
    "Deva": ("hi", "mr", "ne", "sa", "mai", "bho", "kok", "doi"),
    "Beng": ("bn", "as", "mni"),
    "Guru": ("pa",),
    "Gujr": ("gu",),
    "Orya": ("or",),
    "Taml": ("ta",),
    "Telu": ("te",),
    "Knda": ("kn",),
    "Mlym": ("ml",),
    "Sinh": ("si",),
    "Thai": ("th",),
    "Laoo": ("lo",),
    "Tibt": ("bo", "dz"),
    "Mymr": ("my", "shn", "mnw", "kar"),
    "Geor": ("ka", "xmf"),
    "Ethi": ("am", "ti"),
    "Khmr": ("km",),
    "Mong": ("mn",),
    "Hang": ("ko",),
    "Kana": ("ja",),
    "Hani": ("zh", "ja", "ko", "yue", "wuu", "nan", "hak", "lzh"),
}
_LATIN_TOO = frozenset(("sr", "bs", "az", "uz", "kk", "ku", "tt", "nan", "hak"))
_NEVER_LATIN = frozenset(language for writers in WRITERS.values() for language in writers) - _LATIN_TOO


def dominant_script(text: str) -> tuple[str, int]:
    """Return the script that most of *text* is written in, and how many of its letters there are; ("", 0) for no letters.

    "Kana" stands for Japanese, whose Han characters are then counted with it.
    """
    counts: Counter[str] = Counter()
    for character, times in Counter(text).items():
        if not character.isdecimal():  # vowel signs of India are no letters to Unicode, digits of Arabic are no text
            counts[_NAMES[bisect_right(_STARTS, ord(character)) - 1]] += times
    del counts[""]
    if counts["Kana"] and counts["Kana"] >= KANA_LEAST * (counts["Kana"] + counts["Hani"]):
        counts["Kana"] += counts.pop("Hani", 0)
    for name in ("Hani", "Kana", "Hang"):
        counts[name] *= HAN_WORTH
    name, weight = max(counts.items(), key=lambda item: item[1])
    return (name, weight // HAN_WORTH if name in ("Hani", "Kana", "Hang") else weight) if weight else ("", 0)


def can_write(language: str, script: str) -> bool:
    """Return whether *language* (ISO 639) is written in *script*; in Latin letters are all that are not known otherwise."""
    return language not in _NEVER_LATIN if script == "Latn" else language in WRITERS[script]
