"""Addresses as pages write them, made absolute the way a browser does (WHATWG URL Standard, the parts pages get wrong)."""

import re
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from selectolax.lexbor import LexborHTMLParser

from worker.normalise.text import thinned
from worker.urls import MAX_LENGTH

# What the URL standard leaves as it is in paths and queries; an existing escape (%) is kept.
_SAFE = "!#$%&'()*+,-./:;=?@[]_~|"
_CONTROL = re.compile(r"[\t\n\r]")
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
    declared = node.attributes.get("href") if node is not None else None
    return (absolute(declared, url) or url) if declared else url


def absolute(written: str | None, base: str) -> str | None:
    """Return *written* as an absolute http(s) URL, None when it is none.

    White space around and line breaks inside vanish, backslashes are slashes, spaces and other characters outside
    ASCII are percent-encoded as UTF-8. A `#fragment` alone is no address, nor is what is longer than `urls.MAX_LENGTH`.
    """
    if not written:
        return None
    text = _CONTROL.sub("", written.strip(" \t\n\r\f\u00a0\u3000")).replace("\\", "/")
    if not text or text.startswith("#") or len(text) > MAX_LENGTH:
        return None
    if _SCHEME.match(text) and not text[:5].lower().startswith("http"):
        return None
    try:
        parts = urlsplit(urljoin(base, thinned(text)))  # both normalise the host
        host = parts.hostname
        if parts.scheme not in ("http", "https") or not host:
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
