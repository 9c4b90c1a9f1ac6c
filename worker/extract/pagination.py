"""The next page of the same article, never the next article."""

import re
from urllib.parse import parse_qsl, urlsplit

from selectolax.lexbor import LexborHTMLParser

from worker.extract.addresses import absolute, base_of
from worker.extract.inline import squeeze

PAGES_MAX = 200  # a page number beyond this is an id, not a place in an article

_NEXT = re.compile(
    r"^(?:[下后後]一?[页頁]|余下全文|[阅閱][读讀]全文|展开全文|全文阅读|查看全文|next(?: page)?|older|weiter|nächste seite|"
    r"page suivante|suivant|siguiente|próxima|volgende|successiva|[>»›]{1,2}|次へ|次のページ(?:へ)?|다음)[\s>»›→]*$",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"篇|条|則|story|article|post|artikel|artículo", re.IGNORECASE)
# A month or a day in a path has a leading zero, a page has none.
_NUMBERED = re.compile(
    r"^(?P<stem>.*?)(?:[_-]|/(?:page|p|seite)?[/-]?)(?P<number>[1-9]\d{0,2})(?P<tail>/?(?:\.\w{2,6})?)$", re.IGNORECASE
)
_PLAIN = re.compile(r"^(?P<stem>.*?)(?P<tail>/?(?:\.\w{2,6})?)$")
_PARAMS = frozenset(("page", "p", "pg", "pn", "pageno", "page_no", "pagenum", "seite", "paged"))


def next_page(tree: LexborHTMLParser, url: str) -> str | None:
    """Return the absolute URL of the page that goes on with the article at *url*, None when there is none.

    A link counts when its words (or rel=next) say "next page" and its address has the same stem with the following
    number: `a.html` → `a_2.html`, `a_2.html` → `a_3.html`, `?page=2`, `/2`, `index_2.html`.
    """
    base = base_of(tree, url)
    for node in tree.css("a[href], link[rel=next]"):
        attrs = node.attributes
        href = attrs.get("href")
        if not href or (said := "next" in (attrs.get("rel") or "").lower().split()) is None:
            continue
        if not said and not _says_next(node.text(), attrs):
            continue
        target = absolute(href, base)
        if target and follows(url, target):
            return target.split("#", 1)[0]
    return None


def _says_next(text: str, attrs: dict[str, str | None]) -> bool:
    # Only short texts can match; whole teasers inside a link are not worth a look.
    label = squeeze(text[:60]) if len(text) < 200 else ""
    return bool(_NEXT.match(label)) and not _ARTICLE.search(f"{label} {attrs.get('title') or ''}")


def follows(url: str, target: str) -> bool:
    """Return whether *target* is the page after *url* by number, on the same stem."""
    here, there = urlsplit(url), urlsplit(target)
    if (here.hostname or "").removeprefix("www.") != (there.hostname or "").removeprefix("www."):
        return False
    if here.path.rstrip("/") == there.path.rstrip("/"):
        return _param_follows(here.query, there.query)
    if not _params(there.query)[1] <= _params(here.query)[1]:  # a parameter that says how we came here may be gone
        return False
    return _path_follows(here.path, there.path)


def _params(query: str) -> tuple[int | None, frozenset[tuple[str, str]]]:
    number, rest = None, set()
    for name, value in parse_qsl(query, keep_blank_values=True, max_num_fields=None):
        if name.lower() in _PARAMS and value.isdecimal() and len(value) <= 3:
            number = int(value)
        else:
            rest.add((name, value))
    return number, frozenset(rest)


def _param_follows(here: str, there: str) -> bool:
    (number, rest), (following, rest_there) = _params(here), _params(there)
    if following is None or rest != rest_there:
        return False
    return following == (1 if number is None else number) + 1 <= PAGES_MAX


def _path_follows(here: str, there: str) -> bool:
    found = _NUMBERED.match(there)
    plain = _PLAIN.match(here)
    if not found or not plain or not 2 <= int(found["number"]) <= PAGES_MAX:
        return False
    stem, tail = found["stem"], found["tail"].strip("/")
    number = int(found["number"])
    if number == 2 and _same(stem, tail, plain["stem"], plain["tail"]):
        return True
    numbered = _NUMBERED.match(here)
    return bool(numbered and int(numbered["number"]) + 1 == number and _same(stem, tail, numbered["stem"], numbered["tail"]))


def _same(stem: str, tail: str, other: str, other_tail: str) -> bool:
    other_tail = other_tail.strip("/")
    same_tail = tail == other_tail or not tail or not other_tail
    return same_tail and stem.rstrip("/").removesuffix("/index") == other.rstrip("/").removesuffix("/index")
