"""What an operator says of a site: where its pages keep what is looked for. Values, and which of them a URL is subject to."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any
from zoneinfo import ZoneInfo

from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from worker.errors import InvalidUrl
from worker.urls import canonicalise, host_of

_BELOW = "*."


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRules:
    """The rules called *name*, for pages at *hosts* whose path begins with *path*.

    `*.` before a host means it and every host below it; a host without a port means all its ports. Of the CSS selectors
    the first that finds something counts, but *remove* and *images* take what any finds. *article* is the verdict for
    these pages (None: judge each); *language* (BCP 47) and *zone* (IANA name) are what they are written in.
    """

    name: str
    hosts: tuple[str, ...]
    path: str = "/"
    title: tuple[str, ...] = ()
    body: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    date: tuple[str, ...] = ()
    modified: tuple[str, ...] = ()
    lead_image: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    next_page: tuple[str, ...] = ()
    article: bool | None = None
    language: str | None = None
    zone: str | None = None

    @property
    def timezone(self) -> ZoneInfo | None:
        """The zone in which times without an offset are meant, if the rules say so."""
        return ZoneInfo(self.zone) if self.zone else None


class SiteBook:
    """All rules of an operator."""

    def __init__(self, rules: Iterable[SiteRules] = ()) -> None:
        self._by_host: dict[str, list[SiteRules]] = {}
        for one in rules:
            for host in one.hosts:
                self._by_host.setdefault(host, []).append(one)
        for found in self._by_host.values():
            found.sort(key=lambda one: -len(one.path))  # stable: of equals the first

    def find(self, url: str) -> SiteRules | None:
        """Return the rules for the page at *url*, None without any.

        Those of its own host go before those of a host above it, and the longest path first; one set applies, never two.
        """
        if not self._by_host:
            return None
        try:
            netloc, canonical = host_of(url), canonicalise(url)
        except InvalidUrl:
            return None
        path = "/" + canonical.split("/", 3)[3]
        return next((one for key in _keys(netloc) for one in self._by_host.get(key, ()) if path.startswith(one.path)), None)


def _keys(netloc: str) -> Iterator[str]:
    """Yield what may stand as the host of a page at *netloc*, the closest first."""
    yield netloc
    host = netloc if netloc.endswith("]") else netloc.rpartition(":")[0] or netloc
    if host != netloc:
        yield host
    while host:
        yield _BELOW + host
        host = host.partition(".")[2]


def host_form(host: str) -> str:
    """Return *host* (perhaps behind `*.`, perhaps with a port) as URLs have it, in punycode. Raises InvalidUrl."""
    bare = host.removeprefix(_BELOW)
    return host[: len(host) - len(bare)] + host_of(f"http://{bare}/")


def why_no_selector(text: str) -> str | None:
    """Return why *text* is no CSS selector that we can use, as the end of a sentence; None when it is one."""
    try:
        LexborHTMLParser("").css_first(text)
    except SelectolaxError:
        for sign, hint in _HINTS.items():
            if sign in text:
                return hint
        return ""
    return None


_HINTS = {
    "::": ": there are no pseudo-elements such as ::text, the text of what is found is taken by itself",
    "//": ": it looks like XPath",
    ":contains": ": :contains is not CSS",
}


def dump_rules(rules: SiteRules) -> dict[str, Any]:
    """Return *rules* as values that `json` can write; `load_rules` gives equal ones back."""
    return asdict(rules)


def load_rules(data: Mapping[str, Any]) -> SiteRules:
    """Return the rules that `dump_rules` wrote. Raises KeyError on anything else."""
    values: dict[str, Any] = {field.name: data[field.name] for field in fields(SiteRules)}
    values |= {name: tuple(value) for name, value in values.items() if isinstance(value, list)}
    return SiteRules(**values)
