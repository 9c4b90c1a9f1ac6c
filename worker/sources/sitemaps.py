"""Site maps: lists of pages, indexes of site maps, and the news extension."""

from xml.parsers import expat

from worker.errors import WrongType
from worker.sources.dates import NO_CLOCK
from worker.sources.feeds import gather_feed
from worker.sources.listing import Gathering, Link, Listing
from worker.sources.unwrap import Looks, unwrap

MOST_LINKS = 50_000  # sitemaps.org: of one site map, and of one index
DEEPEST = 100  # elements open at once; a news site map has four, with pictures five
LONGEST_TEXT = 4_000  # characters of one element; twice the longest URL, to allow for white space
_ENTRIES = ("url", "sitemap")
# With their parents: pictures and films of a page have a `loc` and a `title` of their own.
_FIELDS = frozenset((
    ("url", "loc"), ("url", "lastmod"), ("sitemap", "loc"), ("sitemap", "lastmod"), ("news", "publication_date"), ("news", "title"),
))  # fmt: skip
_SLICE = 1_000_000  # characters given to the parser at a time: it starts again on a token that a slice cuts


def read_sitemap(body: bytes, *, url: str, content_type: str | None, now: float = NO_CLOCK) -> Listing:
    """Return what the site map *body*, fetched from *url* at *now* (epoch seconds), lists: pages as links, site maps as further.

    Takes XML, plain text (a URL a line), gzip of either, and RSS or Atom. A page is dated by the news extension's
    publication_date, else by lastmod; the site maps of an index come newest first. XML that is ill-formed or breaks off gives what
    came before and a note. Raises WrongType for anything else, TooLarge for more than 50 MB unpacked.
    Sources: sitemaps.org protocol 0.9, Google news site maps.
    """
    document = unwrap(body, content_type=content_type)
    pages, maps = (Gathering(url, most=MOST_LINKS, now=now) for _ in range(2))
    notes = list(document.notes)
    match document.looks:
        case Looks.SITE_MAP:
            notes += _Reader(pages, maps).read(document.text)
        case Looks.FEED:
            notes += gather_feed(document.text, url, pages)
        case Looks.TEXT:
            _gather_lines(document.text, pages)
        case Looks.HTML:
            raise WrongType("it is an HTML page, not a site map: robots.txt of the site may name its site maps")
        case other:
            raise WrongType(f"it is no site map but {other}: put the address of an XML or text site map into the sources file")
    further = sorted((link for link in maps.links if link.url != url), key=_age)
    return Listing(pages.links, further=tuple(further), notes=(*notes, *pages.notes(), *maps.notes()))


def _age(link: Link) -> float:
    return -link.at if link.at is not None else float("inf")


def _gather_lines(text: str, pages: Gathering) -> None:
    for line in text.splitlines():
        if line.strip():
            pages.add(line if line.strip().startswith(("http://", "https://")) else "")
    if not pages.links:
        raise WrongType("it is plain text without a URL in it, no site map")


class _Reader:
    """Reads XML as it comes, without building a tree. Declarations of entities never come here: `unwrap` cuts them off."""

    def __init__(self, pages: Gathering, maps: Gathering) -> None:
        self._gatherings = dict(zip(_ENTRIES, (pages, maps), strict=True))
        self._open: list[str] = []
        self._said: list[str] = []
        self._room = 0
        self._entry: dict[str, str] = {}

    def read(self, text: str) -> list[str]:
        """Read all of *text*, or as far as it is of use; return notes."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._say
        try:
            for at in range(0, len(text), _SLICE):
                parser.Parse(text[at : at + _SLICE], at + _SLICE >= len(text))
                if len(self._open) > DEEPEST:
                    return ["it was read up to where its elements are nested too deeply"]
                if any(gathering.more for gathering in self._gatherings.values()):
                    return []
        except expat.ExpatError as error:
            return [f"it is not well-formed XML: it was read up to line {error.lineno:,} ({expat.ErrorString(error.code)})"]
        return []

    def _start(self, name: str, _: dict[str, str]) -> None:
        local = name.rpartition(":")[2].lower()
        self._open.append(local)
        if local in self._gatherings:
            self._entry = {}
        self._said.clear()
        self._room = LONGEST_TEXT

    def _say(self, text: str) -> None:
        if self._room > 0:
            self._said.append(text[: self._room])
            self._room -= len(text)

    def _end(self, _: str) -> None:
        local = self._open.pop()
        parent = self._open[-1] if self._open else ""
        if gathering := self._gatherings.get(local):
            entry, self._entry = self._entry, {}
            gathering.add(
                entry.get("loc", ""), (entry.get("publication_date", ""), entry.get("lastmod", "")), entry.get("title", "")
            )
        elif (parent, local) in _FIELDS:
            self._entry[local] = "".join(self._said)
        self._said.clear()
        self._room = 0
