"""What a page says about itself to machines: meta elements, links, `<title>`, microdata and JSON-LD."""

from collections.abc import Sequence
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from worker.extract.nodes import ancestors
from worker.normalise.text import plain
from worker.urls import MAX_LENGTH

LONGEST_VALUE = 5_000  # characters of one meta value; descriptions are a few hundred
HANDHELD = "alternate handheld"  # under which a page's alternates for a `media` are kept; no rel token holds a blank
MOST_ELEMENTS = 3_000  # meta and link elements looked at; a hostile page may have a million

_STRAY = "meta,link[rel],base[href]"
_SCRIPT = "script[type*=ld]"
_NAMES = ("property", "name", "itemprop", "http-equiv")


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The machine-readable part of a page.

    *meta* maps a lower-case name, property or itemprop to its contents in document order, *links* a lower-case rel
    token to its hrefs; *blocks* are the texts of JSON-LD scripts, *title* the text of `<title>`, *lang* of `<html lang>`.
    """

    meta: dict[str, list[str]]
    links: dict[str, list[str]]
    blocks: tuple[str, ...]
    title: str
    lang: str
    base: str

    def first(self, *names: str) -> str:
        """Return the first content of the first of *names* that has one, plain, or ""."""
        meta = self.meta
        for name in names:
            if name in meta:
                for value in meta[name]:
                    if text := plain(value):
                        return text
        return ""

    def every(self, *names: str) -> list[str]:
        """Return all contents of all *names*, plain, in this order."""
        meta = self.meta
        return [text for name in names if name in meta for value in meta[name] if (text := plain(value))]

    def link(self, rel: str) -> str:
        """Return the first href of *rel*, or ""."""
        return next((href for href in self.links.get(rel, ()) if href), "")


def read_head(tree: LexborHTMLParser, html: str | None = None) -> Head:
    """Return the machine-readable part of *tree*, wherever in the page it stands.

    The body is not searched when the head describes the article in full: what more it holds is about parts of the page.
    """
    reading = _Reading()
    found = tree.head.css(f"title,{_STRAY},{_SCRIPT}") if tree.head is not None else []
    reading.take(found[:MOST_ELEMENTS])
    if tree.body is not None and (html is None or not _is_complete(reading)):
        # Where the head holds all meta elements, the body's links are not the page's own.
        strays = html is None or len(tree.tags("meta")) != [node.tag for node in found].count("meta")
        reading.take(tree.body.css(f"{_STRAY},{_SCRIPT}" if strays else _SCRIPT)[: MOST_ELEMENTS - len(found)])
    root = tree.root.attributes if tree.root is not None else {}
    return Head(
        meta=reading.meta,
        links=reading.links,
        blocks=tuple(reading.blocks),
        title=reading.title or _stray_title(tree),
        lang=(root.get("lang") or root.get("xml:lang") or "").strip(),
        base=reading.base,
    )


class _Reading:
    """What was found so far."""

    def __init__(self) -> None:
        self.meta: dict[str, list[str]] = {}
        self.links: dict[str, list[str]] = {}
        self.blocks: list[str] = []
        self.title = self.base = ""

    def take(self, nodes: Sequence[LexborNode]) -> None:
        """Read *nodes*, which are in document order."""
        for node in nodes:
            tag = node.tag
            if tag == "meta":
                _add_meta(self.meta, node.attributes)
            elif tag == "link":
                attributes = node.attributes
                rels = (attributes.get("rel") or "").lower()
                if rels == "alternate" and attributes.get("media"):  # the same page for other screens, not a feed or style sheet
                    self.links.setdefault(HANDHELD, []).append((attributes.get("href") or "").strip()[: MAX_LENGTH + 1])
                for rel in rels.split():
                    self.links.setdefault(rel, []).append((attributes.get("href") or "").strip()[: MAX_LENGTH + 1])
            elif tag == "script":
                self.blocks.append(node.text())
            elif tag == "title" and not self.title:
                self.title = plain(node.text()[:LONGEST_VALUE])
            elif tag == "base" and not self.base:
                self.base = (node.attributes.get("href") or "").strip()


def _is_complete(reading: _Reading) -> bool:
    """Return whether the article is described in full; what more there is in the body is about parts of the page."""
    return "og:title" in reading.meta and any(map(_describes, reading.blocks))


def _describes(block: str) -> bool:
    """Return whether a JSON-LD block is likely to describe an article in full."""
    return '"datePublished"' in block and '"headline"' in block and '"author"' in block


def _stray_title(tree: LexborHTMLParser) -> str:
    """Return the text of the first `<title>` of the body that is not that of an SVG picture."""
    for node in tree.css("title"):
        if not any(around.tag == "svg" for around in ancestors(node, 6)) and (title := plain(node.text()[:LONGEST_VALUE])):
            return title
    return ""


def _add_meta(meta: dict[str, list[str]], attributes: dict[str, str | None]) -> None:
    content = attributes.get("content") or attributes.get("value") or attributes.get("datetime")
    if not content:
        return
    for key in _NAMES:
        if key in attributes and (name := attributes[key]):
            meta.setdefault(name.strip().lower(), []).append(content[:LONGEST_VALUE])
