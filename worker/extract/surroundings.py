"""The neighbourhood of the headline: the lines around it, and the elements that look like bylines and datelines."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from selectolax.lexbor import LexborHTMLParser, LexborNode

from worker.extract.nodes import INLINE, SILENT, ancestors, following, preceding
from worker.normalise.text import squeeze

STEPS_AFTER = 260  # nodes from the headline on: standfirst, picture, byline, share buttons, first paragraphs
STEPS_BEFORE = 90  # nodes before it: kicker, and on some sites the date
STEPS_ALL = 6_000  # nodes of the whole article; the editor's name stands after its last line
MOST_SCRIPTS = 80  # looked at for the data of the page
LONGEST_SCRIPT = 1_000_000  # characters of one; the state of a whole application
LONG_LINE = 220  # characters; a longer line is running text
LONG_LINES = 3  # after that many of them the article is under way
MOST_MARKS = 400  # elements that look like bylines or datelines; more are a listing's
MARKS_BEFORE = 40  # of them before the headline
DEEPEST_ASIDE = 14  # levels up to the part of the page that an element belongs to

_MARKS = ",".join(
    (
        *("time", "[itemprop]", "[rel~=author]", '[property*="author" i]', '[property*="datePublished" i]'),
        *(f'[class*="{word}" i]' for word in ("author", "byline", "date", "publish", "posted", "time", "submitted", "meta")),
        *(f'[id*="{word}" i]' for word in ("author", "date", "time")),
        *(f'a[href*="/{word}"]' for word in ("author", "autor", "contributor", "profile", "people")),
    )
)
_NOT_MARKS = frozenset(("h1", "meta", "link", "body", "html", "input", "script", "style", "img", "svg"))
_ASIDE_TAGS = frozenset(("nav", "footer"))
_ASIDE = re.compile(
    r"(?:^|[\s_-])(?:comments?|commentlist|reply|disqus|related\w*|sidebar|side-bar|recommend\w*|widget|teasers?|recent|popular|"
    r"trending|most-?(?:read|viewed)|more|newsletter|footer|promo\w*|carousel|slider|read-?next|latest|ticker|menu|navi?|archives?|"
    r"cards?|upcoming|events?|calendar|copyright|ads?|banner|tags?|breadcrumbs?|next|prev(?:ious)?|similar|bio|about-author|"
    r"(?:author|user)-?(?:box|bio|info|card|profile|description))(?:$|[\s_-])"
)


@dataclass(frozen=True, slots=True)
class Mark:
    """An element that looks like a byline or dateline; *order* its rank in the page, negative before the headline.

    *names* holds class, id, itemprop, rel and property in lower case, for matching words.
    """

    node: LexborNode
    attributes: dict[str, str | None]
    names: str
    order: int
    aside: bool


class Surroundings:
    """What stands near *headline* (None: the page has none), read when it is asked for: most pages tell machines enough."""

    def __init__(self, tree: LexborHTMLParser, headline: LexborNode | None) -> None:
        self._tree = tree
        self._headline = headline

    @cached_property
    def lines(self) -> list[str]:
        """The lines of text after the headline, as far as the article's first paragraphs, then those before it.

        Without a headline, the lines with which the page begins.
        """
        if self._headline is None:
            return list(_lines(_from_the_top(self._tree, 2 * STEPS_AFTER)))
        after = list(_lines(following(self._headline, STEPS_AFTER)))
        before = [squeeze(node.text_content or "") for node in preceding(self._headline, STEPS_BEFORE) if node.is_text_node]
        return [*after, *filter(None, before)]

    @cached_property
    def rest(self) -> list[str]:
        """All lines of text after the headline (or of the page): the whole article and what follows it."""
        headline = self._headline
        nodes = following(headline, STEPS_ALL) if headline is not None else _from_the_top(self._tree, STEPS_ALL)
        return list(_lines(nodes, long_lines=STEPS_ALL))

    @cached_property
    def scripts(self) -> list[str]:
        """The texts of the page's scripts: what an application draws the page from."""
        return [node.text()[:LONGEST_SCRIPT] for node in self._tree.css("script:not([src])")[:MOST_SCRIPTS]]

    @cached_property
    def marks(self) -> list[Mark]:
        """The elements that look like bylines and datelines in document order."""
        return _marks(self._tree, self._headline)


def _from_the_top(tree: LexborHTMLParser, steps: int) -> Iterator[LexborNode]:
    first = tree.body.first_child if tree.body is not None else None
    return chain((first,), following(first, steps, inside=True)) if first is not None else iter(())


def _marks(tree: LexborHTMLParser, headline: LexborNode | None) -> list[Mark]:
    nodes = tree.css(_MARKS if headline is None else f"{headline.tag},{_MARKS}")
    at = next((i for i, node in enumerate(nodes) if node == headline), 0) if headline is not None else 0
    start = max(0, at - MARKS_BEFORE)
    shared = frozenset(node.mem_id for node in ancestors(headline, 100)) if headline is not None else frozenset()
    known: dict[int, bool] = {}
    found: list[Mark] = []
    for order, node in enumerate(nodes[start : at + MOST_MARKS], start=start - at):
        if node.tag not in _NOT_MARKS:
            attributes = node.attributes
            said = (attributes.get(key) for key in ("class", "id", "itemprop", "rel", "property"))
            names = " ".join(value for value in said if value).lower()
            found.append(Mark(node, attributes, names, order, _aside(node, shared, known)))
    return found


def _aside(node: LexborNode, shared: frozenset[int], known: dict[int, bool]) -> bool:
    """Return whether *node* lies in a part of the page that is about other things than its article.

    *shared* are the elements around the headline too: whatever they are called, they are about the article.
    """
    passed: list[int] = []
    result = False
    for around in (node, *ancestors(node, DEEPEST_ASIDE)):
        identity = around.mem_id
        if identity in shared or around.tag == "body":
            break
        if identity in known:
            result = known[identity]
            break
        passed.append(identity)
        attributes = around.attributes
        said = f"{attributes.get('class') or ''} {attributes.get('id') or ''}".lower()
        tag = around.tag
        if tag in _ASIDE_TAGS or (tag == "aside" and not _in_article(around)) or _ASIDE.search(said):
            result = True
            break
    known.update(dict.fromkeys(passed, result))
    return result


def _in_article(node: LexborNode) -> bool:
    """Return whether an `aside` stands inside the article: then it holds facts about it, not other articles."""
    return any(around.tag == "article" for around in ancestors(node, DEEPEST_ASIDE))


def _lines(nodes: Iterable[LexborNode], long_lines: int = LONG_LINES) -> Iterator[str]:
    pieces: list[str] = []
    long_ones = 0
    for node in nodes:
        if node.is_text_node:
            if node.parent is None or node.parent.tag not in SILENT:
                pieces.append(node.text_content or "")
        elif node.tag in INLINE:
            pieces.append(" ")
        elif pieces:
            line = squeeze("".join(pieces))
            pieces = []
            if line:
                yield line
                long_ones += len(line) > LONG_LINE
                if long_ones >= long_lines:
                    return
    if line := squeeze("".join(pieces)):
        yield line
