"""Addresses as pages write them, made absolute the way a browser does (WHATWG URL Standard, the parts pages get wrong)."""

import re
from functools import lru_cache
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from selectolax.lexbor import LexborHTMLParser

from worker.normalise.text import thinned
from worker.urls import MAX_LENGTH

# What the URL standard leaves as it is in paths and queries; an existing escape (%) is kept.
_SAFE = "!#$%&'()*+,-./:;=?@[]_~|"
_CONTROL = re.compile(r"[\t\n\r]")
# Addresses that joining and quoting leave as they are: nine of ten on real pages, for a tenth of the work.
_ORDINARY = re.compile(
    r"https?://[A-Za-z0-9][A-Za-z0-9.-]*(?::\d{1,5})?(?=/)(?!.*/\.)"
    r"(?:/[\w!$%&'()*+,.:=@~|-]*)+(?:\?[\w!$%&'()*+,./:=?@~|;-]+)?(?:#[\w!$%&'()*+,./:=?@~|;-]+)?",
    re.ASCII,
)
_NO_HOST = re.compile(r"[\x00-\x20\x7f\\%<>^|]")  # WHATWG URL, "forbidden domain code point", as far as `urlsplit` lets them by
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def parseable(url: str) -> str:
    """Return *url*, or "" if it is no URL: nothing is known of where such a page stands, nothing is relative to it."""
    try:
        urlsplit(url)
    except ValueError:
        return ""
    return url


def base_of(tree: LexborHTMLParser, url: str) -> str:
    """Return what relative addresses of the page at *url* are relative to: `<base href>` if there is one."""
    node = tree.css_first("base[href]")
    return base_from((node.attributes.get("href") if node is not None else None) or "", url)


def base_from(declared: str, url: str) -> str:
    """Return what relative addresses of the page at *url* are relative to, *declared* being its `<base href>` or ""."""
    return (absolute(declared, url) or url) if declared else url


@lru_cache(maxsize=64)  # a page has one base, and a process a few dozen pages under way
def _origin(base: str) -> str:
    """Return scheme and host of *base* if it is an ordinary address, else ""."""
    return "/".join(base.split("/", 3)[:3]) if _ORDINARY.fullmatch(base) else ""


def absolute(written: str | None, base: str) -> str | None:
    """Return *written* as an absolute http(s) URL, None when it is none.

    White space around and line breaks inside vanish, backslashes are slashes, spaces and other characters outside
    ASCII are percent-encoded as UTF-8. A `#fragment` alone is no address, nor is what is longer than `urls.MAX_LENGTH`.
    """
    if not written:
        return None
    if len(written) <= MAX_LENGTH:
        ordinary = written
        if written[0] == "/" and (origin := _origin(base)):
            ordinary = f"{origin[: origin.index(':') + 1]}{written}" if written[1:2] == "/" else origin + written
        if len(ordinary) <= MAX_LENGTH and _ORDINARY.fullmatch(ordinary):
            return ordinary
    text = _CONTROL.sub("", written.strip(" \t\n\r\f\u00a0\u3000")).replace("\\", "/")
    if not text or text.startswith("#") or len(text) > MAX_LENGTH:
        return None
    if _SCHEME.match(text) and not text[:5].lower().startswith("http"):
        return None
    try:
        parts = urlsplit(urljoin(base, thinned(text)))  # both normalise the host
        host = parts.hostname
        if parts.scheme not in ("http", "https") or not host or _NO_HOST.search(host):
            return None
        netloc = parts.netloc
        if not netloc.isascii():
            netloc = netloc.replace(host, host.encode("idna").decode("ascii")) if host in netloc else host.encode("idna").decode()
        url = urlunsplit((
            parts.scheme, netloc, quote(parts.path, _SAFE, errors="replace"), quote(parts.query, _SAFE, errors="replace"),
            quote(parts.fragment, _SAFE, errors="replace"),
        ))  # fmt: skip
    except ValueError:  # UnicodeError is one: a host that is no name, a bracket without its partner
        return None
    return url if len(url) <= MAX_LENGTH else None
