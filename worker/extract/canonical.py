"""Whether to believe what a page says its canonical URL is (RFC 6596, and the mistakes made with it)."""

import re
from urllib.parse import urlsplit

from worker.errors import InvalidUrl
from worker.urls import canonicalise

# Variants of one site under which the same page is served.
_VARIANT = re.compile(r"^(?:www[0-9]?|m|mobile|wap|amp|touch|3g|i)\.")
_FORM = re.compile(r"amp|page|seite|[0-9]{1,3}|print|all|single")  # another rendering or page of the same article
_HOME = re.compile(r"/?(?:index|default|home)?(?:\.[a-z]{2,5})?/?")


def believed_canonical(declared: str | None, *, final_url: str) -> str | None:
    """Return the canonical form of *declared* if the page at *final_url* may be known under it, else None.

    Believed only on the same host, or on its `www.`, mobile or AMP variant, and never when it names a home page or
    a bare section while the page itself lies deeper: templates that were filled in wrongly point every article at one URL.
    """
    if not declared:
        return None
    try:
        claimed, actual = canonicalise(declared), canonicalise(final_url)
    except InvalidUrl:
        return None
    there, here = urlsplit(claimed), urlsplit(actual)
    if _site(there.netloc) != _site(here.netloc):
        return None
    if _is_home(there.path, there.query) and not _is_home(here.path, here.query):
        return None
    if _is_folder_of(there.path, here.path) and not there.query:
        return None
    return claimed


def _site(netloc: str) -> str:
    return _VARIANT.sub("", netloc)


def _is_home(path: str, query: str) -> bool:
    return not query and _HOME.fullmatch(path) is not None


def _is_folder_of(claimed: str, actual: str) -> bool:
    """Return whether *claimed* is a folder two or more levels above *actual*: a section, not another form of the page.

    One level is common and right: `/story/amp` and `/story/page/2` belong to `/story`.
    """
    above, below = claimed.strip("/").split("/"), actual.strip("/").split("/")
    if below[: len(above)] != above:
        return False
    rest = below[len(above) :]
    return len(rest) >= 2 and not all(_FORM.fullmatch(part) for part in rest)
