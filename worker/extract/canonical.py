"""Which of the addresses that a page gives itself to believe (RFC 6596, and the mistakes made with it).

In doubt two addresses stay apart: what is wrongly kept apart is found as a copy, what is wrongly merged is lost.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from worker.errors import InvalidUrl
from worker.extract import jsonld
from worker.extract.head import HANDHELD, Head
from worker.urls import canonicalise, resolve

MOST_FORMS = 8  # addresses beside the canonical one; honest pages give three

# Variants of one site under which the same page is served; wherever `m.` stands, as in `en.m.`.
_VARIANT = re.compile(r"(?:(www[0-9]?)|m|mobile|wap|amp[0-9]?|touch|3g|i|h5|mip)\.(?=[^.]+\.)")
_INNER_VARIANT = re.compile(r"(?<=\.)(?:m|mobile|amp)\.(?=[^.]+\.)")
# Renderings of the page, as a segment, at the end of a name, and as a parameter.
_RENDERINGS = re.compile(r"(?:google-)?amp(?:-?page|html)?(?:\.html?)?|m|mobile|lite|mip|print")
_RENDERED = re.compile(r"[._-](?:amp|mobile|mip|print)(?=(?:\.[a-z]{2,5})?$)")
_RENDERING = re.compile(
    r"(?:_?amp|hs_amp|outputtype|mobile|print|view|layout|format|m)(?:=(?:1|true|(?:amp|mobile|print)[a-z-]*)?)?"
)
_FORM = re.compile(r"amp|page|seite|[0-9]{1,3}|print|all|single")  # another rendering or page of the same article
_HOME = re.compile(r"/(?:[a-z]{2}(?:[-_][a-z]{2})?)?/?(?:(?:index|default|home)(?:\.[a-z]{2,5})?)?")
_INDEX = re.compile(r"(?:index|default|home)\.[a-z]{2,5}")
# What only one page's address has: five digits (four are a year), three words, a code, a word in another script.
_SPECIFIC = re.compile(r"[0-9]{5}|[^-_+ ][-_+ ]+[^-_+ ]+[-_+ ]+[^-_+ ]|(?=[a-z_-]{0,8}[0-9])[a-z0-9_-]{9}|[^\x00-\x7f]{2}")
_NAMED = re.compile(r"[0-9]{3}|[^-_+ ][-_+ ]+[^-_+ ]|[^\x00-\x7f]|.{16}")  # more than the one short word of a section
_CHOOSING = re.compile(r".*(?:id|nr|no|num|slug|title|article|story|news|doc|item|key|code)|[a-z]")  # a parameter's name
_CHOOSING_VALUE = re.compile(r"[0-9]{4}|[^-_+ ][-_+ ]+[^-_+ ]+[-_+ ]+[^-_+ ]")
_NUMBER = re.compile(r"[0-9]+")
_ID = re.compile(r"(?<![0-9])(?!(?:19|20)[0-9]{6}(?![0-9]))[0-9]{5,}")  # eight digits may be a day, which articles share
_WORD = re.compile(r"[^\W_]{3,}")


@dataclass(frozen=True, slots=True)
class _Address:
    """A URL as far as it names a page: without variants of the site, renderings, case and spelling."""

    site: str
    path: str
    params: frozenset[str]
    rendered: bool  # whether it says itself that it is another rendering of a page

    @property
    def is_home(self) -> bool:
        return not self.params and _HOME.fullmatch(self.path) is not None

    @property
    def is_specific(self) -> bool:
        return _SPECIFIC.search(self.path.rpartition("/")[2]) is not None


def declared_forms(head: Head, article: jsonld.Node | None, *, url: str, canonical: str | None) -> tuple[str, ...]:
    """Return what else than *canonical* the page at *url* calls itself: absolute, not yet believed, `MOST_FORMS` at most.

    A second canonical link, og:url, the `url` and `mainEntityOfPage` of its article in JSON-LD, and its other renderings:
    AMP, mobile (Google: `rel="alternate"` with `media`), MIP.
    """
    said = [*head.links.get("canonical", ()), *head.meta.get("og:url", ())]
    if article is not None:
        said += [jsonld.url_of(article.get("url")), jsonld.url_of(article.get("mainEntityOfPage"))]
    said += [href for rel in ("amphtml", HANDHELD, "miphtml") for href in head.links.get(rel, ())]
    known = {"", "#", url, canonical}
    others = dict.fromkeys(form for form in map(str.strip, said) if form not in known)
    forms = (resolve(url, form) for form in list(others)[: 2 * MOST_FORMS])
    return tuple(dict.fromkeys(form for form in forms if form is not None and form not in known))[:MOST_FORMS]


def believed_canonical(declared: str | None, *, final_url: str, also: Iterable[str] = ()) -> str | None:
    """Return the canonical form of *declared* if the page at *final_url* may be known under it, else None.

    *also*: what else the page calls itself, see `declared_forms`. Believed is another spelling or rendering of the page's
    own address, and any other on the same site (the host, or its `www.`, mobile or AMP variant), but never

    - a home page or a section, while the page itself lies deeper, nor an address that has lost what chooses the article:
      templates that were filled in wrongly point every article at one URL;
    - an article, while the page itself is a home page or the section that it lies in;
    - an address that differs in numbers alone, or has another article number: that is the article next to it;
    - one that the page contradicts, calling itself by its own address elsewhere, unless the two have a number or most of
      their words in common.

    One on another host says where a text comes from: another article, of which this is a copy.
    """
    if not declared:
        return None
    try:
        claimed, actual = canonicalise(declared), canonicalise(final_url)
    except InvalidUrl:
        return None
    if claimed == actual:
        return claimed
    there, here = _address(claimed), _address(actual)
    if there.site != here.site or there.is_home is not here.is_home or _is_folder_of(there, here):
        return None
    if _same_page(there, here):
        return claimed
    if _lacks_the_choice(there, here) or _is_story_in(here, there) or _is_neighbour(there, here):
        return None
    if not _are_alike(there, here) and any(_same_page(form, here) for form in map(_address, _canonical(also))):
        return None
    return claimed


def believed_forms(declared: Iterable[str], *, key: str) -> tuple[str, ...]:
    """Return the canonical forms of those *declared* addresses under which the page known as *key* may be found too.

    Believed is another spelling or rendering of *key*, and what says itself that it is a rendering and has the number of
    the article: nothing that could be another article's own address.
    """
    page = _address(key)
    found = (form for form in _canonical(declared) if form != key)
    return tuple(dict.fromkeys(form for form in found if _is_form_of(_address(form), page)))


def is_home(url: str) -> bool:
    """Return whether a canonical *url* is that of a site's front page."""
    return _address(url).is_home


