"""From the bytes of a listing to its text, and what kind of thing it is, whatever its server calls it."""

import re
import zlib
from dataclasses import dataclass
from enum import StrEnum

from worker.errors import TooLarge, WrongType
from worker.extract.decode import decode

MAX_BYTES = 52_428_800  # sitemaps.org: a site map has at most 50 MB, unpacked
MAX_MEMBERS = 1_000  # gzip members of one body; block compressors make one for each 64 kB or more
MOST_AMPERSANDS = 2_000_000  # escaped, each takes five characters; 40 for each link of the largest site map
MAX_CODE_POINT = 0x10FFFF  # of Unicode
LOOKED_AT = 100_000  # characters in which the first element must stand; warnings of scripts may stand before it

_GZIP = b"\x1f\x8b"
_STEP = 65_536  # bytes asked of the decoder at a time
# What stands before the first element is passed over with every declaration in it, so no parser ever sees an entity's.
_FIRST = re.compile(
    r"<!--.*?(?:-->|\Z)|<!DOCTYPE\s+(?P<html>html)\b|(?P<dtd><!ENTITY)\s"
    r"|<(?:[A-Za-z_][\w.-]{0,50}:)?(?P<name>rss|rdf|feed|channel|urlset|sitemapindex|html|head|body)(?=[\s/>])",
    re.DOTALL | re.IGNORECASE,
)
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")  # XML 1.0 §2.2; one would end the document

_CDATA_OR_REFERENCE = re.compile(
    r"(?P<as_it_is><!\[CDATA\[.*?(?:\]\]>|\Z)|&(?:amp|lt|gt|quot|apos);)"
    r"|&(?:#(?P<number>[0-9]{1,7});|#x(?P<hexadecimal>[0-9a-fA-F]{1,6});)?",
    re.DOTALL,
)


class Looks(StrEnum):
    """What a document looks like."""

    FEED = "a feed"
    SITE_MAP = "a site map"
    HTML = "an HTML page"
    JSON = "JSON"
    XML = "XML of another kind"
    TEXT = "plain text"
    EMPTY = "an empty document"


_KINDS = {
    **dict.fromkeys(("rss", "rdf", "feed", "channel"), Looks.FEED),
    **dict.fromkeys(("urlset", "sitemapindex"), Looks.SITE_MAP),
    **dict.fromkeys(("html", "head", "body"), Looks.HTML),
}


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """The *text* of a document.

    Of a feed or site map in XML it begins with the first element, and every ampersand that begins no reference of XML's own
    is escaped: `&nbsp;` and `&#0;` would end the document, and the one of `?a=1&b=2` too.
    """

    looks: Looks
    text: str
    notes: tuple[str, ...]


def unwrap(body: bytes, *, content_type: str | None) -> Unwrapped:
    """Return the text of *body*: gzip undone (by its magic bytes), decoded as pages are, characters gone that XML forbids.

    A gzip body that breaks off gives what came before. Raises TooLarge over `MAX_BYTES` unpacked, WrongType for damaged gzip.
    """
    notes: list[str] = []
    if body.startswith(_GZIP):
        body, whole = _unpacked(body)
        if not whole:
            notes.append("its gzip packing breaks off")
    text = _NO_XML.sub("", decode(body, content_type=content_type).text)
    looks, at, declares = _look(text)
    if declares:
        notes.append("it declares entities, which were ignored")
    text = text[at:]
    if looks in {Looks.FEED, Looks.SITE_MAP} and text.count("&") <= MOST_AMPERSANDS:
        text = _CDATA_OR_REFERENCE.sub(_mended, text)
    return Unwrapped(looks, text, tuple(notes))


def _mended(found: re.Match[str]) -> str:
    if found["as_it_is"]:
        return found[0]
    number = int(found["number"] or 0) or int(found["hexadecimal"] or "0", 16)
    if 0 < number <= MAX_CODE_POINT and not _NO_XML.match(chr(number)):
        return found[0]
    return found[0].replace("&", "&amp;")


def _unpacked(packed: bytes) -> tuple[bytes, bool]:
    """Return what *packed* holds, and whether it was whole."""
    pieces: list[bytes] = []
    size = 0
    rest = packed
    for _ in range(MAX_MEMBERS):
        decoder = zlib.decompressobj(16 + zlib.MAX_WBITS)
        while not decoder.eof:
            try:
                piece = decoder.decompress(rest, _STEP)
            except zlib.error:
                if not pieces:
                    raise WrongType("its gzip packing is damaged") from None
                return b"".join(pieces), False
            rest = decoder.unconsumed_tail
            if not piece and not rest and not decoder.eof:
                return b"".join(pieces), False
            pieces.append(piece)
            size += len(piece)
            if size > MAX_BYTES:
                raise TooLarge(f"unpacked it has more than {MAX_BYTES:,} bytes")
        rest = decoder.unused_data
        if not rest.startswith(_GZIP):  # padding or rubbish after the last member is ignored, as gzip(1) does
            return b"".join(pieces), True
    raise TooLarge(f"it has more than {MAX_MEMBERS:,} gzip members")


def _look(text: str) -> tuple[Looks, int, bool]:
    """Return what *text* looks like, where that begins, and whether entities are declared before it."""
    declares = False
    for found in _FIRST.finditer(text, 0, LOOKED_AT):
        declares = declares or found["dtd"] is not None
        if found["html"]:
            return Looks.HTML, 0, False
        if found["name"]:
            looks = _KINDS[found["name"].lower()]
            return (looks, 0, False) if looks is Looks.HTML else (looks, found.start(), declares)
    start = text.lstrip()[:1]
    kinds = {"": Looks.EMPTY, "{": Looks.JSON, "[": Looks.JSON, "<": Looks.XML}
    return kinds.get(start, Looks.TEXT), 0, declares
