"""What the words beside a name say that somebody did for an article, in the languages of the press."""

import re
from collections.abc import Iterator

from worker.models import Credit, Role
from worker.normalise.agencies import is_agency
from worker.normalise.bylines import is_house, is_personal, names_in
from worker.normalise.chinese_bylines import clean_source
from worker.normalise.labels import LONGEST_LABEL, MOST_LABEL_WORDS, ends_label, role_of

LONGEST_VALUE = 160  # characters after it; four names and their towns
MOST_WORDS = 5  # of a name
MOST_LABELS = 12  # looked at in one line

# What names its role without a colon, as agencies sign off: "(Reporting by Ann Lee in Oslo; Editing by Bo Chan)".
PHRASE = re.compile(
    r"(?<![^\W\d_])((?:additional )?reporting by|writing by|written by|edited by|editing by|translated by|translation by|photos? by|photographs? by|photography by|"
    r"pictures by|reported by|(?:text|words|story) and (?:photo\w*|pictures) by|übersetzt von|aus dem \w{3,20} von|fotos? von|traduit(?: de \S{3,20})? par|photos? de|traducido por|traduzido por|"
    r"fotografías? de|traduzione di|foto di|a cura di|vertaald door|foto's van|oversatt av|oversat af)\s+",
)
# One of these is in every phrase, in lower case.
STEMS = (
    "ting by ",
    "ted by ",
    "ten by ",
    "tion by ",
    "photo",
    "foto",
    "pictures by ",
    "übersetzt",
    "aus dem ",
    "tradu",
    "a cura di ",
    "vertaald",
    "oversat",
)
_BOTH = re.compile(
    r"(?:text|words?|story|texte?|texto|testo|tekst)\s*(?:and|und|et|y|e|en|og|och|&|\+|/)\s*(?:photo|foto|bild|picture)",
    re.IGNORECASE,
)
_LABEL_END = re.compile(r"[:：＝=／]")
_BREAK = re.compile(r"[.;|·•()（）\[\]【】\n\t]|\s[-–—/]\s|\s{2,}")
_PICTURE_HOUSE = re.compile(
    r"getty|unsplash|pixabay|pexels|shutterstock|istock|adobe|flickr|imago|alamy|picture[ -]alliance|archiv|wikimedia|\bcc\b|\bcc[ -]by|instagram|facebook|"
    r"screenshot|police|©|\bvia\b|\bvis mer\b",
    re.IGNORECASE,
)
_PLACE = re.compile(r"\s(?:in|from|at)\s[A-ZÀ-Þ][^,;]{1,40}?(?=\s(?:and|und)\s|,|;|$)")
_REPORTER = re.compile(
    r"(?<![\uac00-\ud7a3])([\uac00-\ud7a3]{2,4})\s?(?:선임|수습|인턴|전문)?\s?기자(?![\uac00-\ud7a3])"
)  # 홍길동 기자
_PERSON = re.compile(r"[^\W\d_a-zß-ÿ][^\d:：@!?…]*")


def looks_like_people(name: str) -> bool:
    """Return whether *name* may be a person's: no sentence, no house; the words of cased scripts begin with a capital."""
    return _PERSON.fullmatch(name) is not None and len(name.split()) <= MOST_WORDS and not is_house(name)


def credited_in(line: str) -> list[Credit]:
    """Return whom a *line* names with what they did, in order: "Text: Ann Lee, Fotos: Bo Chan", "(Editing by Cy Dorn)".

    For lines in any language but Chinese, which has its own way (`worker.normalise.chinese_bylines`).
    """
    if "기자" in line and (reporters := _REPORTER.findall(line)):
        return [Credit(name=name, role=Role.REPORTER) for name in dict.fromkeys(reporters)]
    marks = sorted((*_labels(line), *_phrases(line)))[:MOST_LABELS]
    found: dict[Credit, None] = {}
    for i, (_, start, roles) in enumerate(marks):
        end = marks[i + 1][0] if i + 1 < len(marks) else len(line)
        value = _value(line[start:end])
        if roles == (Role.SOURCE,):
            if source := clean_source(value):
                found[Credit(name=source, role=Role.SOURCE)] = None
            continue
        people = [name for name in names_in(_PLACE.sub("", value)) if looks_like_people(name)]
        if Role.PHOTOGRAPHER in roles:
            people = [name for name in people if is_personal(name) and not _PICTURE_HOUSE.search(name) and not is_agency(name)]
        found |= {Credit(name=name, role=role): None for name in people for role in roles}
    return list(found)


def _value(text: str) -> str:
    """Return the list of names with which *text* begins; initials keep their full stops."""
    text = text[:LONGEST_VALUE].strip()
    for sign in _BREAK.finditer(text):
        initial = sign[0] == "." and (sign.start() < 3 or not text[max(0, sign.start() - 3) : sign.start()].isalpha())
        if not initial:
            return text[: sign.start()]
    return text


def _labels(line: str) -> Iterator[tuple[int, int, tuple[Role, ...]]]:
    """Yield (start of the label, end of its colon, roles) of the labels that are known."""
    for sign in _LABEL_END.finditer(line):
        if not ends_label(line, sign.start()):
            continue
        before = line[max(0, sign.start() - LONGEST_LABEL) : sign.start()].rstrip()
        opened = max((m.end() for m in _BREAK.finditer(before)), default=0)
        words = before[opened:].casefold().replace("\u00a0", " ").split(" ")
        for count in range(min(len(words), MOST_LABEL_WORDS), 0, -1):
            label = " ".join(words[-count:]).strip(" ,")
            role = role_of(label)
            if role is not None:
                both = role == Role.PHOTOGRAPHER and _BOTH.search(line[: sign.start()]) is not None
                yield max(0, sign.start() - len(label) - 1), sign.end(), (Role.AUTHOR, role) if both else (role,)
                break


def _phrases(line: str) -> Iterator[tuple[int, int, tuple[Role, ...]]]:
    """Yield (start, end, roles) of the phrases that need no colon."""
    lowered = line.lower()  # ignoring case takes a pattern several times as long
    if len(lowered) != len(line) or not any(stem in lowered for stem in STEMS):
        return
    for m in PHRASE.finditer(lowered):
        phrase = m[1]
        if " and " in phrase:
            yield m.start(), m.end(), (Role.AUTHOR, Role.PHOTOGRAPHER)
            continue
        role = role_of(phrase) or (
            Role.AUTHOR
            if phrase == "writing by"
            else Role.TRANSLATOR
            if phrase.startswith(("aus", "trad", "overs", "vert"))
            else Role.PHOTOGRAPHER
        )
        yield m.start(), m.end(), (role,)