def _canonical(urls: Iterable[str]) -> Iterable[str]:
    for url in urls:
        try:
            yield canonicalise(url)
        except InvalidUrl:
            continue


def _address(canonical: str) -> _Address:
    parts = urlsplit(canonical)
    host = _VARIANT.match(parts.netloc)
    site = _INNER_VARIANT.sub("", parts.netloc[host.end() :] if host else parts.netloc)
    path = unquote(parts.path, errors="replace").lower().rstrip("/")
    path = path.removesuffix("/1") if path.endswith("/amp/1") else path
    named = [segment for segment in path.split("/") if segment]
    if named and _INDEX.fullmatch(named[-1]) and len(named) > 1:
        named.pop()
    segments = [_RENDERED.sub("", segment) for segment in named if not _RENDERINGS.fullmatch(segment)]
    pairs = [unquote(pair, errors="replace").lower() for pair in parts.query.split("&") if pair]
    params = frozenset(pair for pair in pairs if not _RENDERING.fullmatch(pair))
    rendered = (site != parts.netloc and not (host and host[1])) or segments != named or len(params) < len(pairs)
    return _Address(site, "/" + "/".join(segments), params, rendered)


def _same_page(one: _Address, other: _Address) -> bool:
    """Return whether the two addresses differ at most in what chooses no article."""
    if (one.site, one.path) != (other.site, other.path):
        return False
    apart = one.params ^ other.params
    if one.is_specific:  # the path chooses; still, one parameter with two values may choose among pages
        names = Counter(pair.partition("=")[0] for pair in apart)
        apart = frozenset(pair for pair in apart if names[pair.partition("=")[0]] > 1)
    elif (kept := one.params & other.params) in (one.params, other.params) and any(map(_chooses, kept)):
        return True  # what one has more is beside the point
    return not any(map(_chooses, apart))


def _chooses(pair: str) -> bool:
    """Return whether the parameter *pair*, in lower case, may choose the article."""
    name, _, value = pair.partition("=")
    return (_CHOOSING.fullmatch(name.rstrip("]")) is not None and value != "1") or _CHOOSING_VALUE.search(value) is not None


def _is_folder_of(claimed: _Address, actual: _Address) -> bool:
    """Return whether *claimed* is a section above *actual*, not the page of which that is another form or a part.

    `/story/page/2` belongs to `/story`, and `/a-long-story/slides/4` to `/a-long-story`.
    """
    above, below = claimed.path.strip("/").split("/"), actual.path.strip("/").split("/")
    if claimed.params or below[: len(above)] != above or len(below) == len(above):
        return False
    if all(_FORM.fullmatch(part) for part in below[len(above) :]):
        return False
    return actual.is_specific or not claimed.is_specific


def _lacks_the_choice(claimed: _Address, actual: _Address) -> bool:
    """Return whether *claimed* names a section or a script, where *actual* names one article."""
    if claimed.path == actual.path:
        return True  # they are not the same page by their parameters
    if claimed.is_specific or not actual.is_specific or any(map(_chooses, claimed.params)):
        return False
    above, _, name = claimed.path.rpartition("/")
    return not above or _NAMED.search(name) is None


def _is_story_in(section: _Address, claimed: _Address) -> bool:
    """Return whether *claimed* lies in the *section*: such pages may repeat the tags of their first story."""
    if section.is_specific or section.params or claimed.is_home:
        return False
    return claimed.path.startswith(section.path.rstrip("/") + "/")


def _is_neighbour(claimed: _Address, actual: _Address) -> bool:
    """Return whether the two addresses have different article numbers, or differ in numbers alone."""
    ids = _ids(claimed), _ids(actual)
    if all(ids) and ids[0].isdisjoint(ids[1]):
        return True
    there, here = (" ".join([address.path, *sorted(address.params)]) for address in (claimed, actual))
    if _NUMBER.sub("0", there) != _NUMBER.sub("0", here):
        return False
    return any(a.lstrip("0") != b.lstrip("0") for a, b in zip(_NUMBER.findall(there), _NUMBER.findall(here), strict=True))


def _are_alike(one: _Address, other: _Address) -> bool:
    """Return whether two addresses look like those of one article: by their number, else by half of their words."""
    ids = _ids(one), _ids(other)
    if all(ids):
        return not ids[0].isdisjoint(ids[1])
    words = set(_WORD.findall(one.path)), set(_WORD.findall(other.path))
    return 2 * len(words[0] & words[1]) > max(map(len, words))


def _is_form_of(form: _Address, page: _Address) -> bool:
    if form.site != page.site or form.is_home:
        return False
    return _same_page(form, page) or (form.rendered and not _ids(form).isdisjoint(_ids(page)))


def _ids(address: _Address) -> set[str]:
    return set(_ID.findall(" ".join([address.path, *address.params])))
