"""The neighbourhood of the headline: the lines around it, and the elements that look like bylines and datelines."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from selectolax.lexbor import LexborHTMLParser

from worker.extract.blocks import Box, Leaf, Page
from worker.extract.marks import CACHED, LONGEST_CACHED, Mark
from worker.extract.nodes import text_in

LEAVES_AFTER = 90  # leaves from the headline on: standfirst, picture, byline, share buttons, first paragraphs
LEAVES_OPENING = 8  # leaves right under the headline: standfirst, byline, dateline
LONG_LINES_OPENING = 2  # a standfirst, and then the first paragraph
LEAVES_NEAR = 16  # leaves after it among which the byline stands, and who took the pictures
SHORT_LINE = 120  # characters of a line of names
LEAVES_CREDITING = 400  # leaves after it in which people are credited; the article has ended by then
LEAVES_BEFORE = 30  # leaves before it: kicker, and on some sites the date
LEAVES_ALL = 3_000  # leaves of the whole article; the editor's name stands after its last line
MOST_SCRIPTS = 80  # looked at for the data of the page
MOST_FOOTERS = 10  # looked at for the date of a post
LONGEST_FOOTER = 3_000  # characters, with the blanks of its source; a post's holds a sentence, the site's its map
LONGEST_SCRIPT = 1_000_000  # characters of one; the state of a whole application
LONGEST_LINE = 3_000  # characters looked at of one; callers look at lines, not at articles
LONGEST_MARKED = 600  # characters of a block that may be a byline or dateline; callers look at a third of it
MOST_MARKED = 20  # leaves of such a block
LONG_LINE = 220  # characters; a longer line is running text
LONG_LINES = 3  # after that many of them the article is under way
MOST_MARKS = 400  # elements that look like bylines or datelines; more are a listing's
MARKS_BEFORE = 40  # of them before the headline

_NOT_MARKS = frozenset(("h1", "body", "html", "img", "main"))
_ASIDE = re.compile(
    r"(?:^|[\s_-])(?:comments?|commentlist|reply|disqus|related\w*|sidebar|side-bar|recommend\w*|(?<!elementor-)widget|teasers?|recent|popular|"
    r"trending|most-?(?:read|viewed)|more|newsletter|footer|promo\w*|carousel|slider|read-?next|latest|ticker|menu|navi?|archives?|"
    r"cards?|upcoming|events?|calendar|copyright|ads?|banner|tags?|breadcrumbs?|next|prev(?:ious)?|similar)(?:$|[\s_-])|"
    # … and those that tell of the author:
    r"(?P<author>(?:^|[\s_-])(?:bio|about-author|(?:author|user)-?(?:box|bio|info|card|profile|description))(?:$|[\s_-]))"
)
HERE, AUTHOR_BOX, ELSEWHERE = range(3)  # what a part of the page is about: the article, its author, other things


class Layout:
    """What the parts of a page are about, and what its blocks show; signs share it."""

    def __init__(self, page: Page, headline: Leaf | None) -> None:
        self._leaves = page.leaves
        self._parts: dict[int, int] = {}
        box = headline.box if headline is not None else None
        while box is not None:  # whatever is around the headline is about the article, however it is called
            self._parts[box.index] = HERE
            box = box.parent

    def text_of(self, mark: Mark) -> str | None:
        """Return the text of *mark* if it is a block, "" if that holds much; None for an element inside a line."""
        box = mark.box
        if box is None or box.attrs is not mark.attrs:
            return None
        if box.end - box.first > MOST_MARKED:
            return ""
        text = " ".join([leaf.text for leaf in self._leaves[box.first : box.end]])
        return text if len(text) <= LONGEST_MARKED else ""

    def part_of(self, mark: Mark) -> int:
        """Return what the part of the page in which *mark* lies is about."""
        if mark.box is None or mark.box.attrs is not mark.attrs:
            part = _part(mark.attrs)
            if part != HERE:
                return part
        return self.part_of_box(mark.box)

    def part_of_box(self, box: Box | None) -> int:
        """Return what the part of the page in which *box* lies is about."""
        known = self._parts
        if box is not None and (part := known.get(box.index)) is not None:
            return part
        passed, result = [], HERE
        while box is not None and box.tag != "body":
            index = box.index
            if index in known:
                result = known[index]
                break
            passed.append(index)
            result = ELSEWHERE if box.tag == "aside" and not _in_article(box) else _part(box.attrs)
            if result != HERE:
                break
            box = box.parent
        known.update(dict.fromkeys(passed, result))
        return result


def _names(attrs: dict[str, str | None]) -> str:
    return " ".join([value for key in ("class", "id", "itemprop", "rel", "property") if (value := attrs.get(key))]).lower()


@dataclass(slots=True, eq=False)
class Sign:
    """A mark as it stands to the headline: *order* is its rank in the page, negative before the headline.

    *distance* counts the leaves between them, *names* holds class, id, itemprop and rel in lower case, for matching words.
    """

    mark: Mark
    names: str
    order: int
    distance: int
    _layout: Layout
    _text: str | None = None

    @property
    def part(self) -> int:
        """What the part of the page it stands in is about."""
        return self._layout.part_of(self.mark)

    @property
    def aside(self) -> bool:
        """Whether it is about anything but the article."""
        return self.part != HERE

    @property
    def attributes(self) -> dict[str, str | None]:
        """The element's attributes."""
        return self.mark.attrs

    @property
    def text(self) -> str:
        """What the element shows, on one line; "" if that is more than a byline or dateline."""
        if self._text is None:
            self._text = "" if self._layout.text_of(self.mark) == "" else text_in(self.mark.node)
        return self._text

    @property
    def line(self) -> str:
        """The same, quicker; elements that only style sets apart may run together."""
        line = self._layout.text_of(self.mark)
        return self.text if line is None else line


