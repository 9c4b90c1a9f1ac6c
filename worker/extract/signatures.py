"""The names that readers see: in elements that look like bylines, in lines that say "by", beside the date."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from worker.extract.surroundings import AUTHOR_BOX, HERE, Sign
from worker.normalise.bylines import is_personal, names_in, undated
from worker.normalise.chinese_bylines import WROTE, han_name_list, is_surname
from worker.normalise.labels import role_of
from worker.normalise.text import distinct, fold

LONGEST_BYLINE = 160  # characters of a byline element; a biography is longer
NEAR = range(-15, 41)  # ranks of the elements that belong to the headline
SURE_RANK = 1  # of an element that calls itself the author's, near the headline
FAR = 4  # added to the rank of elements elsewhere in the page
LAST_RANK = 3  # of a line of particulars, which counts only if it says "by"
BOXED = 8  # added to the rank of author's boxes: they may also be those of other articles' authors
NEIGHBOURS = 8  # elements between the bylines of one article's several authors
MOST_TITLED = 6  # lines right after the headline that may read "Ann Lee | Senior Writer"
MOST_LINES = 60  # lines looked at for "By Ann Lee"
LONGEST_LABEL = 30  # letters of "Reviewed and written by:"
LONGEST_PEN_NAME = 24  # letters of a name of one word
CACHED = 4_096  # names of elements, whose answers are remembered; a page has some dozens
SIGNATURE = 80  # characters at either end of a paragraph that may hold "(记者 张三)" or "(责任编辑:李四)"

_IS_BYLINE = re.compile(
    r"(?<![a-z])(?:author|byline|by-line|writer|reporter|autor|wrote|written|redacteur|verfasser|contributor|username)|authorname"
)
_NO_BYLINE = re.compile(
    r"bio|about|description|avatar|image|img|photo|social|follow|more|desc|count|twitter|box|list|related|comment|date|tag"
)
_BOX_NAME = re.compile(r"name|title|heading|\bfn\b")
_META = re.compile(r"(?<![a-z])(?:meta|submitted|posted|created|published|documentbyline)")
_BY = re.compile(
    r"^(?:by|von|vom|par|por|di|da|door|av|af|text|words|written by|posted by|story by|reported by|作者|文|撰文|autor|auteur|автор)\b[\s:：]*\S",
    re.IGNORECASE,
)
_CAPITAL = "".join(filter(str.isupper, map(chr, (*range(0x41, 0x250), *range(0x370, 0x530), *range(0x1E00, 0x1F00)))))
_WORD = rf"(?:[{_CAPITAL}][\w'’.\-]*|de|van|von|der|den|la|le|di|da|del|al|bin|and|und|et|y|with|mit|&)"
_CAPITALS = re.compile(rf"{_WORD}(?:\s+{_WORD}){{0,5}}")
_FULL_NAME = re.compile(
    r"[A-ZÀ-ÞŁŚŽČŠА-Я][\w'’.\-]*[^\W\d_](?:\s+(?:[A-ZÀ-Þ]\.|de|van|von|der|la|di|da|del)){0,2}\s+[A-ZÀ-ÞŁŚŽČŠА-Я][\w'’\-]*[^\W\d_]"
)
_TITLED = re.compile(
    rf"({_WORD}(?:\s+{_WORD}){{1,3}})\s*(?:[|·•,⋅–—]|\s-\s)\s*.*(?:[Ww]riter|[Rr]eporter|[Ee]ditor|[Cc]orrespondent|[Cc]ontributor|[Jj]ournalist|(?:19|20)[0-9]{{2}})"
)
_BY_LINE = re.compile(
    r"^(?:(?i:written|posted|published|reported|story|words|article|review|report|interview|recipe|text|erstellt|geschrieben|verfasst|"
    r"eingestellt|gespeichert|gepostet|beitrag|blog beitrag|artikel|eine? \w{3,20})\s+)?"
    r"(?:[Bb]y|BY|[Vv]on|VON|[Pp]ar|[Pp]or|POR|[Dd]oor|[Aa]v|[Aa]f|[Oo]leh|OLEH|Bởi|Írta|Napisała?|Napsala?|Piše|Kirjoittanut|Γράφει (?:ο|η))"
    rf"[\s:：]+{_WORD}(?:,?\s+{_WORD}){{1,9}}(?=$|[\s,|·•⋅–—(])",
)
# A line that names a role and a colon, or is followed by the line with the name.
_LABEL = (
    r"(?:(?:written|posted|article|story|words|text|authored|published|reviewed and written)\s+by|by|authors?(?:\(s\))?|contributors?|writer|"
    r"autor(?:in|en|es|a)?|verfasser(?:in)?|von|text|interview|auteur|texte|rédaction|redactor|texto|testo|автор|авторы|текст|기자|글)"
)
_LABELLED = re.compile(r"^([^:：＝]{2,32})[:：＝]\s*(\S.{1,80})$")
# In scripts without capitals, "by" alone: Arabic, Persian, Hebrew, Thai, Bengali.
_BY_ELSEWHERE = re.compile(r"^(?:(?:بقلم|به قلم|كتبت?|نوشته|מאת|লিখেছেন)[\s:]+|โดย[\s:]*)(\S.{1,60})$")
_BY_LETTERS = frozenset("بكنמโল")
LONGEST_ELSEWHERE = 4  # words of a name there; more is a sentence that begins with "wrote"
_ONLY_LABEL = re.compile(
    rf"^(?:{_LABEL}\s*[:：]|(?:written|posted|article|story|words|authored)\s+by|authors?(?:\(s\))?|autor(?:in|en)?|verfasser(?:in)?)$",
    re.IGNORECASE,
)
# Blog systems close a post with a sentence about it.
_CLOSING = re.compile(
    r"\b(?:Eintrag|Beitrag|Artikel) wurde\b.{0,60}?\bvon (\S+(?: \S+){0,2}?)(?=\s+(?:am|um|unter|in|veröffentlicht|geschrieben|verfasst|gepostet)\b|\.|$)|"
    r"\b(?:entry|post|article) was (?:posted|published|written)\b.{0,80}?\bby (\S+(?: \S+){0,2}?)(?=\s+(?:on|in|at|and|under)\b|\.|$)|"
    r"^(?:Posted|Publicado|Publié|Erstellt|Eingestellt|Gespeichert|Geschrieben|Verfasst|Gepostet) (?:by|por|par|von|durch) "
    r"(\S+(?: [A-ZÀ-Þ]\S*){0,2}?)(?=\s+(?:@|on|in|at|am|um|unter|à|le|a las|el)\b|\s*[|,»·@]|$)",
)
_POSTS = frozenset("PEGV")  # with which the words for "posted" begin
_REPORTER = re.compile(r"(?<![\uac00-\ud7a3])([\uac00-\ud7a3]{2,4})\s?(?:선임|수습|인턴|전문)?\s?기자(?![\uac00-\ud7a3])")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}|\b[0-9]{1,2}[./-][0-9]{1,2}[./-][0-9]{2}\b")
_DATE_AND_NAME = re.compile(r"^[^|•·–—-]*[0-9][^|•·–—]*?(?:\s[-–—]\s|\s*[|•·]\s*|\s+(?:by|von)\s+)(.+)$")


def ranked(signs: Sequence[Sign]) -> list[tuple[int, Sign]]:
    """Return those of *signs* that may be bylines, each with how surely it is one, 0 being best."""
    return [(rank, sign) for sign in signs if (rank := _rank(sign)) is not None]


def from_signs(signs: Sequence[tuple[int, Sign]], most: int) -> tuple[str, ...]:
    """Return the names of the likeliest of ranked *signs* up to rank *most*, with its neighbours of the same kind."""
    found: list[tuple[int, int, str, tuple[str, ...]]] = []
    for rank, sign in signs:
        if rank > most:
            continue
        text = sign.text
        if not 2 < len(text) <= LONGEST_BYLINE:
            continue
        match = _BY_LINE.search(undated(text))
        if rank == LAST_RANK and match is None:
            continue
        names = names_in(match[0]) if match else _plausible(names_in(text), text, sure=rank % FAR <= SURE_RANK)
        if names:
            found.append((rank + (0 if match else 1), abs(sign.order), sign.names, names))
    if not found:
        return ()
    best = min(found, key=lambda item: item[:2])
    others = [names for _, order, kind, names in found if kind == best[2] and abs(order - best[1]) < NEIGHBOURS]
    return distinct((*best[3], *(name for names in others for name in names if is_personal(name))))


def _rank(sign: Sign) -> int | None:
    """Return how surely a sign is the byline, 0 being best; None if it is none."""
    near = 0 if sign.order in NEAR else FAR
    rank: int | None
    if "author" in (sign.attributes.get("itemprop"), sign.attributes.get("rel")):
        rank = near
    elif (called := _called(sign.names)) is not None:
        rank = near + called
    elif sign.mark.tag == "a" and not near:
        rank = 2
    else:
        rank = LAST_RANK if not near and _is_meta(sign.names) else None
    if rank is not None and (part := sign.part) != HERE:
        return BOXED if part == AUTHOR_BOX and _BOX_NAME.search(sign.names) else None
    return rank


@lru_cache(maxsize=CACHED)
def _called(names: str) -> int | None:
    """Return the rank of an element near the headline that calls itself a byline; None if it does not."""
    return (LAST_RANK if _NO_BYLINE.search(names) else SURE_RANK) if _IS_BYLINE.search(names) else None


@lru_cache(maxsize=CACHED)
def _is_meta(names: str) -> bool:
    return _META.search(names) is not None


def _plausible(names: tuple[str, ...], text: str, *, sure: bool) -> tuple[str, ...]:
    """Return *names* if they look like people's: every word with a capital, or Han; *sure*: a lone pen name in any case."""
    if sure and len(names) == 1 and " " not in names[0] and len(names[0]) <= LONGEST_PEN_NAME:
        return names
    said = _BY.match(text) is not None
    named = tuple(name for name in names if _CAPITALS.fullmatch(name) or han_name_list(name) or said)
    if said or (sure and len(named) < 2):
        return named
    return named if named and (is_personal(named[0]) or (not sure and any(map(is_personal, named)))) else ()


