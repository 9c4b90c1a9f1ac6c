"""The next page of the same article, never the next article."""

import re
from collections.abc import Iterator
from urllib.parse import unquote

from selectolax.lexbor import LexborHTMLParser, LexborNode

from worker.extract.addresses import absolute, base_of
from worker.extract.inline import squeeze
from worker.extract.numbering import PAGES_MAX, follows, stem_of
from worker.urls import MAX_LENGTH

_NEXT = re.compile(
    r"^(?:[下后後]一?[页頁]|余下全文|[阅閱][读讀]全文|展开全文|全文阅读|查看全文|(?:go to |continue to )?(?:the )?next(?: page)?|older|"
    r"weiter|nächste(?: seite)?|page suivante|suivant|(?:página )?siguiente|(?:próxima )?página siguiente|próxima(?: página)?|"
    r"volgende(?: pagina)?|(?:pagina )?successiva|[>»›→]{1,2}|次へ|次の?ページ(?:へ)?|다음(?: 페이지)?)[\s>»›→]*$",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"篇|条|則|story|article|post|artikel|artículo", re.IGNORECASE)
_NUMBER = re.compile(r"^(?:page|seite|página|pagina|第)?\s*(\d{1,3})\s*(?:[页頁]|ページ)?$", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W\d_]")
_PAGER_LETTERS = 40  # letters in a pager: "previous", "page 2 of 7", "next", hardly more
_PAGER_MAX = 120  # characters of all its labels
_PAGER_LEVELS = 4  # elements between a number's link and the pager around it, at most
# Pagers that turn something else than the article's pages.
_OTHERS = re.compile(r"comment|respond|repl(?:y|ies)|kommentar|galler|slide|carousel|swiper|related", re.IGNORECASE)
# What follows the stem in the address of a numbered page.
_TAIL = re.compile(
    r"(?:\.\w{2,6})?/?(?:(?:index)?[_-]|/?(?:page|p|seite)?[/-]?|(?:\?[^\"'<>\s#]{0,200})?[?&;](?:page|p|pg|pn|page_?no|pagenum|seite|paged)=)"
    r"([1-9]\d{0,2})(?!\w)",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"[1-9]\d{0,2}/?(?:\.\w{2,6})?\s*(?:[?#]|$)|[?&;][a-z_]{1,7}=[1-9]\d{0,2}(?!\d)", re.IGNORECASE)
_UNQUOTABLE = re.compile(r"[\"\\\x00-\x1f\ud800-\udfff]")  # what would end or change a string in a selector
STEM_MIN = 2  # characters; a shorter one stands everywhere


def next_page(tree: LexborHTMLParser, url: str) -> str | None:
    """Return the absolute URL of the page that goes on with the article at *url*, None when there is none.

    A link counts when its address has the same stem with the following number (`a.html` → `a_2.html`, `a_2.html` →
    `a_3.html`, `?page=2`, `/2`, `index_2.html`) and its words (or rel=next) say "next page", or when it is the number
    after the one that a pager shows for this page. Pagers of comments and galleries do not count.
    """
    if not url:
        return None
    base, numbered = "", None
    for node, href, said in _links(tree, stem_of(url)):
        base = base or base_of(tree, url)
        target = absolute(href, base)
        if not target or not (follows(url, target) or follows(url, target, from_zero=True)) or _is_others(node):
            continue
        if said or _says_next(node):
            return target.split("#", 1)[0]
        if numbered is None and _in_pager(node, target, url):
            numbered = target.split("#", 1)[0]
    return numbered


def _links(tree: LexborHTMLParser, stem: str) -> Iterator[tuple[LexborNode, str, bool]]:
    """Yield the links to numbered addresses: the link, as it is written, whether it is called the next page's (rel=next)."""
    names = {stem, unquote(stem)}
    telling = min(map(len, names)) >= STEM_MIN and not any(map(_UNQUOTABLE.search, names))
    links = ", ".join([*(f'a[href*="{name}"]' for name in names), 'a[href^="?"]']) if telling else "a[href]"
    for node in tree.css(f"{links}, link[rel~=next]"):
        attrs = node.attributes
        if (href := attrs.get("href")) and len(href) <= MAX_LENGTH and _NUMBERED.search(href):
            said = "next" in (attrs.get("rel") or "").lower().split()
            if said or not telling or href[0] == "?" or any(_goes_on(href, name) for name in names):
                yield node, href, said


def _goes_on(href: str, stem: str) -> bool:
    """Return whether a number follows the *stem* in *href*: a page links often to itself, to be shared or printed."""
    at = href.find(stem)
    while at >= 0:
        if _TAIL.match(href, at + len(stem)):
            return True
        at = href.find(stem, at + 1)
    return False


def _says_next(node: LexborNode) -> bool:
    attrs = node.attributes
    label, title = squeeze(node.text()[:200]), attrs.get("title") or ""
    spoken = attrs.get("aria-label") or title
    said = _NEXT.match(label) or (len(label) < 2 and _NEXT.match(squeeze(spoken)))
    return bool(said) and not _ARTICLE.search(f"{label} {title}")


def _in_pager(node: LexborNode, target: str, url: str) -> bool:
    """Return whether *node* is a pager's link to page n + 1, and n stands there for this page: no link, or one to itself."""
    found = _NUMBER.match(squeeze(node.text()[:40]))
    if not found or not 2 <= (number := int(found[1])) <= PAGES_MAX:
        return False
    if number != 2 and not follows(url, target):  # counted from 0, the second page is "2" and its address says 1
        return False
    here = re.compile(rf"(?<!\d){number - 1}(?!\d)")
    around = node.parent
    for _ in range(_PAGER_LEVELS):
        if around is None or len(text := squeeze(around.text(separator=" ")[: 2 * _PAGER_MAX])) > _PAGER_MAX:
            return False
        if here.search(text):
            return len(_LETTERS.findall(text)) <= _PAGER_LETTERS and not _leads_elsewhere(around, number - 1, url)
        around = around.parent
    return False


def _leads_elsewhere(pager: LexborNode, number: int, url: str) -> bool:
    for link in pager.css("a[href]"):
        if squeeze(link.text()[:40]) == str(number):
            target = absolute(link.attributes.get("href"), url)
            if target is not None and target.split("#", 1)[0].rstrip("/") != url.split("#", 1)[0].rstrip("/"):
                return True
    return False


def _is_others(node: LexborNode | None) -> bool:
    for _ in range(_PAGER_LEVELS):
        if node is None:
            return False
        attrs = node.attributes
        if _OTHERS.search(f"{attrs.get('class') or ''} {attrs.get('id') or ''}") and node.tag != "body":
            return True
        node = node.parent
    return False