class Surroundings:
    """What stands near *headline* (None: the page has none), read when it is asked for: most pages tell machines enough."""

    def __init__(self, tree: LexborHTMLParser, page: Page, headline: Leaf | None) -> None:
        self._tree = tree
        self._page = page
        self._at = headline.index if headline is not None else 0
        self._headline = headline
        self._layout = Layout(page, headline)

    @property
    def title(self) -> str:
        """The headline's text, "" without one."""
        return self._headline.text if self._headline is not None else ""

    @cached_property
    def lines(self) -> list[str]:
        """The lines of text after the headline, as far as the article's first paragraphs, then those before it.

        Without a headline, the lines with which the page begins.
        """
        leaves = self._page.leaves
        if self._headline is None:
            return self._sorted(leaves[: 2 * LEAVES_AFTER], LONG_LINES)
        after = self._sorted(leaves[self._at + 1 : self._at + LEAVES_AFTER], LONG_LINES)
        before = leaves[max(0, self._at - LEAVES_BEFORE) : self._at]
        return [*after, *self._sorted(before[::-1], LEAVES_BEFORE)]

    @cached_property
    def opening(self) -> list[str]:
        """The first few lines after the headline about the article, where a dateline stands; none without a headline."""
        if self._headline is None:
            return []
        lines = _lines(self._page.leaves[self._at + 1 : self._at + 1 + LEAVES_OPENING], LONG_LINES_OPENING)
        return [line for line, box in lines if self._layout.part_of_box(box) != ELSEWHERE]

    @cached_property
    def following(self) -> list[Leaf]:
        """The leaves after the headline, as far as an article may reach; without one, those of the page."""
        return self._page.leaves[self._at + 1 if self._headline is not None else 0 :][:LEAVES_CREDITING]

    @cached_property
    def short_opening(self) -> str:
        """The short lines among the leaves right after the headline, where the byline and what belongs to it stand."""
        return "\n".join([text for leaf in self.following[:LEAVES_NEAR] if len(text := leaf.text) <= SHORT_LINE])

    def tells_of_article(self, leaf: Leaf) -> bool:
        """Return whether the part of the page in which *leaf* stands is about the article."""
        return self._layout.part_of_box(leaf.box) == HERE

    @cached_property
    def rest(self) -> list[str]:
        """All lines of the page: the article and what follows it, then what stands before, and the headline itself."""
        leaves = self._page.leaves
        at = self._at + 1 if self._headline is not None else 0
        return [line for line, _ in _lines([*leaves[at:], *leaves[:at]][:LEAVES_ALL], LEAVES_ALL)]

    @cached_property
    def scripts(self) -> list[str]:
        """The texts of the page's scripts: what an application draws the page from."""
        return [node.text()[:LONGEST_SCRIPT] for node in self._tree.css("script:not([src])")[:MOST_SCRIPTS]]

    @cached_property
    def footers(self) -> list[str]:
        """The texts of the page's footers: blogs say there when a post was written."""
        nodes = self._tree.css("footer")[:MOST_FOOTERS]
        return [text_in(node) for node in nodes if len(node.text()) <= LONGEST_FOOTER]

    @cached_property
    def signs(self) -> list[Sign]:
        """The elements that look like bylines and datelines in document order."""
        marks = self._page.marks
        at = bisect_left(marks, self._at, key=lambda mark: mark.at) if self._headline is not None else 0
        start = max(0, at - MARKS_BEFORE)
        return [
            Sign(mark, _names(mark.attrs), order, mark.at - self._at - 1, self._layout)
            for order, mark in enumerate(marks[start : at + MOST_MARKS], start=start - at)
            if mark.tag not in _NOT_MARKS
        ]

    def _sorted(self, leaves: Iterable[Leaf], most_long: int) -> list[str]:
        """Return the lines of *leaves* until *most_long* of them were long, those about other things last."""
        here: list[str] = []
        aside: list[str] = []
        for line, box in _lines(leaves, most_long):
            (aside if self._layout.part_of_box(box) else here).append(line)
        return here + aside


class _Parts(dict[str | None, int]):
    """What names of elements were found to say of a part of the page."""

    def __missing__(self, name: str | None) -> int:
        match = _ASIDE.search(name.lower()) if name else None
        part = HERE if match is None else AUTHOR_BOX if match["author"] else ELSEWHERE
        if name is None or len(name) <= LONGEST_CACHED:
            if len(self) >= CACHED:
                self.clear()
            self[name] = part
        return part


_parts = _Parts()


def _part(attrs: dict[str, str | None]) -> int:
    return (_parts[attrs.get("class")] or _parts[attrs.get("id")]) if attrs else HERE


def _in_article(box: Box) -> bool:
    """Return whether an `aside` stands inside the article: then it holds facts about it, not other articles."""
    around = box.parent
    while around is not None:
        if around.tag == "article":
            return True
        around = around.parent
    return False


def _lines(leaves: Iterable[Leaf], most_long: int) -> Iterator[tuple[str, Box]]:
    """Yield the lines of *leaves*, white space collapsed, until *most_long* of them were long."""
    for leaf in leaves:
        if leaf.kind != "text":
            continue
        text = leaf.text if len(leaf.text) <= LONGEST_LINE else f"{leaf.text[:LONGEST_LINE]}\n{leaf.text[-LONG_LINE:]}"
        for line in text.split("\n") if "\n" in text else (text,):
            if line:
                yield line, leaf.box
                if len(line) > LONG_LINE:
                    most_long -= 1
                    if most_long <= 0:
                        return
