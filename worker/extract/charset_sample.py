"""The stretches of a page that tell its encoding: the text around its non-ASCII bytes, markup left out."""

import re

SAMPLE_BYTES = 900  # at fifty letters nearly every reading is told from the others; the rest is for mixed pages
RARE_BYTES = 24  # byte values looked up beyond that: in iso-8859-15 the one "œ" of a page tells it from windows-1252
_BEFORE = 24  # bytes of ASCII text before the first other byte: what language the word is in
_AFTER = 200
_WORD = 40  # a byte this far from any space is not worth finding the start of its word

_HIGH = re.compile(rb"[\x80-\xff]")
_TAG_SIGN = re.compile(rb"[<>]")
_BREAK = re.compile(rb"[\x00-\x2f<>]")  # never the second byte of a character
_ENTITY = re.compile(rb"&#?[A-Za-z0-9]{1,10};")
_NO_BREAK = bytes(byte for byte in range(0x30, 0x100) if byte not in b"<>")
_ASCII = bytes(range(0x80))


def sample(body: bytes) -> list[bytes]:
    """Return stretches of *body*, each beginning with a whole character, of some `SAMPLE_BYTES` altogether.

    The values of bytes that do not occur in them are looked for in the rest, since one may decide.
    """
    stretches: list[bytes] = []
    size = position = 0
    while size < SAMPLE_BYTES and (found := _HIGH.search(body, position)) is not None:
        start, end, position = _stretch(body, found.start(), position)
        stretches.append(_ENTITY.sub(b" ", body[start:end]))
        size += end - start
    if size >= SAMPLE_BYTES:
        stretches.extend(_rare(body, b"".join(stretches)))
    return stretches


def _stretch(body: bytes, at: int, floor: int) -> tuple[int, int, int]:
    """Return where the stretch around *at*, the first non-ASCII byte after *floor*, begins and ends, and where to go on."""
    low = max(floor, at - _BEFORE)
    start = max(body.rfind(b"<", low, at), body.rfind(b">", low, at)) + 1
    if start == 0:
        start = low if low == floor else body.find(b" ", low, at) + 1 or at
    sign = _TAG_SIGN.search(body, at, at + _AFTER)
    if sign is not None:
        return start, sign.end(), sign.end()
    end = at + _AFTER
    after = _BREAK.search(body, end)
    return start, end, after.start() if after else len(body)


def _rare(body: bytes, seen: bytes) -> list[bytes]:
    missing = sorted(set(body.translate(None, _ASCII)) - set(seen))[:RARE_BYTES]
    words: list[bytes] = []
    for byte in missing:
        at = body.find(byte)
        before = body[max(0, at - _WORD) : at]
        start = len(before.rstrip(_NO_BREAK))
        if start:
            end = _BREAK.search(body, at, at + _WORD)
            words.append(body[at - len(before) + start - 1 : end.end() if end else at + _WORD])
    return words
