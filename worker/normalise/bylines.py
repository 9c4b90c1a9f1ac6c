"""Bylines: who wrote, who edited, where it came from. Names only: no "By", no titles, no addresses, no organisation's URL."""

import re
from collections.abc import Iterable

from worker.models import Role
from worker.normalise.chinese_bylines import HOUSE_OF_HAN, han_name_list, han_names
from worker.normalise.labels import LONGEST_LABEL, role_of
from worker.normalise.text import distinct, plain, squeeze

LONGEST_BYLINE = 500  # characters looked at; one with title and place is shorter
LONGEST_NAME = 60  # characters; longer is a sentence or a list that could not be split
MOST_WORDS = 6  # of one name: "María del Carmen Ruiz de la Torre" is a rare seven
MOST_DIGITS = 2  # of one name: a pen name may have a year, an address has more
MOST_NAMES = 20  # large investigations name a dozen; more is a staff page

_INTRODUCTION = re.compile(
    r"^(?:(?:(?:story|article|text|words?|report|reporting|review|recipe|opinion|analysis|column|post|photos?|interview|guest post|as told)\s+)?by\b(?!-)|"
    r"(?:written|posted|published|reported|authored|edited|submitted|contributed|created|compiled|added|reviewed)\s+by\b|"
    r"(?:(?:geschrieben|verfasst|gepostet|gespeichert|erstellt|eingestellt|(?:blog[\s-]?)?beitrag|interview|text|artikel|veröffentlicht)\s?|"
    r"eine?\s\w{3,20}\s)?vo[nm]\b|"
    r"(?:publié |écrit |rédigé |propos recueillis )?par\b|(?:escrito |publicado |redacción |texto |redigido )?por\b|"
    r"(?:scritto |pubblicato |articolo )?(?:da|di)\b|(?:geschreven )?door\b|(?:skrevet |skriven |tekst )?(?:av|af)\b|"
    r"(?:text|interview|fotos?)\s+(?:und|and|&|et|y)\s+\w{3,12}\s*[:：]|"
    r"(?:authors?|autore?n?|auteur|autors?|autor[ae]s?|autorin|verfasser|text|texte|texto|testo|tekst|"
    r"writer|reporter|words|redaktion|redacteur|redactie)\s*[:：]|"
    r"(?:oleh|bởi|írta|napisała?|napsala?|piše|kirjoittanut|yazan|scris de|escrit per|γράφει (?:ο|η)|بقلم|به قلم|كتبت?|نوشته|מאת|লিখেছেন)\b|โดย|"
    r"(?:[Aa]uthors?|AUTHOR|[Aa]utor(?:in|en)?|[Aa]uteur|[Ww]riter|[Bb]y|[Vv]on)\s*(?-i:(?=[A-ZÄÖÜ][a-zäöü]+\s+[A-ZÄÖÜ]))|(?:author|autor)\s+(?=\w))\s*:?\s*",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(
    r"\s*(?:[;；、|•·▪/／]|,(?!\s*(?:Jr|Sr|II|III|IV|MD|PhD|Ph\.D|M\.D|Esq|RN|MA|MBA|CPA|JD|DO|RD|MS|MPH)\b)|，|\n|"
    r"\s(?:and|und|et|y|og|och|dan|and by|with|mit|avec|con|и|ve|&amp;|&|\+)\s|\s(?:e|en|i|a)\s(?=[A-ZÀ-Þ]))\s*",
)
_TAIL = re.compile(
    r"\s*(?:[|•»]|\s[-–—⋅]\s|\b(?:illustration(?:en|s)?|fotos?|photos?|photography|bilder)\s+(?:von|by|par|por|di)\b|"
    r"(?<=\s)(?:chef)?redakteur(?:in)?\b|\(|\[|<|@|https?:|\bfor the\b|\b(?:is|was) (?:a|an|the)\b|"
    r"\b(?:updated|published|posted|last (?:modified|updated)|veröffentlicht|aktualisiert|stand:)\b|\sLast$|\bon \w+ \d|"
    r"\b\d{1,2}[./:]\d|\b(?:19|20)\d\d\b|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*\.?\s\d|\s(?:am|at|on|le|el|den|vom|@)(?:\s+\d|\s*$)|"
    r"(?-i:(?<=[a-z\s])(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|Ma[iy]|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?"
    r"(?:\s?\d.*)?$)).*$",
    re.IGNORECASE | re.DOTALL,
)
_WEEKDAY = (
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|"
    r"mo|di|mi|do|fr|sa|so|mon|tue|wed|thu|fri|sat|sun"
)
_MONTH = r"(?:jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)[a-zä]{0,6}"
# The date that follows a name, with or without its year: "Ann Lee, Fr, 18. Oktober", "Bo Chan on Friday", "Cy Dee 18th Dec".
_DATED = re.compile(
    rf"[\s,|·•–—-]+(?:(?:on|am|at|vom|den|le|el)\s+)?(?:(?:{_WEEKDAY})\.?,?\s+)?"
    rf"(?:[0-9]{{1,2}}(?:st|nd|rd|th|\.)?\s+{_MONTH}|{_MONTH}\.?\s+[0-9]{{1,2}}(?:st|nd|rd|th|,|\s|$)|[0-9]{{1,2}}[./][0-9]{{1,2}}[./]).*$|"
    r"\s+(?:on|am)\s+(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch)\b.*$",
    re.IGNORECASE | re.DOTALL,
)
# What begins the names of those who did not write; but text and photos may be one person's.
_NOT_WRITER = re.compile(
    r"\W*(?:photos?|photograph(?:s|y|er)?|pictures?|fotos?|fotografie|bilder|illustrations?|illustriert|grafik|video|translat(?:ed|ion)|übersetz(?:t|ung)|traduit|"
    r"traduzido|traducido|tradotto)\s*(?:by|von|par|por|di|da|de|:)\s",
    re.IGNORECASE,
)
_NOT_WRITING = frozenset((Role.PHOTOGRAPHER, Role.TRANSLATOR, Role.SOURCE))
_COLON = re.compile("[:：＝]")
_TITLE = re.compile(r"(?:(?:Prof(?:essor)?|Dra?|Mrs?|Ms|Ing|Mag|Dipl\.-[A-Z]\w+|h\. ?c|med)\.?\s+)+(?=\w)")
_POST = re.compile(  # before a name: "Senior reporter Ann Lee"
    r"(?:(?:staff|senior|chief|special|political|foreign|deputy|assistant|associate|contributing)\s+){0,3}(?:writers?|reporters?|correspondents?|columnists?|journalists?|"
    r"redakteur(?:in)?|reporterin|korrespondent(?:in)?|journaliste|periodista|giornalista|redator|repórter|wartawan)\s+(?-i:(?=[^\W\d_a-z]\S*\s+[^\W\d_a-z]))",
    re.IGNORECASE,
)
_PLAIN_NAME = re.compile(r"[A-Z][a-z]+(?: [A-Z]\.)? [A-Z][a-z]+")  # most names are like this, and need no cleaning
_PEN_NAME = re.compile(r"[^\W\d_]{3,20}[0-9]{3,4}")  # with a year
_CODE = re.compile(r"[A-Z]{2,5}(?:-[A-Z]{1,3})?")  # of a news agency
_DEGREE = re.compile(r",?\s+(?:M\.?D|Ph\.?\s?D|Esq|R\.?N|MBA|CPA|RDN?|MPH|J\.?D)\.?$")
_ADDRESS = re.compile(r"\S+@\S+|(?:https?://|www\.)\S+|@\w+")
_BRACKETED = re.compile(r"\s*\([^()]{0,40}\)\s*")
_ABBREVIATED = re.compile(r"\s(?:Jr|Sr|[A-Z])\.$")
_CONJUNCTION = re.compile(r"^(?:and|und|et|y|&)\s+", re.IGNORECASE)
_ORGANISATION_WORD = re.compile(
    r"\b(?:news|media|medien|team|redaktion|verlag|gmbh|ltd|inc|llc|e\.\s?v|press|presse|agency|agentur|agencia|agence|zeitung|post|times|magazine?|blog|"
    r"university|universität|institute?|cent(?:er|re)|daily|journal|network|group|company|association|society|foundation|stiftung|verband|online|tv|"
    r"radio|welle|publishers?|nachrichtenagentur|editorial|staff|services?|cond[eé] nast|hearst|gannett|springer|dotdash|club|clinic|insights?|desk|reports?)\b|\w\.(?:com|de|net|org|tv|it|fr|cl|at|ch|co)\b",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"\b(?:staff(?: writer| reporter)?|writers?|reporters?|correspondents?|editors?|editor-in-chief|columnists?|contributors?|contributing|journalists?|"
    r"producer|bureau chief|chief|senior|deputy|assistant|associate|political|freelance|redakteur(?:in)?|redaktor|director|manager|(?:co-?)?founder|"
    r"ceo|cto|expert|specialist|consultant|professor|attorney|analyst|strategist|operations|marketing|content|"
    r"journaliste|redacteur|photographer)\b",
    re.IGNORECASE,
)
_NO_NAME = re.compile(
    r"^(?:unknown|none|null|undefined|nan|user|name|anonymous|n/?a|by|no author|last|first|from|and|with|in|"
    r"share.*|(?:(?:[0-9]+|no) )?comments?|(?:the )?authors?|autor(?:in|en)?|full bio|sign (?:in|up)|(?:member )?log ?in|"
    r"alle beiträge|alle artikel|publiziert|verfasst|gepostet|kommentare?|top picks|quick links|credits?|staff picks|print|"
    r"(?:mo|tue|wed|thu|fri|sat|sun|mon)|follow.*|view (?:all|bio|profile).*|about.*|more.*|read.*|contact.*|e?-?mail.*|twitter|facebook|"
    r"see all.*|posts?|profile|website|bio|home|advertisement|gesponserte.*|anzeige|sponsored.*|published.*|veröffentlicht.*|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|min(?:ute)?s? read.*|updated.*|"
    r"著者一覧|写真|画像|投稿者|作成者|筆者)$",
    re.IGNORECASE,
)


def names_in(text: str, *, strict: bool = True) -> tuple[str, ...]:
    """Return the people that a byline names: "By Ann Lee and Bo Chan, staff writers" → ("Ann Lee", "Bo Chan").

    What follows the first part that is no name is left out: titles and houses. *strict* is for text made for readers;
    without it (a field that is said to hold an author) the first part counts even if it is a newsroom or an office.
    """
    text = plain(text)[:LONGEST_BYLINE]
    if _PLAIN_NAME.fullmatch(text) and not (_INTRODUCTION.match(text) or _NO_NAME.match(text) or _ROLE.search(text)):
        return (text,)
    if _NOT_WRITER.match(text):
        return ()
    if sign := _COLON.search(text, 0, LONGEST_LABEL):
        role = role_of(text[: sign.start()])
        if role in _NOT_WRITING:
            return ()
        text = text[sign.end() :] if role is not None else text
    if han_name_list(text):
        return _unique(han_names(text))
    names: list[str] = []
    for part in _SEPARATOR.split(undated(_INTRODUCTION.sub("", _ADDRESS.sub(" ", text).strip()))):
        if _NOT_WRITER.match(part):
            break
        name = clean_name(part)
        if names and _CODE.fullmatch(name):
            break
        if name and (not _ROLE.search(name) or (not strict and not names)):
            names.append(name)
        elif names and part.strip():
            break
    return _unique(names)


def undated(text: str) -> str:
    """Return a byline without the date that follows the name: "By Ann Lee, Fri 18 October" → "By Ann Lee"."""
    return _DATED.sub("", text)


def clean_name(text: str) -> str:
    """Return one name without what surrounds it, "" if *text* is no name. Idempotent."""
    name, before = plain(text), ""
    while name != before:
        before = name
        name = _peeled(name)
    if not name or len(name) > LONGEST_NAME or len(name.split()) > MOST_WORDS or _NO_NAME.match(name):
        return ""
    digits = sum(map(str.isdigit, name))
    if not any(map(str.isalpha, name)) or (digits > MOST_DIGITS and not _PEN_NAME.fullmatch(name)):
        return ""
    return _recased(name)


def _peeled(name: str) -> str:
    """Return *name* without one layer of address, introduction, remark and punctuation."""
    name = _CONJUNCTION.sub("", _BRACKETED.sub(" ", _ADDRESS.sub("", name)))
    name = _DEGREE.sub("", _TAIL.sub("", _INTRODUCTION.sub("", name)))
    if " " in name:
        name = name.lstrip()
        for pattern in (_TITLE, _POST):
            name = name[before.end() :] if (before := pattern.match(name)) else name
    peeled = squeeze(name).strip(" \t,.;:：|-–—•·⋅*\"“”'’()[]{}/")
    return f"{peeled}." if _ABBREVIATED.search(name.rstrip(" ,;:|")) else peeled


def is_personal(name: str) -> bool:
    """Return whether *name* looks like a person's full name: two words or more, or Han or kana, and no word of a house."""
    return (" " in name or not name.isascii()) and not is_house(name)


def is_house(name: str) -> bool:
    """Return whether a word of *name* is that of a newsroom, an agency or another organisation."""
    return bool(_ORGANISATION_WORD.search(name) or HOUSE_OF_HAN.search(name) or _CODE.fullmatch(name))


def _recased(name: str) -> str:
    """Return a name set all in capitals in the usual mixture; anything else as it is."""
    words = name.split()
    if len(words) < 2 or not name.isupper() or not name.isascii():
        return name
    return " ".join(word if "." in word else "-".join(part.capitalize() for part in word.split("-")) for word in words)


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return distinct(names)[:MOST_NAMES]
