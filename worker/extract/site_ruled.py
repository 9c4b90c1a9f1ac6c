"""A page under the rules of its site: what they cut, where they find things, and what they did not find."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from selectolax.lexbor import LexborHTMLParser, LexborNode

from worker.errors import InvalidUrl
from worker.extract.addresses import absolute, base_of
from worker.extract.blocks import Leaf, Page, collect
from worker.extract.body import Selection
from worker.extract.evidence import Evidence
from worker.extract.images import address_of
from worker.extract.language import month_first
from worker.extract.metadata import Metadata
from worker.extract.nodes import ancestors, text_in
from worker.extract.screen import DEEPEST
from worker.extract.site_rules import SiteRules
from worker.models import ImageRef
from worker.normalise.bylines import names_in
from worker.normalise.dates import Habits, parse_date
from worker.normalise.text import distinct
from worker.normalise.zones import zone_of
from worker.urls import host_of, resolve

REFUSED = "not an article, by the rules of its site"
MOST_NAMED = 50  # elements of one selector that are read for names: a byline, not a page's users
_PICTURES = "img, amp-img, amp-anim"
_STAYS = frozenset(("html", "head", "body"))

Found = TypeVar("Found")


class Ruled:
    """The page *tree* at *url* as *rules* have it; without rules everything is left as it is, at no cost.

    What the rules point at is read first, then what they remove is cut from the tree, whatever it is.
    """

    def __init__(self, tree: LexborHTMLParser, rules: SiteRules | None, *, url: str, fetched_at: float) -> None:
        self._rules = rules
        self._missed: list[str] = []
        self._facts: dict[str, object] = {}
        self._body: tuple[Page, Selection] | None = None
        self._next: str | None = None
        if rules is not None:
            self._read(tree, rules, url, fetched_at)
            self._cut(tree, rules)
            self._body = self._first(tree, "body", rules.body, _whole)

    def evidence(self, evidence: Evidence) -> Evidence:
        """Return *evidence* in the language, and with the time zone, that the rules name."""
        rules = self._rules
        if rules is None or not (rules.language or rules.zone):
            return evidence
        language, habits = rules.language or evidence.language, evidence.dates.habits
        if rules.language:
            host = evidence.claims.host
            habits = replace(habits, zone=zone_of(language, host), month_first=month_first(language, host))
        habits = replace(habits, zone=rules.timezone or habits.zone)
        return replace(evidence, language=language, dates=replace(evidence.dates, habits=habits))

    def facts(self, meta: Metadata) -> Metadata:
        """Return *meta* with what the rules found in place of its own."""
        if self._rules is None:
            return meta
        facts = dict(self._facts)
        if title := facts.get("title"):
            facts["title_candidates"] = (title, *meta.title_candidates)
        if lead := facts.get("lead_image"):
            facts["lead_candidates"] = (lead, *meta.lead_candidates)
        if self._body is not None:
            facts["article_body"] = None  # the operator has said where the body is
        return replace(meta, **facts)  # type: ignore[arg-type]  # the keys are its fields, see `_read`

    def body(self) -> tuple[Page, Selection] | None:
        """Return the body's container as a page of its own, and all of it chosen; None when there is no such rule, or container."""
        return self._body

    @property
    def language(self) -> str | None:
        """The language that the rules name, which needs no detecting."""
        return self._rules.language if self._rules is not None else None

    def lead(self, images: tuple[ImageRef, ...]) -> tuple[ImageRef, ...]:
        """Return *images* of which the lead image that the rules name is wanted, whatever it looks like."""
        lead = self._facts.get("lead_image")
        return tuple(replace(image, skip=None) if lead and image.url == lead else image for image in images)

    def verdict(self, reason: str | None, *, empty: bool) -> str | None:
        """Return why the page is no article; *reason* is what its looks say, *empty* that there is no text at all."""
        if self._rules is None or self._rules.article is None:
            return reason
        if not self._rules.article:
            return REFUSED
        return reason if empty else None

    def next_page(self, found: str | None) -> str | None:
        """Return where the article goes on: where the rules say, who know of no other way, or *found*."""
        return self._next if self._rules is not None and self._rules.next_page else found

    def said(self, fact: str) -> str | None:
        """Return what the rules found for *fact*, a field of Metadata, as text; None when they found nothing."""
        found = self._facts.get(fact)
        return ", ".join(found) if isinstance(found, tuple) else str(found) if found else None

    @property
    def quality(self) -> dict[str, object]:
        """What is to be said of the rules: which they are, and what they no longer find on the page."""
        if self._rules is None:
            return {}
        missed = {"site_rule_missed": self._missed} if self._missed else {}
        return {"site_rule": self._rules.name, **missed}

    # ------------------------------------------------------------ reading

    def _read(self, tree: LexborHTMLParser, rules: SiteRules, url: str, fetched_at: float) -> None:
        base, host = base_of(tree, url), _host(url)
        zone = rules.timezone or zone_of(rules.language, host)
        habits = Habits(now=fetched_at, zone=zone, month_first=month_first(rules.language, host))

        def dated(nodes: Sequence[LexborNode]) -> str | None:
            return next(filter(None, (parse_date(_said(node), habits) for node in nodes)), None)

        found = {
            "title": self._first(tree, "title", rules.title, _text),
            "authors": self._first(tree, "authors", rules.authors, _names),
            "published_at": self._first(tree, "date", rules.date, dated),
            "modified_at": self._first(tree, "modified", rules.modified, dated),
            "lead_image": self._first(tree, "lead_image", rules.lead_image, lambda nodes: _picture(nodes, base)),
        }
        self._facts = {name: value for name, value in found.items() if value}
        self._next = self._first(tree, None, rules.next_page, lambda nodes: _link(nodes, base, url))

    def _first(
        self, tree: LexborHTMLParser, key: str | None, selectors: tuple[str, ...], read: Callable[[Sequence[LexborNode]], Found]
    ) -> Found | None:
        """Return what *read* finds by the first of *selectors* that leads to anything; if none does, *key* was missed."""
        for selector in selectors:
            if (nodes := _matches(tree, (selector,))) and (found := read(nodes)):
                return found
        if selectors and key:  # a last page has no next one: not a miss
            self._missed.append(key)
        return None

    def _cut(self, tree: LexborHTMLParser, rules: SiteRules) -> None:
        """Take what the rules remove from the tree, and the pictures that they do not name."""
        if rules.images:
            kept = {picture.mem_id for node in _matches(tree, rules.images) for picture in (node, *node.css(_PICTURES))}
            pictures = _matches(tree, (_PICTURES,))
            if any(picture.mem_id in kept for picture in pictures):
                _drop([picture for picture in pictures if picture.mem_id not in kept])
            elif pictures:
                self._missed.append("images")
        for selector in rules.remove:  # one by one: what lies inside of what is gone cannot be asked for any more
            _drop(_matches(tree, (selector,)))


