"""CommonMark (0.31) from spans: escaping that is needed and none that is not.

The rule for every function: a CommonMark parser shows exactly the text that went in. Where a style cannot be written
so that a parser sees it, the style is lost and the text stays.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from html.entities import html5

from worker.document import Span

_ENTITY = re.compile(r"&(?=(#[0-9]{1,7};|#[xX][0-9a-fA-F]{1,6};|[A-Za-z][A-Za-z0-9]{0,31};))")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_LINK_END = re.compile(r"\](?=[(:])")
_BLOCK_START = re.compile(
    r"(?:(?P<mark>[-+*])(?=[ \t]|$)|(?P<hash>\#)(?=\#{0,5}(?:[ \t]|$))|(?P<quote>>)|(?P<fence>~)(?=~~)|"
    r"(?P<rule>[-_])(?=(?:[ \t]*[-_]){2,}[ \t]*$)|(?P<under>[-=])(?=[-=]*[ \t]*$))"
)
_NUMBERED = re.compile(r"(\d{1,9})([.)])(?=[ \t]|$)")
_TABLE_RULE = re.compile(r"[-:|][-:| \t]*$")  # below a line with pipes it would make a table (GFM §4.10)


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
        if not at_edge and before.isspace() and after.isspace() and after != "\n":  # a break is written with a backslash
            return run
        if run[0] == "_" and before.isalnum() and after.isalnum():
            return run
        return run.replace(run[0], "\\" + run[0])

    return re.sub(r"\*+|_+", guard, text)


def escape_line_start(line: str) -> str:
    """Return *line* (escaped inside) so that it starts no block: list, heading, quotation, rule, fence, table."""
    if found := _NUMBERED.match(line):
        return f"{found[1]}\\{line[found.end(1) :]}"
    if _BLOCK_START.match(line) or _TABLE_RULE.match(line):
        return "\\" + line
    return line


def destination(url: str) -> str:
    """Return *url* as a link destination without pointed brackets (CommonMark §6.3)."""
    out = re.sub(r"\\(?=[!-/:-@\[-`{-~]|$)", r"\\\\", url)
    out = _escape_entities(re.sub(r"[()<>]", lambda found: "\\" + found.group(), out))
    return re.sub(r"[\x00-\x20\x7f]", lambda found: f"%{ord(found.group()):02X}", out)


def autolink(url: str) -> str:
    """Return *url* in pointed brackets, where nothing can be escaped but by percent signs (CommonMark §6.5)."""
    return "<" + re.sub(r"[\x00-\x20\x7f<>]", lambda found: f"%{ord(found.group()):02X}", url) + ">"


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


def inline(spans: tuple[Span, ...]) -> str:
    """Return *spans* as CommonMark inlines; line breaks are still bare newlines."""
    pieces: list[str] = []  # none empty; joined once, since adding to a long string copies it
    runs = _settled(spans)
    for index, run in enumerate(runs):
        in_link = run.href is not None
        if in_link and (index == 0 or runs[index - 1].href != run.href):
            if pieces and pieces[-1][-1] == "!":  # it would make the link a picture
                pieces[-1] = pieces[-1][:-1] + "\\!"
            pieces.append("[")
        marks = "**" * run.strong + "*" * run.emphasis
        pieces.append(code_span(run.text) if run.code else f"{marks}{escape(run.text, in_link=in_link)}{marks}")
        if run.href is not None and (index + 1 == len(runs) or runs[index + 1].href != run.href):
            pieces.append(f"]({destination(run.href)})")
    return "".join(pieces)


def _settled(spans: tuple[Span, ...]) -> list[Span]:
    """Return *spans* in the styles that they will be written in, none empty and neighbours in different styles.

    Between two of them stands a mark, so that what is escaped in one needs no look at the next.
    """
    runs: list[Span] = []
    waiting = [span for span in _lines(spans) if span.text]
    for index, span in enumerate(waiting):
        if span.code and not _endangered(span, runs):
            _put(runs, span)
        elif span.strong or span.emphasis:
            after = waiting[index + 1] if index + 1 < len(waiting) else None
            _put_marked(runs, span, after)
        else:
            _put(runs, replace(span, code=False))
    return runs


def _endangered(code: Span, runs: list[Span]) -> bool:
    """Return whether *code* would not be read as code after *runs*: next to a backtick, or as the end of a label.

    A paragraph that begins with `[` is looked through for a link reference definition before anything is known of code.
    """
    if runs and runs[-1].href == code.href and runs[-1].text[-1] == "`":
        return True
    first = runs[0] if runs else code
    return "]:" in code.text and (first.href is not None or first.text[0] == "[")


def _lines(spans: tuple[Span, ...]) -> Iterator[Span]:
    """Yield *spans*, what has a style line by line; white space has none, code neither strength nor emphasis."""
    for span in spans:
        bare = Span(span.text, span.href or None)
        if not (span.strong or span.emphasis or span.code):
            yield bare
            continue
        for part in re.split(r"(\n)", span.text):
            if part.isspace():
                yield replace(bare, text=part)
            elif part and span.code:
                yield replace(bare, text=part, code=True)
            elif part:
                yield replace(bare, text=part, strong=span.strong, emphasis=span.emphasis)


def _put(runs: list[Span], span: Span) -> None:
    """Add *span* to *runs*, to the last of them when that looks the same."""
    if not span.text:
        return
    if runs and replace(runs[-1], text="") == replace(span, text=""):
        runs[-1] = replace(span, text=runs[-1].text + span.text)
    else:
        runs.append(span)


def _put_marked(runs: list[Span], span: Span, after: Span | None) -> None:
    """Add *span* to *runs* with its marks, and edges outside where the flanking rules would not see the marks.

    In `说**“好。”**他` the marks would stay literal (CommonMark §6.2): punctuation at the edge goes outside. Marks next
    to marks would be taken for one run of them: the second are left out.
    """
    text, start, end = span.text, 0, len(span.text)
    before_is_word, after_is_word = _ends_in_word(runs, span.href), _begins_with_word(after, span.href)
    while start < end and (text[start].isspace() or (before_is_word and not _is_word(text[start]))):
        before_is_word = before_is_word and not text[start].isspace()
        start += 1
    while end > start and (text[end - 1].isspace() or (after_is_word and not _is_word(text[end - 1]))):
        after_is_word = after_is_word and not text[end - 1].isspace()
        end -= 1
    bare = Span(text, span.href)
    _put(runs, replace(bare, text=text[:start]))
    last = runs[-1] if runs else bare
    touches = last.href == span.href and (last.strong or last.emphasis)
    _put(runs, replace(bare if touches else span, text=text[start:end]))
    _put(runs, replace(bare, text=text[end:]))


def _ends_in_word(runs: list[Span], href: str | None) -> bool:
    """Return whether what was written last is a letter; code and the brackets of links are punctuation."""
    return bool(runs) and not runs[-1].code and runs[-1].href == href and _is_word(runs[-1].text[-1])


def _begins_with_word(span: Span | None, href: str | None) -> bool:
    """Return whether what comes next may begin with a letter: code may lose its backticks yet, see `_endangered`."""
    return span is not None and span.href == href and (span.code or _is_word(span.text[0]))
