"""The manifest of the sample site: every URL with what is promised of it."""

from tests.site.articles import ARTICLES, FIXTURES
from tests.site.entries import Entry, Serving
from tests.site.specials import ALIASES, REFUSED, RETRIED, SPECIALS

CATALOGUE: tuple[Entry, ...] = ARTICLES + FIXTURES + SPECIALS
BY_PATH: dict[str, Entry] = {entry.path: entry for entry in CATALOGUE}
LISTED: tuple[Entry, ...] = tuple(
    sorted((entry for entry in CATALOGUE if entry.listed), key=lambda entry: entry.published_at or "", reverse=True)
)

# What the demo brings in: all articles and fixtures, and those special URLs that end within a few seconds.
DEMO: tuple[str, ...] = (
    *(entry.path for entry in ARTICLES + FIXTURES),
    "/amp/lighthouse-keeper",
    "/old/ferry",
    "/private/minutes.html",
    "/gone/withdrawn.html",
    "/members/vestry.html",
    "/loop/a",
    "/leak/metadata",
    "/section/transport/",
    "/premium/orchard-prices.html",
    "/files/tide-tables.pdf",
    "/broken/endless.html",
    "/broken/bomb.html",
)

__all__ = [
    "ALIASES",
    "ARTICLES",
    "BY_PATH",
    "CATALOGUE",
    "DEMO",
    "FIXTURES",
    "LISTED",
    "REFUSED",
    "RETRIED",
    "SPECIALS",
    "Entry",
    "Serving",
]
