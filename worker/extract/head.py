"""What a page says about itself to machines: meta elements, links, `<title>`, microdata and JSON-LD, in one query."""

from collections.abc import Iterable
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from worker.extract.nodes import ancestors
from worker.normalise.text import plain
from worker.urls import MAX_LENGTH

LONGEST_VALUE = 5_000  # characters of one meta value; descriptions are a few hundred
MOST_ELEMENTS = 3_000  # meta and link elements looked at; a hostile page may have a million

_QUERY = "title,meta,link[rel],base[href],script[type*=ld]"


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
        return next((text for name in names for value in self.meta.get(name, ()) if (text := plain(value))), "")

    def every(self, *names: str) -> list[str]:
        """Return all contents of all *names*, plain, in this order."""
        return [text for name in names for value in self.meta.get(name, ()) if (text := plain(value))]

    def link(self, rel: str) -> str:
        """Return the first href of *rel*, or ""."""
        return next((href for href in self.links.get(rel, ()) if href), "")


def read_head(tree: LexborHTMLParser) -> Head:
    """Return the machine-readable part of *tree*, wherever in the page it stands."""
    meta: dict[str, list[str]] = {}
    links: dict[str, list[str]] = {}
    blocks: list[str] = []
    title = base = ""
    for node in tree.css(_QUERY)[:MOST_ELEMENTS]:
        tag, attributes = node.tag, node.attributes
        if tag == "meta":
            _add_meta(meta, attributes)
        elif tag == "link":
            for rel in (attributes.get("rel") or "").lower().split():
                links.setdefault(rel, []).append((attributes.get("href") or "").strip()[: MAX_LENGTH + 1])
        elif tag == "script":
            blocks.append(node.text())
        elif tag == "title" and not title and not _in_picture(node):
            title = plain(node.text()[:LONGEST_VALUE])
        elif tag == "base" and not base:
            base = (attributes.get("href") or "").strip()
    html = tree.root.attributes if tree.root is not None else {}
    lang = html.get("lang") or html.get("xml:lang") or ""
    return Head(meta=meta, links=links, blocks=tuple(blocks), title=title, lang=lang.strip(), base=base)


def _add_meta(meta: dict[str, list[str]], attributes: dict[str, str | None]) -> None:
    content = attributes.get("content") or attributes.get("value") or attributes.get("datetime")
    if not content:
        return
    names: Iterable[str | None] = (attributes.get(key) for key in ("property", "name", "itemprop", "http-equiv"))
    for name in names:
        if name:
            meta.setdefault(name.strip().lower(), []).append(content[:LONGEST_VALUE])


def _in_picture(node: LexborNode) -> bool:
    """Return whether a `<title>` is that of an SVG picture."""
    return any(around.tag == "svg" for around in ancestors(node, 6))
