"""A linear look at a page before it is parsed: would the parser need more than its length's worth of time or memory?

The tree builder of HTML is quadratic in depth, in the attributes of one tag and in open formatting elements (WHATWG
HTML §13.2.6, "adoption agency algorithm"), and no timeout stops it from inside the process. A suspect is no culprit:
it is parsed in a child process that may be killed. This look is no tokenizer; a page made to slip past it takes its
worker process down and is then tried alone.
"""

import re
from collections.abc import Iterator

MOST_TAGS = 100_000  # nodes, and what is remembered of them, come to 1 kB a tag. Only whole standards and yearbooks have more
DEEPEST = 500  # unclosed elements at once; browsers stop at 512, honest pages stay under 200
MOST_INSIDE = 3_000_000  # depths of all tags added up: what looking outwards from each costs. Honest pages stay under 1 million
MOST_FORMATTING = 200  # unclosed <b>, <font> … at once: each further paragraph repeats them all
MOST_OPTIONS = 4_000  # of <select>: quadratic in the parser; all the world's time zones are 600
MOST_ATTRIBUTES = 400  # of one tag: quadratic
FARTHEST = 50  # levels that an end tag may close at once here; one that closes more makes the page look deeper than it is

_TAG = re.compile(r"</?[a-zA-Z][^\s/<>]*")
# Possessive, as all repetitions of groups here: what could be given back is kept in memory, 80 bytes a repetition.
_WHOLE_TAG = re.compile(r"<[a-zA-Z][^>\"']*+(?:(?:\"[^\"]*+\"|'[^']*+')[^>\"']*+)*+")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_ASSIGNED = re.compile(r"=\s?[\"']")
_NAME, _VALUE = r"[^\s/>=][^\s/>=]*+", r"(?:\"[^\"]*+\"|'[^']*+'|[^\s>]++)"
_ATTRIBUTE = re.compile(rf"[\s/]*+{_NAME}(?:\s*+=\s*+{_VALUE})?+")
_EXACT_TAG = re.compile(rf"<[a-z][^\s/>]*+((?:[\s/]*+{_NAME}(?:\s*+=\s*+{_VALUE})?+)*+)")
_NO_MARKUP = re.compile(r"<!--(?:-?>|.*?(?:--!?>|\Z))|<(script|style)\b.*?(?:</\1[\s/>]|\Z)|<(/?)(?:svg|math)\b", re.DOTALL)

_FORMATTING = frozenset(("a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"))
# An end tag inside these closes nothing outside (WHATWG HTML §13.2.4.2, "have an element in scope").
_BORDERS = frozenset(("applet", "marquee", "object", "table", "template"))
# Elements that hold nothing, or that the next of their kind closes: they do not nest by being left open.
_SHALLOW = frozenset(
    (
        "area",
        "base",
        "basefont",
        "bgsound",
        "br",
        "col",
        "embed",
        "frame",
        "hr",
        "img",
        "input",
        "keygen",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
        "p",
        "li",
        "dt",
        "dd",
        "td",
        "th",
        "tr",
        "tbody",
        "thead",
        "tfoot",
        "colgroup",
        "caption",
        "option",
        "optgroup",
        "rp",
        "rt",
        "html",
        "head",
        "body",
    )
)


def suspicion(html: str) -> str | None:
    """Return why *html* should not be parsed in this process, None if it may. Linear in its length.

    One of `too many tags`, `deep nesting`, `formatting left open`, `too many options`, `too many attributes`.
    """
    if html.count("<") > MOST_TAGS:
        return "too many tags"
    if _nesting(html) is None and not _maybe_flood(html):
        return None
    markup = "".join(_markup(html.lower()))  # a closer look: scripts hold templates and comparisons, tags come in any case
    return _nesting(markup) or _flood(markup)


def _nesting(html: str) -> str | None:
    tags = _TAG.findall(html)
    if tags.count("<option") > MOST_OPTIONS:
        return "too many options"
    stack: list[str] = []
    inside = formatting = 0
    for tag in tags:
        if tag[1] == "/":
            name = tag[2:]
            if stack and stack[-1] == name:
                stack.pop()
                formatting -= name in _FORMATTING
            elif name not in _SHALLOW:
                formatting -= _close(stack, name)
            continue
        inside += len(stack)
        name = tag[1:]
        if name not in _SHALLOW:
            stack.append(name)
            formatting += name in _FORMATTING
            if formatting > MOST_FORMATTING:
                return "formatting left open"
            if len(stack) > DEEPEST:
                return "deep nesting"
    return "deep nesting" if inside > MOST_INSIDE else None


def _close(stack: list[str], name: str) -> int:
    """Take what the end tag *name* closes off the *stack*, and return how many formatting elements that were.

    Nothing if it is not open, or only beyond a border; of formatting elements the one alone, since blocks inside live on.
    """
    for above in range(1, min(len(stack), FARTHEST) + 1):
        if stack[-above] == name:
            if name in _FORMATTING:
                del stack[-above]
                return 1
            formatting = sum(inner in _FORMATTING for inner in stack[-above:])
            del stack[-above:]
            return formatting
        if stack[-above] in _BORDERS and name not in _BORDERS:
            break
    return 0


def _maybe_flood(html: str) -> bool:
    """Say whether a tag, or what an odd quotation mark makes look like one, might have too many attributes."""
    for tag in _WHOLE_TAG.findall(html):
        if len(tag) > 2 * MOST_ATTRIBUTES:
            separated = len(_QUOTED.sub(" ", tag).replace("/", " ").split())
            if separated > MOST_ATTRIBUTES or len(_ASSIGNED.findall(tag)) > MOST_ATTRIBUTES:
                return True
    return False


def _flood(markup: str) -> str | None:
    """Count attributes as the tokenizer does (WHATWG HTML §13.2.5.32 on)."""
    for attributes in _EXACT_TAG.findall(markup):
        if len(attributes) > 2 * MOST_ATTRIBUTES and len(_ATTRIBUTE.findall(attributes)) > MOST_ATTRIBUTES:
            return "too many attributes"
    return None


def _markup(html: str) -> Iterator[str]:
    """Yield *html* without comments, scripts and styles, but for those inside SVG or MathML, where they hold elements."""
    at = foreign = 0
    for match in _NO_MARKUP.finditer(html):
        if match[2] is not None:
            foreign = max(0, foreign + (-1 if match[2] else 1))
        elif not (foreign and match[1]):
            yield html[at : match.start()]
            at = match.end()
    yield html[at:]
