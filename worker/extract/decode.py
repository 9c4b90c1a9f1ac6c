"""From the bytes of a page to its text.

Byte order mark, then valid UTF-8 (whatever the labels say: saved and proxied copies keep stale labels), then the
declared encodings and the likely ones, judged by the text that they give. U+FFFD and private-use characters are kept:
restoration of damaged mirrors needs to know where bytes were lost.
"""

import re
from dataclasses import dataclass

from worker.extract.charset_guess import guess
from worker.extract.charsets import CODECS, charset_name

SNIFFED_BYTES = 4096  # WHATWG asks for 1,024; old portals put scripts before the declaration
BAD_UTF8_SHARE = 0.001  # a stray byte in a thousand is a cut character or a user's comment, not another encoding
BAD_UTF8_PER_GOOD = 0.05  # and it must be rare among the characters that prove UTF-8

_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16le"), (b"\xfe\xff", "utf-16be"))
_HEADER = re.compile(r"charset\s*=\s*[\"']?([^\s;\"',]+)", re.IGNORECASE)
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_META = re.compile(rb"<meta\s[^>]{0,500}", re.IGNORECASE)
_META_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.\-]+)", re.IGNORECASE)
_XML = re.compile(rb"\s{0,20}<\?xml\s[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9_:.\-]+)", re.IGNORECASE)
_LANGUAGE = re.compile(rb"<html\s[^>]{0,300}?\blang\s*=\s*[\"']?([A-Za-z-]{2,20})", re.IGNORECASE)
_ASCII = bytes(range(128))
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
            return Decoded(_text(body[len(mark) :], name), name, "bom")
    header, meta = header_charset(content_type), _meta_charset(body)
    if "iso-2022-jp" in (header, meta) and b"\x1b$" in body:  # all ASCII bytes, so it would pass for UTF-8
        return Decoded(_text(body, "iso-2022-jp"), "iso-2022-jp", _by("iso-2022-jp", header, meta, "guess"))
    wide = _utf16(body, header)
    if wide is not None:
        return Decoded(_text(body, wide), wide, "header" if wide == header else "guess")
    text = _as_utf8(body)
    if text is not None:
        return Decoded(text, "utf-8", "utf-8")
    declared = [name for name in (header, meta) if name is not None and not name.startswith("utf-16")]
    language = _LANGUAGE.search(body, 0, SNIFFED_BYTES)
    chosen = guess(
        body,
        [name for name in declared if name not in _NO_INFORMATION or name == meta],
        language[1].decode("ascii") if language else None,
    )
    if chosen is None:
        chosen = next((name for name in declared if "\ufffd" not in _text(body, name)), "windows-1252")
        return Decoded(_text(body, chosen), chosen, _by(chosen, header, meta, "fallback"))
    return Decoded(_text(body, chosen), chosen, _by(chosen, header, meta, "guess"))


def header_charset(content_type: str | None) -> str | None:
    """Return the WHATWG name of the charset parameter of a Content-Type, None without a known one."""
    found = _HEADER.search(content_type or "")
    return charset_name(found[1]) if found else None


def _by(chosen: str, header: str | None, meta: str | None, otherwise: str) -> str:
    if chosen == header:
        return "header"
    return "meta" if chosen == meta else otherwise


def _text(body: bytes, name: str) -> str:
    return body.decode(CODECS[name], "replace")


def _meta_charset(body: bytes) -> str | None:
    """Return the encoding that `<meta charset>`, `http-equiv` or the XML declaration names (WHATWG HTML §13.2.3.2).

    The `charset` of a script or link says nothing about the page and is not looked at.
    """
    head = body[:SNIFFED_BYTES]
    xml = _XML.match(head)
    tags = _META.findall(_COMMENT.sub(b"", head))
    labels = [found[1] for found in map(_META_CHARSET.search, tags) if found] + ([xml[1]] if xml else [])
    return next((name for name in (charset_name(label.decode("ascii")) for label in labels) if name), None)


def _utf16(body: bytes, header: str | None) -> str | None:
    """Return the UTF-16 flavour of *body*: the header's, or the one its NUL bytes show, None if it is none."""
    head = body[:SNIFFED_BYTES]
    if head.count(0) * 4 < len(head) or not head:  # markup is ASCII: every other byte of it would be NUL
        return None
    if header in {"utf-16le", "utf-16be"}:
        return header
    return "utf-16be" if head[::2].count(0) > head[1::2].count(0) else "utf-16le"


def _as_utf8(body: bytes) -> str | None:
    """Return the text if *body* is UTF-8 but for a few stray bytes, else None."""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        text = body.decode("utf-8", "replace")
    bad = text.count("\ufffd") - body.count(b"\xef\xbf\xbd")
    n_ascii = len(body) - len(body.translate(None, _ASCII))
    good = len(text) - n_ascii - bad
    return text if bad <= BAD_UTF8_SHARE * len(body) and bad <= BAD_UTF8_PER_GOOD * good else None
