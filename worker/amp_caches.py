"""The page that a copy in an AMP cache, or in Google's viewer of one, is a copy of.

Source: AMP project, "AMP cache URL format": `https://<origin's host, encoded>.<cache>/<kind>/[s/]<host>/<path>`.
"""

import re

_CACHES = (".cdn.ampproject.org", ".bing-amp.com")
_OLD_CACHE = "cdn.ampproject.org"  # before every origin got a host of its own
_VIEWERS = frozenset(("www.google.com", "google.com"))  # its other domains redirect; not all of that look are Google's
_ORIGIN = r"(?P<secure>s/)?(?P<host>[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,})(?P<rest>/.*)?"
# c: a page, v: a page in a viewer, wp: a page as signed exchange; images (i) and resources (r) are no pages.
_COPY = re.compile(rf"/(?:[cv]|wp)/{_ORIGIN}", re.IGNORECASE)
_SHOWN = re.compile(rf"/amp/{_ORIGIN}", re.IGNORECASE)


def origin_of(host: str, path: str) -> str | None:
    """Return the address, without its query, whose copy *path* is on the lower-case *host*; None when that is no such cache.

    Believed only when well formed: the cache's host must be the one that it gives the origin it names. An origin whose
    host is too long or too foreign to be spelt out is known by a hash there, and is not looked through.
    """
    if host == _OLD_CACHE or host.endswith(_CACHES):
        found = _COPY.fullmatch(path)
        if found is not None and host != _OLD_CACHE and not _is_host_of(host, found["host"].lower()):
            found = None
    else:
        found = _SHOWN.fullmatch(path) if host in _VIEWERS else None
    if found is None:
        return None
    return f"{'https' if found['secure'] else 'http'}://{found['host']}{found['rest'] or '/'}"


def _is_host_of(cache: str, origin: str) -> bool:
    """Return whether the cache calls *origin* by the first label of *cache*: hyphens doubled, dots as hyphens."""
    label = cache.partition(".")[0]
    encoded = origin.replace("-", "--").replace(".", "-")
    if encoded[2:4] == "--":  # or it would look like Punycode
        encoded = f"0-{encoded}-0"
    return label == encoded and cache.removeprefix(label) in _CACHES
