"""CommonMark (0.31) from spans: escaping that is needed and none that is not.

The rule for every function: a CommonMark parser shows exactly the text that went in.
"""

import re
import unicodedata
from html.entities import html5

from worker.document import Span

_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")
_ENTITY = re.compile(r"&(?=(#[0-9]{1,7};|#[xX][0-9a-fA-F]{1,6};|[A-Za-z][A-Za-z0-9]{0,31};))")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_LINK_END = re.compile(r"\](?=[(:])")
_BLOCK_START = re.compile(
    r"(?:(?P<mark>[-+*])(?=[ \t]|$)|(?P<hash>\#)(?=\#{0,5}(?:[ \t]|$))|(?P<quote>>)|(?P<fence>~)(?=~~)|"
    r"(?P<rule>[-_])(?=(?:[ \t]*[-_]){2,}[ \t]*$)|(?P<under>[-=])(?=[-=]*[ \t]*$))"
)
_NUMBERED = re.compile(r"(\d{1,9})([.)])(?=[ \t]|$)")


def escape(text: str, *, in_link: bool = False) -> str:
    """Return *text* as the inside of a line, where line breaks are hard ones and no line is a block's start.

    *in_link* also guards brackets, which a link's own would pair with.
    """
    out = _escape_backslashes(text)
    out = out.replace("`", "\\`")
    out = _escape_delimiters(out)
    out = _escape_entities(_TAG.sub(r"\\<", out))
    if in_link:
        return out.replace("[", "\\[").replace("]", "\\]")
    return _LINK_END.sub(r"\\]", out)


def _escape_entities(text: str) -> str:
    """Escape `&` where a character reference begins (CommonMark §2.5); "R&D;" is none."""
    return _ENTITY.sub(lambda found: "\\&" if found[1][0] == "#" or found[1] in html5 else "&", text)


def _escape_backslashes(text: str) -> str:
    if "\\" not in text:
        return text
    # Before punctuation, another backslash or the end of a line it would be read as an escape or a hard break.
    # What is put behind it later (an escape of ours, a delimiter) starts with punctuation too: at the end always.
    return re.sub(r"\\(?=[!-/:-@\[-`{-~\n]|$)", r"\\\\", text)


def _escape_delimiters(text: str) -> str:
    """Escape `*` and `_` that may open or close emphasis (CommonMark §6.2)."""
    if "*" not in text and "_" not in text:
        return text

    def guard(found: re.Match[str]) -> str:
        run = found.group()
        before = text[found.start() - 1] if found.start() else " "
        after = text[found.end()] if found.end() < len(text) else " "
        at_edge = found.start() == 0 or found.end() == len(text)
        if not at_edge and before.isspace() and after.isspace():
            return run
        if run[0] == "_" and before.isalnum() and after.isalnum():
            return run
        return run.replace(run[0], "\\" + run[0])

    return re.sub(r"\*+|_+", guard, text)


def escape_line_start(line: str) -> str:
    """Return *line* (escaped inside) so that it starts no block: list, heading, quotation, rule, fence."""
    if found := _NUMBERED.match(line):
        return f"{found[1]}\\{line[found.end(1) :]}"
    if _BLOCK_START.match(line):
        return "\\" + line
    return line


def destination(url: str) -> str:
    """Return *url* as a link destination without pointed brackets (CommonMark §6.3)."""
    out = re.sub(r"\\(?=[!-/:-@\[-`{-~]|$)", r"\\\\", url)
    out = _escape_entities(re.sub(r"[()<>]", lambda found: "\\" + found.group(), out))
    return re.sub(r"[\x00-\x20\x7f]", lambda found: f"%{ord(found.group()):02X}", out)


def code_span(text: str) -> str:
    """Return *text* as a code span whose fence is longer than any run of backticks inside (CommonMark §6.1)."""
    text = text.replace("\n", " ")
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    blank = not text.strip(" ")
    pad = " " if not blank and ("`" in (text[0], text[-1]) or text[0] == text[-1] == " ") else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def _is_word(char: str) -> bool:
    """Return whether *char* is neither white space nor punctuation to CommonMark's flanking rules."""
    return not char.isspace() and unicodedata.category(char)[0] not in "PS"


def _delimit(text: str, marks: str, before: str, after: str, *, in_link: bool) -> str:
    """Return *text* between *marks*, with edges moved out where the flanking rules would not see the marks.

    In `说**“好。”**他` the marks would stay literal (CommonMark §6.2): punctuation at the edge goes outside.
    """
    start, end = 0, len(text)
    while start < end and (text[start].isspace() or (not _is_word(text[start]) and _is_word(before or " "))):
        start += 1
    while end > start and (text[end - 1].isspace() or (not _is_word(text[end - 1]) and _is_word(after or " "))):
        end -= 1
    if start == end:
        return escape(text, in_link=in_link)
    inner = escape(text[start:end], in_link=in_link)
    return f"{escape(text[:start], in_link=in_link)}{marks}{inner}{marks}{escape(text[end:], in_link=in_link)}"


def inline(spans: tuple[Span, ...]) -> str:
    """Return *spans* as CommonMark inlines; line breaks are still bare newlines."""
    pieces: list[str] = []  # none empty; joined once, since adding to a long string copies it
    index = 0
    while index < len(spans):
        href = spans[index].href
        end = index + 1
        if href:
            while end < len(spans) and spans[end].href == href:
                end += 1
        before = spans[index - 1].text[-1:] if index else ""
        after = spans[end].text[:1] if end < len(spans) else ""
        previous = pieces[-1][-1] if pieces else ""
        inner = _run(spans[index:end], before, after, in_link=bool(href), previous=previous)
        if href:
            if previous == "!":
                pieces[-1] = pieces[-1][:-1] + "\\!"
            inner = f"[{inner}]({destination(href)})"
        if inner:
            pieces.append(inner)
        index = end
    return "".join(pieces)


def _run(spans: tuple[Span, ...], before: str, after: str, *, in_link: bool, previous: str) -> str:
    """Return *spans* of one link, or outside links; *previous* is the character written before them."""
    pieces: list[str] = []
    ahead = "" if in_link else previous
    for index, span in enumerate(spans):
        left = spans[index - 1].text[-1:] if index else ("" if in_link else before)
        right = spans[index + 1].text[:1] if index + 1 < len(spans) else ("" if in_link else after)
        marks = "**" * span.strong + "*" * span.emphasis
        if span.code:
            piece = code_span(span.text) if ahead != "`" else escape(span.text, in_link=in_link)
        elif marks and ahead != "*" and "\n" not in span.text:
            piece = _delimit(span.text, marks, left, right, in_link=in_link)
        else:
            piece = escape(span.text, in_link=in_link)
        pieces.append(piece)
        ahead = piece[-1:] or ahead
    return "".join(pieces)
