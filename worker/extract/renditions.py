"""Whether two addresses are renditions of one picture: another size, cut, format or content network.

Addresses of pictures carry the file's name and, around it, what was done to it. What is left when the latter is taken
away names the picture; no host and no content system is known by name.
"""

import re
from functools import lru_cache
from urllib.parse import unquote

NAME_MIN = 8  # characters of a bare file name that tell a picture from others; "image-01" and "photo-12" do not
SLUG_MIN = 16  # characters of a name in words, that no two stories share
NUMBER_MIN = 5  # digits of a file that is called by a number alone; fewer are a count
MARKS_MAX = 8  # marks of size at the end of a file name; content systems add one or two
MARK_MAX = 40  # characters of one
NESTED_MAX = 3  # addresses in addresses: a content network in front of a resizer in front of the picture
REMEMBERED = 1024  # addresses; a page compares a few dozen

# What resizers put into a folder or a file's place: 1200x0, 0x209:4000x2250, w_640, fit-in, 16x9, original.
_SIZE_FOLDER = re.compile(
    r"(?:\d{1,4}x\d{1,4}(?:[:,-].*)?|[wh][_=]?\d{2,4}|\d{3,4}[wh]?|(?:[a-z]+_){1,3}\d{2,4}|fit-in|smart|original|master|large|medium|small|"
    r"full|max|(?:jpe?g|png|webp|avif|gif)|alternates)$"
)
_YEAR = re.compile(r"(?:19|20)[0-4]\d$")
_MARK = re.compile(
    r"(?:[-_.@=!~,](?:\d{1,5}x\d{1,5}(?:[@-].*)?|[wh]_?\d{2,4}|s\d{2,4}|\d{2,4}[wh]|\d{1,2}x|r\d(?:[._]\d+)?|c[xyw]\d+|fp[xy]\d+|x\d+y\d+w\d+h\d+|"
    r"q\d{1,3}|1[4-9]\d{8}|s|scaled|rotated|large|medium|small|master|original|orig|full|thumb(?:nail)?|webp|jpe?g|png|cropped|e1[4-9]\d{8,11})"
    r"|(?<=\d{5})[a-z]{1,2})$"
)
_ENDING = re.compile(r"\.(?:jpe?g|png|webp|gif|avif|jfif|bmp|tiff?|jxl|heic)$")
_UUID = re.compile(r"(?<![0-9a-f])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-f])")
_HASH = re.compile(r"(?<![0-9a-z])(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{24,64}(?![0-9a-z])")
# A code of letters of both cases and figures, with marks of size after it: what a content system appends to each file.
_CODE = re.compile(r"[-_](?=[A-Za-z]*\d)(?=[A-Za-z\d]*[A-Z])[A-Za-z\d]{8,32}(?:[-_@.]\d{1,5}x\d{1,5}.*)?$")
_GENERIC = re.compile(r"(?:image|img|photo|picture|pic|foto|bild|default|file|untitled|header|thumb|crop)?[-_. ]?\d{0,4}$")
_INNER = re.compile(r"https?(?::|%3a)(?:/|%2f){1,2}", re.IGNORECASE)
# Parameters of a query that say how to show the picture, not which.
_HOW = re.compile(
    r"(?:w|h|width|height|q|quality|fit|crop|format|fm|auto|dpr|strip|resize|zoom|s|v|ver|t|ts|_|rect|imwidth|maxwidth|maxheight|"
    r"impolicy|bg|fp-[xyz]|f|size|sig|webp|ssl|mode|scale|type|cb|tbnid)$"
)


def same_picture(url: str, other: str) -> bool:
    """Return whether two absolute addresses look like renditions of one picture."""
    return url == other or not keys_of(url).isdisjoint(keys_of(other))


def same_subject(url: str, other: str) -> bool:
    """Return whether two files are named alike but for a code at the end: two cuts of one picture, or two of one story.

    Only for pictures of which it is known otherwise that they could be the same.
    """
    slugs = [_CODE.sub("", unquote(one.partition("?")[0]).rsplit("/", 1)[-1].rpartition(".")[0]) for one in (url, other)]
    return len(slugs[0]) >= SLUG_MIN and slugs[0].lower() == slugs[1].lower()


@lru_cache(maxsize=REMEMBERED)
def keys_of(url: str) -> frozenset[str]:
    """Return what *url* has in common with other renditions of its picture: bare path, telling file name, unique id."""
    keys: set[str] = set()
    text = url.lower()
    for _ in range(NESTED_MAX):
        keys |= _own_keys(text)
        inner = _INNER.search(text, 8)  # behind the scheme of its own
        if inner is None:
            break
        text = text[inner.start() :]
        if "%" in inner[0]:  # encoded, so that it ends where the next parameter begins
            text = unquote(text.partition("&")[0])
    return frozenset(keys)


def _own_keys(url: str) -> set[str]:
    """Return the keys of one address, without those of an address inside it."""
    address, _, query = url.partition("#")[0].partition("?")
    path = unquote(re.sub(r"^(?:https?:)?/{0,2}", "", address))
    segments = path.split("/")
    while len(segments) > 2 and _SIZE_FOLDER.match(segments[-1]):  # a host and a name stay
        segments.pop()
    name = bare_name(segments[-1])
    which = sorted(part for part in query.split("&") if part and not _HOW.match(part.partition("=")[0])) if query else []
    if which and not _ENDING.search(segments[-1]):
        return {f"{path}?{'&'.join(which)}"}  # a script that shows the picture of that number
    folders = [part for part in segments[1:-1] if _YEAR.match(part) or not _SIZE_FOLDER.match(part)]
    keys = {"/".join((segments[0], *folders, name))}
    if (len(name) >= NAME_MIN or (name.isdigit() and len(name) >= NUMBER_MIN)) and not _GENERIC.match(name):
        keys.add(name)
    keys.update(found[0] for pattern in (_UUID, _HASH) for found in pattern.finditer(segments[-1]))
    return keys


def bare_name(name: str) -> str:
    """Return a file's *name* (lower case) without its ending and the marks of size after it."""
    name = _ENDING.sub("", _ENDING.sub("", name))
    for _ in range(MARKS_MAX):
        mark = _MARK.search(name, max(0, len(name) - MARK_MAX))
        if mark is None or mark.start() == 0:
            break
        name = _ENDING.sub("", name[: mark.start()])
    return name
