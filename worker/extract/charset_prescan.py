"""The encoding that a page declares: WHATWG HTML §13.2.3.2, "prescan a byte stream to determine its encoding".

The steps are the standard's, each tag's attributes read as it reads them. Two deviations: 4,096 bytes are looked at, not
1,024, since old portals put scripts before the declaration; and blanks before an XML declaration do not hide it.
"""

import re

from worker.extract.charsets import charset_name

SNIFFED_BYTES = 4096

_TAG = re.compile(rb"<(?:(!--)|(meta)(?=[\t\n\f\r /])|(/?[a-z])|([!/?]))", re.IGNORECASE)
_COMMENT_END = re.compile(rb"--+>")
_NAME_END = re.compile(rb"[\t\n\f\r >]")
_ATTRIBUTE = re.compile(
    rb"[\t\n\f\r /]*(=?[^\t\n\f\r />=]+|=)"  # the name, which may begin with an equals sign
    rb"(?:[\t\n\f\r ]*=[\t\n\f\r ]*(?:\"([^\"]*)\"|'([^']*)'|(?![\"'])([^\t\n\f\r >]*)|([\"'])))?"
)
_IN_CONTENT = re.compile(rb"charset[\t\n\f\r ]*=[\t\n\f\r ]*(?:\"([^\"]*)\"|'([^']*)'|(?![\"'])([^\t\n\f\r ;]*))?", re.IGNORECASE)
_XML = re.compile(
    rb"\s{0,20}<\?xml[^>]{0,300}?encoding[\x00-\x20]{0,20}=[\x00-\x20]{0,20}(?:\"([^\"\x00-\x20>]*)\"|'([^'\x00-\x20>]*)')"
)
_HEADER = re.compile(r"(?:^|[;\s,])charset\s*=\s*[\"']?([^\s;\"',]+)", re.IGNORECASE)


def header_charset(content_type: str | None) -> str | None:
    """Return the WHATWG name of the charset parameter of a Content-Type, None without a known one. The first one counts."""
    found = _HEADER.search(content_type or "")
    return charset_name(found[1]) if found else None


def meta_charset(body: bytes) -> str | None:
    """Return the encoding (WHATWG name) that the first valid `<meta>`, else the XML declaration, of *body* names, or None.

    A page that could be read so far is not UTF-16, so that label means UTF-8; `x-user-defined` means windows-1252.
    """
    head = body[:SNIFFED_BYTES]
    position = 0
    while (tag := _TAG.search(head, position)) is not None:
        comment, meta, element, _ = tag.groups()
        if comment:
            end = _COMMENT_END.search(head, tag.start() + 2)  # `<!-->` is a whole comment
            position = end.end() if end else len(head)
        elif meta:
            attributes, position = _attributes(head, tag.end())
            name = _declared(attributes) if position <= len(head) else None
            if name is not None:
                return name
        elif element:
            end = _NAME_END.search(head, tag.end())
            position = _attributes(head, end.start())[1] if end else len(head)
        else:
            end = re.compile(rb">").search(head, tag.end())
            position = end.end() if end else len(head)
    found = _XML.match(head)
    return _named(found[1] or found[2] or b"") if found else None


def _attributes(head: bytes, position: int) -> tuple[dict[bytes, bytes], int]:
    """Return the attributes from *position* on, the first of each name, and where they end: past *head* if it ends sooner."""
    found: dict[bytes, bytes] = {}
    while (match := _ATTRIBUTE.match(head, position)) is not None:
        name, double, single, bare, unclosed = match.groups()
        if unclosed or match.end() == len(head):
            return found, len(head) + 1
        found.setdefault(name.lower(), double or single or bare or b"")
        position = match.end()
    return found, position


def _declared(attributes: dict[bytes, bytes]) -> str | None:
    """Return the encoding that a `meta` with these *attributes* declares."""
    if b"charset" in attributes:
        return _named(attributes[b"charset"])
    if attributes.get(b"http-equiv", b"").lower() != b"content-type":
        return None
    for found in _IN_CONTENT.finditer(attributes.get(b"content", b"")):
        return _named(found[1] or found[2] or found[3] or b"")
    return None


def _named(label: bytes) -> str | None:
    if label.strip(b"\t\n\f\r ").lower() == b"x-user-defined":
        return "windows-1252"
    name = charset_name(label.decode("latin-1"))
    return "utf-8" if name is not None and name.startswith("utf-16") else name