def from_lines(lines: Sequence[str]) -> tuple[str, ...]:
    """Return the names of the first line that says who wrote it, or that stands right after such a label."""
    kept: tuple[str, ...] = ()
    for i, line in enumerate(lines[:MOST_LINES]):
        names = _said(line) or (_next(lines, i) if len(line) <= LONGEST_LABEL and _ONLY_LABEL.match(line) else ())
        if any(map(is_personal, names)):
            return names
        kept = kept or names
    if kept:
        return kept
    for line in lines[:MOST_TITLED]:
        match = _TITLED.match(line)
        if match and len(line) <= LONGEST_BYLINE:
            return names_in(match[1])
    return ()


def _said(line: str) -> tuple[str, ...]:
    match = _BY_LINE.match(line)
    match = match and _BY_LINE.match(undated(line[: 2 * LONGEST_BYLINE]))
    if match and (len(line) <= LONGEST_BYLINE or len(match[0]) < LONGEST_BYLINE // 3):
        return names_in(match[0])
    if len(line) > LONGEST_BYLINE:
        return ()
    if (":" in line or "：" in line or "＝" in line) and (match := _LABELLED.match(line)) and role_of(match[1]) in WROTE:
        return tuple(name for name in names_in(match[2]) if _is_capital(name))
    if line[:1] in _BY_LETTERS and (match := _BY_ELSEWHERE.match(line)):
        return tuple(name for name in names_in(match[1]) if len(name.split()) <= LONGEST_ELSEWHERE)
    return distinct(_REPORTER.findall(line)) if "기자" in line else ()


def _is_capital(name: str) -> bool:
    """Return whether *name* looks like one: with capitals, or, in a script that has none, of few words."""
    return _CAPITALS.fullmatch(name) is not None or (name.lower() == name.upper() and len(name.split()) <= LONGEST_ELSEWHERE)


def _next(lines: Sequence[str], i: int) -> tuple[str, ...]:
    """Return the name in the line after the label at *i*."""
    following = lines[i + 1] if i + 1 < len(lines) else ""
    return names_in(following) if len(following) <= LONGEST_BYLINE // 2 and _FULL_NAME.match(following) else ()


def beside_date(lines: Sequence[str], title: str) -> tuple[str, ...]:
    """Return the full name that stands with the date in one of the first *lines*: "25.10.2022 - Reiner Nagel"."""
    title = fold(title)
    for i, line in enumerate(lines):
        if len(line) > LONGEST_BYLINE // 2:
            continue
        match = _DATE_AND_NAME.match(line) if _YEAR.search(line) else None
        text = match[1] if match else line if i and _YEAR.search(lines[i - 1]) and len(lines[i - 1]) < LONGEST_BYLINE // 2 else ""
        if _FULL_NAME.fullmatch(text.strip()) and is_personal(text) and fold(text) not in title:
            return names_in(text)
    return ()


def from_closing(lines: Sequence[str]) -> tuple[str, ...]:
    """Return the name in the sentence with which blog systems close a post: "This entry was posted in Travel by Ann"."""
    for line in lines:
        if not (" was " in line or "wurde " in line or line[:1] in _POSTS) or len(line) > 2 * LONGEST_BYLINE:
            continue
        match = _CLOSING.search(line)
        if match:
            name = names_in(match[1] or match[2] or match[3])
            if name:
                return name
    return ()


def under_title(lines: Sequence[str]) -> tuple[str, ...]:
    """Return the Chinese name that is all of one of the first *lines*, as literary pages set it under the title."""
    return next(((line,) for line in lines if len(line) in {2, 3} and is_surname(line[0]) and han_name_list(line)), ())


def ends(lines: Sequence[str]) -> Iterator[str]:
    """Yield *lines*; of paragraphs only the two ends, where reporters and editors sign."""
    for line in lines:
        if len(line) <= 2 * SIGNATURE:
            yield line
        else:
            yield line[:SIGNATURE]
            yield line[-SIGNATURE:]
