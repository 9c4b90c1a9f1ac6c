"""How systems number the pages of an article in their addresses."""

import re
from urllib.parse import parse_qsl, urlsplit

PAGES_MAX = 200  # a page number beyond this is an id, not a place in an article

# A month or a day in a path has a leading zero, a page has none.
_NUMBERED = re.compile(
    r"^(?P<stem>.*?)(?:[_-]|/(?:page|p|seite)?[/-]?)(?P<number>[1-9]\d{0,2})(?P<tail>/?(?:\.\w{2,6})?)$", re.IGNORECASE
)
_PLAIN = re.compile(r"^(?P<stem>.*?)(?P<tail>/?(?:\.\w{2,6})?)$")
_OWN_NAME = re.compile(r"[^/]-\d{1,3}/?$")  # story-2 without a suffix: how WordPress names the second of two alike
_PARAMS = frozenset(("page", "p", "pg", "pn", "pageno", "page_no", "pagenum", "seite", "paged"))
_COMMENTS = re.compile(r"comment|respond|repl(?:y|ies)|kommentar", re.IGNORECASE)


def follows(url: str, target: str, *, from_zero: bool = False) -> bool:
    """Return whether *target* is the page after *url* by number, on the same stem.

    Usually a page without a number is the first, so that the next is 2. *from_zero*: it is 1 then, as where Drupal or a
    Chinese content system counts from 0; believe that only of a link that says that it leads to the next page.
    """
    here, there = urlsplit(url), urlsplit(target)
    if (here.hostname or "").removeprefix("www.") != (there.hostname or "").removeprefix("www."):
        return False
    if _COMMENTS.search(there.fragment):
        return False
    second = 1 if from_zero else 2
    if here.path.rstrip("/") == there.path.rstrip("/"):
        return _param_follows(here.query, there.query, second)
    if not _params(there.query)[1] <= _params(here.query)[1]:  # a parameter that says how we came here may be gone
        return False
    return _path_follows(here.path, there.path, second)


def _params(query: str) -> tuple[int | None, frozenset[tuple[str, str]]]:
    number, rest = None, set()
    for name, value in parse_qsl(query, keep_blank_values=True, max_num_fields=None):
        if name.lower() in _PARAMS and value.isdecimal() and len(value) <= 3:
            number = int(value)
        else:
            rest.add((name, value))
    return number, frozenset(rest)


def _param_follows(here: str, there: str, second: int) -> bool:
    (number, rest), (following, rest_there) = _params(here), _params(there)
    if following is None or rest != rest_there:
        return False
    return following == (second if number is None else number + 1) <= PAGES_MAX


def _path_follows(here: str, there: str, second: int) -> bool:
    found = _NUMBERED.match(there)
    plain = _PLAIN.match(here)
    if not found or not plain or not second <= int(found["number"]) <= PAGES_MAX:
        return False
    stem, tail = found["stem"], found["tail"].strip("/")
    number = int(found["number"])
    if _OWN_NAME.search(there):
        return False
    if number == second and _same(stem, tail, plain["stem"], plain["tail"]):
        return True
    numbered = _NUMBERED.match(here)
    return bool(numbered and int(numbered["number"]) + 1 == number and _same(stem, tail, numbered["stem"], numbered["tail"]))


def _same(stem: str, tail: str, other: str, other_tail: str) -> bool:
    other_tail = other_tail.strip("/")
    same_tail = tail == other_tail or not tail or not other_tail
    return same_tail and stem.rstrip("/").removesuffix("/index") == other.rstrip("/").removesuffix("/index")


def stem_of(url: str) -> str:
    """Return the part of *url*'s path that the addresses of all its pages have in common, "" when nothing tells."""
    path = urlsplit(url).path
    numbered = _NUMBERED.match(path)
    if numbered and int(numbered["number"]) <= PAGES_MAX:
        path = numbered["stem"]
    name = path.rstrip("/").rpartition("/")[2]
    return name.rpartition(".")[0] or name
