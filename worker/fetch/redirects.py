"""Where a redirect leads (RFC 9110 §15.4), one hop at a time, so that each can be checked."""

from collections.abc import Sequence

from worker.errors import BadRedirect
from worker.exchange import Exchange
from worker.urls import resolve

MAX_REDIRECTS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


def next_url(exchange: Exchange, hops: Sequence[str]) -> str | None:
    """Return the URL that *exchange* redirects to, without its fragment, None when it is no redirect.

    *hops* are the URLs before this one. Raises BadRedirect for a loop, the sixth redirect, a Location that is
    missing or no http(s) URL, and for those 3xx that redirect nowhere.
    """
    if not 300 <= exchange.status < 400 or exchange.status == 304:
        return None
    location = exchange.header("location")
    if exchange.status not in _REDIRECTS or location is None:
        raise BadRedirect(f"HTTP {exchange.status} that leads nowhere", status=exchange.status)
    target = resolve(exchange.url, location)
    if target is None:
        raise BadRedirect("redirected to what is no http or https URL", status=exchange.status)
    target = target.partition("#")[0]
    if target == exchange.url or target in hops:
        raise BadRedirect("redirected in a circle", status=exchange.status)
    if len(hops) >= MAX_REDIRECTS:
        raise BadRedirect(f"more than {MAX_REDIRECTS} redirects", status=exchange.status)
    return target
