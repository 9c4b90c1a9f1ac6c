"""From the bytes of a page to its text.

Byte order mark, then valid UTF-8 (whatever the labels say: saved and proxied copies keep stale labels), then the
declared encodings and the likely ones, judged by the text that they give. U+FFFD and private-use characters are kept:
restoration of damaged mirrors needs to know where bytes were lost.

Deviations from the sniffing of WHATWG HTML §13.2.3: there a label decides alone, here it is evidence (of 177 Chinese pages
three declare another encoding than theirs); the header `iso-8859-1` is none, since servers send it unasked. How the page
itself is searched for a label is in charset_prescan.py.
"""

import codecs
import re
from dataclasses import dataclass

from worker.extract.charset_decoders import text_of
from worker.extract.charset_guess import guess
from worker.extract.charset_prescan import SNIFFED_BYTES, header_charset, meta_charset

GOOD_PER_BAD = 10  # characters of valid UTF-8 for each bad sequence: no other encoding reads so by accident
GOOD_PER_BAD_DECLARED = 4  # with a label that says UTF-8
NUL_SHARE = 0.08  # of UTF-16 with a little markup; the NULs of ASCII letters stand at one side, even or odd
NUL_SIDE = 0.95
_SIDES = ((1, "utf-16le"), (0, "utf-16be"))

_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16le"), (b"\xfe\xff", "utf-16be"))
_LANGUAGE = re.compile(rb"<html\s[^>]{0,300}?\blang\s*=\s*[\"']?([A-Za-z-]{2,20})", re.IGNORECASE)
_JAPANESE = re.compile(rb"\x1b\$[@B](?:[\x21-\x7e]{2})+\x1b\([BJ]")  # a stretch of ISO-2022-JP
_ASCII = bytes(range(0x80))
_NOT_ASCII = bytes(range(0x80, 0x100))
_NO_INFORMATION = frozenset(("windows-1252",))  # of a header: what servers send when nobody has set anything


@dataclass(frozen=True, slots=True)
class Decoded:
    """The *text*, the *charset* it was in (WHATWG name, lower-case) and what decided it.

    *by* is `bom`, `utf-8` (the bytes are that), `header`, `meta`, `guess`, or `fallback` (nothing fitted; windows-1252).
    """

    text: str
    charset: str
    by: str


def decode(body: bytes, *, content_type: str | None) -> Decoded:
    """Return the text of *body*, an HTML page sent with *content_type*. Total: never raises, loses no byte silently."""
    for mark, name in _BOMS:
        if body.startswith(mark):
            return Decoded(text_of(body[len(mark) :], name), name, "bom")
    if b"\0" in body[:SNIFFED_BYTES]:
        wide = _utf16(body, header_charset(content_type))
        if wide is not None:
            return wide
    try:
        text, end = codecs.utf_8_decode(body, "strict", False)  # stops before a character that the end cuts off
    except UnicodeDecodeError:
        return _not_utf8(body, content_type)
    if b"\x1b" in body and _JAPANESE.search(body):  # all ASCII bytes, so it would pass for UTF-8
        return _labelled(body, "iso-2022-jp", header_charset(content_type), meta_charset(body), "guess")
    if end == len(body):
        return Decoded(text, "utf-8", "utf-8")
    if not text.isascii():
        return Decoded(text + "\ufffd", "utf-8", "utf-8")
    return _not_utf8(body, content_type)


def _not_utf8(body: bytes, content_type: str | None) -> Decoded:
    header, meta = header_charset(content_type), meta_charset(body)
    text = _damaged_utf8(body, declared="utf-8" in (header, meta))
    if text is not None:
        return Decoded(text, "utf-8", "utf-8")
    declared = [name for name in (header, meta) if name is not None and not name.startswith("utf-")]
    language = _LANGUAGE.search(body, 0, SNIFFED_BYTES)
    chosen = guess(
        body,
        [name for name in declared if name not in _NO_INFORMATION or name == meta],
        language[1].decode("ascii") if language else None,
    )
    if chosen is not None and (chosen in declared or not _shattered(body, chosen)):
        return _labelled(body, chosen, header, meta, "guess")
    clean = (name for name in declared if "\ufffd" not in text_of(body, name))
    return _labelled(body, next(clean, "windows-1252"), header, meta, "fallback")


def _shattered(body: bytes, name: str) -> bool:
    """Return whether *name*, which nobody declared, loses one in five of the bytes that tell: then it is no reading of them."""
    return text_of(body, name).count("\ufffd") * 5 > len(body) - len(body.translate(None, _NOT_ASCII))


def _labelled(body: bytes, name: str, header: str | None, meta: str | None, otherwise: str) -> Decoded:
    by = "header" if name == header else "meta" if name == meta else otherwise
    return Decoded(text_of(body, name), name, by)


def _utf16(body: bytes, header: str | None) -> Decoded | None:
    """Return *body* read as the UTF-16 that its NUL bytes show, None if it is none."""
    head = body[:SNIFFED_BYTES]
    total = head.count(0)
    for side, name in _SIDES:
        if total >= NUL_SHARE * len(head) and head[side::2].count(0) >= NUL_SIDE * total:
            return Decoded(text_of(body, name), name, "header" if name == header else "guess")
    return None


def _damaged_utf8(body: bytes, *, declared: bool) -> str | None:
    """Return the text if *body* is UTF-8 but for a few stray bytes, else None."""
    text = body.decode("utf-8", "replace")
    bad = text.count("\ufffd") - body.count(b"\xef\xbf\xbd")
    good = len(text) - (len(body) - len(body.translate(None, _ASCII))) - bad
    return text if good >= (GOOD_PER_BAD_DECLARED if declared else GOOD_PER_BAD) * bad else None
