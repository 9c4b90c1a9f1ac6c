"""Which encoding a text without a trustworthy label is in: try the likely ones and see whose letters make sense.

Each candidate decodes a sample; its score is the share of characters that its language uses all the time, against the
share that running text of that language is known to have, less a penalty for bytes that mean nothing in it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from worker.extract.charsets import CODECS

SAMPLE_BYTES = 12_000  # enough for stable shares; a page's first news headlines would do
BAD_WEIGHT = 5.0  # one undecodable byte in a hundred outweighs a perfect-looking twentieth
LABEL_BONUS = 0.25  # a label is evidence: it is overruled only by a clearly better reading
LANGUAGE_BONUS = 0.1  # what lang says is weaker: templates are copied between countries
LEAST_SCORE = 0.2  # below it nothing looks like text of any language known here

# The most frequent characters of each script's news prose, each list covering about the stated share of it.
_HANS = (
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经"
    "么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全"
    "三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身加西月话合回特代内信表化老给世位次度门任常先"
    "海通教东声提立及比员解水名真论处走义各入几口认条平系气题活更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件计管期"
    "市直德资命山金指克许统区保至队形社便决治展马科司五基书非则听却界达光放强即难权思王象完设式色路记南品住告类求据程北"
)
_HANT = (
    "的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作裡用道行所然家種事成方多經"
    "麼去法學如都同現當沒動面起看定天分還進好小部其些主樣理心她本前開但因只從想實日軍者意無力它與長把機十民第公此已工使情明性知全"
    "三又關點正業外將兩高間由問很最重並物手應戰向頭文體政美相見被利什二等產或新己制身加西月話合回特代內信表化老給世位次度門任常先"
    "海通教東聲提立及比員解水名真論處走義各入幾口認條平系氣題活更別打女變四神總何電數安少報才結反受目太量再感建務做接必場件計管期"
    "市直德資命山金指克許統區保至隊形社便決治展馬科司五基書非則聽卻界達光放強即難權思王象完設式色路記南品住告類求據程北"
)
_KANA = "".join(map(chr, (*range(0x3041, 0x3097), *range(0x30A1, 0x30FD)))) + "日一人年大国本中会出者時分月上事行"
_HANGUL = (
    "이다의는에을가고지하를서기로한은사도인자나시어정리대해그수아일부라들있것전으주제보상장과원간구여성조스러게적니면동만공소신경문무"
    "선국개생비안유금연우내세영당명후실회계차최등민발했됐었습까체재요방트외했현위물통산김관"
)
_CYRILLIC = "оеаинтсрвлкмдпуяыьгзбчйхжшюэ"
_GREEK = "αοιετνσρηπκυλμςωάόίέήύώγδθ"
_WESTERN = "éèàùêîôâçëïüöäßñáíóúãõåøæœ’‘“”„«»–—…•€£©®°·¡¿º \u00a0"
_CENTRAL = "áéíóúýčďěňřšťůžąćęłńóśźżőűăîâșțşţđ„”“–—’… \u00a0"
_TURKISH = "ışğüöçİâîû’“”–—… \u00a0"
_THAI = "".join(map(chr, (*range(0x0E01, 0x0E3B), *range(0x0E40, 0x0E4F))))
_ARABIC = "اليمنورتبةعدسفهكقحجشطصخغذضزئءأإآىظثؤ،؟"
_HEBREW = "".join(map(chr, range(0x05D0, 0x05EB)))
_CJK_SIGNS = "。，、；：？！“”‘’《》（）「」『』・　～—…"


@dataclass(frozen=True, slots=True)
class _Script:
    """*common* characters, the *share* of running text that they make up, and *neutral* signs that count neither way."""

    common: frozenset[str]
    share: float
    neutral: frozenset[str] = frozenset()
    in_words: bool = False  # its letters stand among ASCII letters
    words: bool = False  # it writes words of several letters, all its own


_SIGNS = frozenset(_CJK_SIGNS)
_SIMPLIFIED = _Script(frozenset(_HANS), 0.55, _SIGNS)
_TRADITIONAL = _Script(frozenset(_HANT), 0.55, _SIGNS)
_JAPANESE = _Script(frozenset(_KANA), 0.55, _SIGNS)
_KOREAN = _Script(frozenset(_HANGUL), 0.55, _SIGNS)
_RUSSIAN = _Script(frozenset(_CYRILLIC), 0.85, words=True)
_WEST = _Script(frozenset(_WESTERN), 0.95, in_words=True)
_EAST = _Script(frozenset(_CENTRAL), 0.95, in_words=True)
_SCRIPTS = {
    "gb18030": _SIMPLIFIED,
    "big5": _TRADITIONAL,
    "shift_jis": _JAPANESE,
    "euc-jp": _JAPANESE,
    "iso-2022-jp": _JAPANESE,
    "euc-kr": _KOREAN,
    "windows-1251": _RUSSIAN,
    "koi8-r": _RUSSIAN,
    "koi8-u": _RUSSIAN,
    "iso-8859-5": _RUSSIAN,
    "ibm866": _RUSSIAN,
    "x-mac-cyrillic": _RUSSIAN,
    "windows-1252": _WEST,
    "iso-8859-15": _WEST,
    "macintosh": _WEST,
    "windows-1250": _EAST,
    "iso-8859-2": _EAST,
    "iso-8859-16": _EAST,
    "windows-1254": _Script(frozenset(_TURKISH), 0.95, in_words=True),
    "windows-1253": _Script(frozenset(_GREEK), 0.85, words=True),
    "iso-8859-7": _Script(frozenset(_GREEK), 0.85, words=True),
    "windows-874": _Script(frozenset(_THAI), 0.95),
    "windows-1256": _Script(frozenset(_ARABIC), 0.9, words=True),
    "iso-8859-6": _Script(frozenset(_ARABIC), 0.9, words=True),
    "windows-1255": _Script(frozenset(_HEBREW), 0.9, words=True),
    "iso-8859-8": _Script(frozenset(_HEBREW), 0.9, words=True),
    "iso-8859-8-i": _Script(frozenset(_HEBREW), 0.9, words=True),
}

# Tried without being named anywhere. Not among them: encodings whose letters lie where those of a likelier one do.
UNDECLARED = ("utf-8", "gb18030", "big5", "shift_jis", "euc-jp", "euc-kr", "windows-1251", "koi8-r", "windows-1252")

# What pages of a language are in when nothing says so (WHATWG HTML §13.2.3.2, table of suggested defaults).
_BY_LANGUAGE = {
    **dict.fromkeys(("ar", "fa"), "windows-1256"),
    **dict.fromkeys(("ba", "be", "bg", "kk", "ky", "mk", "ru", "sah", "sr", "tg", "tt", "uk"), "windows-1251"),
    **dict.fromkeys(("cs", "hr", "hu", "pl", "sk", "sl"), "windows-1250"),  # some as iso-8859-2, nearly the same letters
    **dict.fromkeys(("ku", "tr"), "windows-1254"),
    **dict.fromkeys(("et", "lt", "lv"), "windows-1257"),
    "el": "windows-1253",
    "he": "windows-1255",
    "ja": "shift_jis",
    "ko": "euc-kr",
    "th": "windows-874",
    "vi": "windows-1258",
}

_HIGH_RUN = re.compile(rb"[\x00-\x7f]?[\x80-\xff]+(?:[\x20-\x7e]{1,2}[\x80-\xff]+)*[\x20-\x7e]?")
_ASCII_RUN = re.compile(r"[\x00-\x7f]+")
_GLUED = re.compile(r"[A-Za-z][^\x00-\x7f]{1,2}[A-Za-z]")
_RUN = re.compile(r"[^\x00-\x7f]+")
_ASCII_LETTER = re.compile(r"[A-Za-z]")


def guess(body: bytes, declared: Iterable[str], language: str | None) -> str | None:
    """Return the encoding (WHATWG name) that *body*, which is no clean UTF-8, most plausibly is in; None if none fits.

    *declared* are the encodings that the response and the page name, *language* what the page says it is written in.
    """
    sample = _sample(body)
    bonus = dict.fromkeys(declared, LABEL_BONUS)
    usual = _BY_LANGUAGE.get((language or "").partition("-")[0].lower())
    if usual is not None:
        bonus.setdefault(usual, LANGUAGE_BONUS)
    scores = {name: _score(sample, name) + bonus.get(name, 0.0) for name in (*bonus, *UNDECLARED)}
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] >= LEAST_SCORE else None


def _sample(body: bytes) -> bytes:
    """Return the stretches of *body* around its non-ASCII bytes, `SAMPLE_BYTES` of them at most."""
    runs: list[bytes] = []
    size = 0
    for run in _HIGH_RUN.finditer(body):
        runs.append(run[0][:SAMPLE_BYTES])
        size += len(run[0]) + 1
        if size > SAMPLE_BYTES:
            break
    return b"\n".join(runs)


def _score(sample: bytes, name: str) -> float:
    text = sample.decode(CODECS[name], "replace")
    bad = text.count("\ufffd")
    letters = [char for char in _ASCII_RUN.sub("", text) if char != "\ufffd"]
    if not letters:
        return -BAD_WEIGHT if bad else 0.0
    penalty = BAD_WEIGHT * bad / (len(letters) + bad)
    script = _SCRIPTS.get(name)
    if name == "utf-8":
        return 1.0 - penalty  # random bytes are hardly ever UTF-8
    if script is None:  # nothing is known of its language: the label must carry it
        return 0.5 - penalty
    if not _plausible(text, script, sum(map(str.isalpha, letters))):
        return -penalty
    judged = [char for char in letters if char not in script.neutral] or letters
    common = sum(char in script.common for char in judged) / len(judged)
    return min(1.0, common / script.share) - penalty


def _plausible(text: str, script: _Script, n_letters: int) -> bool:
    """Return whether the letters stand as those of *script* do: among ASCII letters, or in words of their own."""
    if script.in_words:
        return len(_ASCII_LETTER.findall(text)) >= 0.5 * n_letters
    if len(_GLUED.findall(text)) > 0.3 * n_letters:  # single letters of another script inside Latin words
        return False
    return not script.words or n_letters >= 2 * len(_RUN.findall(text))  # or between them, as an accented Italian "e"