def _matches(tree: LexborHTMLParser, selectors: Sequence[str]) -> list[LexborNode]:
    """Return what any of *selectors* finds, each once."""
    return list({node.mem_id: node for selector in selectors for node in tree.css(selector)}.values())


def _drop(nodes: list[LexborNode]) -> None:
    """Take *nodes*, in document order, from their tree: the last first, so that none is gone before its turn."""
    for node in reversed(nodes):
        if node.tag not in _STAYS:
            node.decompose()


def _said(node: LexborNode) -> str:
    """Return what an element says to a program, or else its text: `content` of a meta, `datetime` of a time."""
    attrs = node.attributes
    return attrs.get("datetime") or attrs.get("content") or text_in(node)


def _text(nodes: Sequence[LexborNode]) -> str:
    return next(filter(None, map(_said, nodes)), "")


def _names(nodes: Sequence[LexborNode]) -> tuple[str, ...]:
    return distinct(name for node in nodes[:MOST_NAMED] for name in names_in(_said(node), strict=False))


def _picture(nodes: Sequence[LexborNode], base: str) -> str | None:
    """Return the address of the first picture that is one of *nodes* or lies inside, or that a meta or link names."""
    for node in nodes:
        pictures = [node] if node.tag in ("img", "amp-img", "amp-anim") else node.css(_PICTURES)
        for picture in pictures:
            if address := address_of(picture.attributes, _sources(picture), base):
                return address
        attrs = node.attributes
        if address := absolute(attrs.get("content") or attrs.get("href"), base):
            return address
    return None


def _sources(picture: LexborNode) -> tuple[dict[str, str | None], ...]:
    """Return what the `<source>` elements beside *picture* say (HTML Standard §4.8.1)."""
    around = picture.parent
    return tuple(one.attributes for one in around.css("source")) if around is not None and around.tag == "picture" else ()


def _link(nodes: Sequence[LexborNode], base: str, url: str) -> str | None:
    """Return where the first link among or inside *nodes* leads, if that is another page than the one at *url*."""
    links = [link for node in nodes for link in ([node] if node.attributes.get("href") else node.css("a[href]"))]
    targets = (resolve(base, link.attributes.get("href") or "") for link in links)
    pages = (target.partition("#")[0] for target in targets if target)
    return next((page for page in pages if page != url.partition("#")[0]), None)


def _whole(nodes: Sequence[LexborNode]) -> tuple[Page, Selection] | None:
    """Return all that *nodes* show, as a page of its own; nothing when that is nothing.

    They are parsed once more: a container may be of any kind, a block or not, and no other page is to be walked twice.
    """
    known = {node.mem_id for node in nodes}
    outer = (node for node in nodes if not any(around.mem_id in known for around in ancestors(node, DEEPEST)))
    html = "\n".join(map(_shown, outer))
    page = collect(LexborHTMLParser(f"<body><div>{html}</div></body>"))
    leaves = [leaf for leaf in page.leaves if not _hidden(leaf)]
    return (page, Selection(page.boxes[0], leaves)) if leaves else None


def _shown(node: LexborNode) -> str:
    """Return the markup of a container as if it were not hidden itself: an operator who names it means it to be read."""
    attrs = node.attributes  # a false alarm, such as `border: none`, costs the container's own tag alone
    hidden = "hidden" in attrs or "none" in (attrs.get("style") or "")
    return f"<div>{node.inner_html}</div>" if hidden else node.html or ""


def _hidden(leaf: Leaf) -> bool:
    box = leaf.box
    while not box.hidden and box.parent is not None:
        box = box.parent
    return box.hidden


def _host(url: str) -> str:
    try:
        return host_of(url)
    except InvalidUrl:
        return ""
