"""Runs of text inside a block: white space as a browser shows it, spans, line breaks."""

import re

from worker.document import Span

# What a style is: (href as written, strong, emphasis, code).
Style = tuple[str | None, bool, bool, bool]
PLAIN: Style = (None, False, False, False)

BREAK = "\n"
EDGES = " \t\n\r\f\u00a0\u3000\u2002\u2003\u200b\ufeff"

_CJK = "\u2e80-\u303f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef"
_WRAPPED = re.compile(rf"(?<=[{_CJK}”’])[ \t\r\f]*\n[ \t\n\r\f]*(?=[{_CJK}“‘])")
_BLANK = " \t\n\r\f"
# A single blank is left alone: there is one between any two words.
_SPACE = re.compile("[ \t\n\r\f\u00a0]{2,}|[\t\n\r\f\u00a0]")
_CONTROL = "\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff"  # and lone surrogates, which UTF-8 cannot write
_INVISIBLE = re.compile(f"[\u00ad\u200b\ufeff\u2060{_CONTROL}]")  # soft hyphen, zero-width space, BOM, word joiner
_UNPRINTED = re.compile(f"[{_CONTROL}]")


def collapse(text: str) -> str:
    """Return *text* with white space collapsed as CSS `white-space: normal` does (CSS Text 3 §4.1).

    No-break spaces fold too. A source line that was wrapped between two Han characters joins without a space.
    """
    # Most texts have nothing to collapse but line breaks around them; what is printable holds nothing else to look for.
    inner = text.strip(_BLANK)
    if inner.isprintable() and "  " not in inner:
        if not inner:
            return " " if text else ""
        return f"{' ' if text[0] in _BLANK else ''}{inner}{' ' if text[-1] in _BLANK else ''}"
    if "\n" in inner and not inner.isascii():
        text = _WRAPPED.sub("", text)
    return _SPACE.sub(" ", _INVISIBLE.sub("", text))


def verbatim(text: str) -> str:
    """Return preformatted *text* to the letter, but for controls; any line end as "\\n"."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")
    return _UNPRINTED.sub("", text).strip("\n").rstrip()


def squeeze(text: str | None) -> str:
    """Return *text* on one line, trimmed."""
    return collapse(text).strip(EDGES) if text else ""


def weigh(text: str) -> int:
    """Return how much *text* says, in Latin letters: its length in UTF-8, since a Han character says about three."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "replace"))


def join_pieces(pieces: list[tuple[str, Style]]) -> list[tuple[str, Style]]:
    """Return *pieces* of collapsed text as one block: trimmed, no double spaces over borders, equal styles merged."""
    if len(pieces) == 1:
        text = pieces[0][0].strip(EDGES)
        return [(text, pieces[0][1])] if text else []
    out: list[tuple[str, Style]] = []
    space = True  # at the start of a line white space vanishes
    for text, style in pieces:
        if not text:
            continue
        if text == BREAK:
            if out:
                last, last_style = out[-1]
                out[-1] = (last.rstrip(" "), last_style)
            space = True
        elif space:
            text = text.lstrip(" ")  # noqa: PLW2901
            if not text:
                continue
            space = text[-1] == " "
        else:
            space = text[-1:] == " "
        if out and out[-1][1] == style:
            out[-1] = (out[-1][0] + text, style)
        else:
            out.append((text, style))
    return _trim(out)


def _trim(out: list[tuple[str, Style]]) -> list[tuple[str, Style]]:
    while out:
        text = out[-1][0].rstrip(EDGES)
        if text:
            out[-1] = (text, out[-1][1])
            break
        out.pop()
    while out:
        text = out[0][0].lstrip(EDGES)
        if text:
            out[0] = (text, out[0][1])
            break
        out.pop(0)
    return out


def spans_of(pieces: list[tuple[str, Style]], resolve: dict[str, str | None]) -> tuple[Span, ...]:
    """Return joined *pieces* as spans; *resolve* maps an href as written to its absolute URL, or None to drop it."""
    return tuple(
        Span(text=text, href=resolve.get(style[0]) if style[0] else None, strong=style[1], emphasis=style[2], code=style[3])
        for text, style in pieces
    )
