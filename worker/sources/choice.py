"""Which links of a source its crawl job takes, and in which order."""

import re
from collections.abc import Iterable
from urllib.parse import unquote

from worker.errors import InvalidUrl
from worker.models import Source
from worker.sources.dates import believable
from worker.sources.listing import Link
from worker.urls import canonicalise


def chosen(links: Iterable[Link], source: Source, now: float) -> list[str]:
    """Return the URLs of those *links* that *source* asks for, the newest first, each page once.

    Its patterns are searched for in a URL as it stands and with its percent-escapes undone, so that `/新闻/` is found. The
    source's own URL and what is no canonical URL are left out. *now* (epoch seconds): what is dated later has no date.
    """
    include, exclude = (tuple(map(re.compile, patterns)) for patterns in (source.include, source.exclude))
    taken = {canonicalise(source.url)}
    urls = []
    for link in _newest_first(list(links), now):
        key = _key(link.url)
        if key is None or key in taken or not _wanted(link.url, include, exclude):
            continue
        taken.add(key)
        urls.append(link.url)
    return urls


def _newest_first(links: list[Link], now: float) -> list[Link]:
    """Sort *links* by date, stably. One without a date stays behind the link that the source lists before it.

    Sources list what belongs together side by side, mostly the newest first: a link's neighbour is the best guess at its age. The
    first ones share the first date there is; where there is none at all the source's order is kept.
    """
    dates = [link.at if link.at is not None and believable(link.at, now) else None for link in links]
    last = next((at for at in dates if at is not None), 0.0)
    ages = []
    for at in dates:
        last = last if at is None else at
        ages.append(-last)
    return [links[i] for i in sorted(range(len(links)), key=ages.__getitem__)]


def _wanted(url: str, include: tuple[re.Pattern[str], ...], exclude: tuple[re.Pattern[str], ...]) -> bool:
    forms = {url, unquote(url)}

    def found(patterns: tuple[re.Pattern[str], ...]) -> bool:
        return any(pattern.search(form) for pattern in patterns for form in forms)

    return (not include or found(include)) and not found(exclude)


def _key(url: str) -> str | None:
    try:
        return canonicalise(url)
    except InvalidUrl:
        return None
