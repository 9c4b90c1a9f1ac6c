"""A feed reduced to what names its entries, before a parser sees it.

Feeds carry whole articles, and feedparser takes time quadratic in some of what it is given: categories of one entry,
the name of an author, nested `xml:base`. None of that is needed here. This look is linear and no parser: it keeps tags
and texts as they stand, and what they mean is feedparser's to say.
"""

import re

MOST_ENTRIES = 5_000  # feedparser takes 0.15 to 0.3 ms each; feeds have some dozens, whole archives of podcasts 3,000
MOST_TAGS = 10 * MOST_ENTRIES  # of the kept ones; an entry has about five
DEEPEST = 100  # elements around entries open at once: three, and where items are never closed, one more for each
MOST_NEVER_CLOSED = 10  # names of elements whose end was looked for in vain; each look goes through the whole feed
LONGEST_TAG = 4_000  # characters; twice the longest URL, since an ampersand is five of them
LONGEST_TEXT = 4_000  # likewise

_WRAPPERS = frozenset(("rss", "rdf", "feed", "channel", "item", "entry"))
_DATES = ("pubdate", "published", "issued", "updated", "modified", "created", "date")
_LEAVES = frozenset(("link", "guid", "id", "title", "origlink", *_DATES))
_ENTRIES = frozenset(("item", "entry"))
_FOREIGN = frozenset(("media", "itunes", "podcast", "googleplay"))  # their titles and links are those of pictures and sounds
# Left out with all that is in them: long, or with titles and links of something else.
_SKIPPED = frozenset((
    "description", "content", "summary", "encoded", "abstract", "body", "fullitem", "image", "textinput", "source",
))  # fmt: skip

# Possessive, and no quoted value runs over a `<`: every character is looked at once.
_TOKEN = re.compile(
    r"<!\[CDATA\[(?P<cdata>.*?)(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)"
    r"|<(?P<end>/?)(?P<name>[A-Za-z_][\w.:-]*+)(?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+')*+>",
    re.DOTALL,
)


def essence(feed: str) -> tuple[str, str]:
    """Return *feed* without all that does not name, date or link an entry, and a note when it was not read to its end.

    *feed* is as `unwrap` returns it: begins with its first element, and holds no reference that XML does not know.
    """
    reduction = _Reduction()
    reduction.read(feed)
    return "".join(reduction.kept), reduction.note


class _Reduction:
    def __init__(self) -> None:
        self.kept: list[str] = []
        self.note = ""
        self._depth = 0
        self._entries = 0
        self._tags = 0
        self._leaf = ""  # the name of the one that is open
        self._since = 0  # where its tag stands in what is kept
        self._room = 0  # characters that it may still say
        self._never_closed: set[str] = set()

    def read(self, feed: str) -> None:
        at = 0
        while token := _TOKEN.search(feed, at):
            if self._room:
                self._say(feed[at : token.start()])
            at = token.end()
            if token["name"] is not None:
                at = self._tag(token, feed)
            elif self._room and token["cdata"]:
                self._say(token["cdata"].replace("&", "&amp;"))

    def _say(self, text: str) -> None:
        if len(text) <= self._room:
            self._room -= len(text)
            self.kept.append(text.replace("<", "&lt;").replace(">", "&gt;"))
        else:  # no title or address is so long, and half of one is worth nothing
            self._room = 0
            del self.kept[self._since + 1 :]

    def _tag(self, token: re.Match[str], feed: str) -> int:
        """Keep the tag, if it is of use, and return where to go on."""
        prefix, _, name = token["name"].lower().rpartition(":")
        ends, empty = bool(token["end"]), token[0].endswith("/>")
        if name in _SKIPPED and not ends and not empty:
            return self._after(token["name"], feed, token.end())
        if prefix in _FOREIGN or not (name in _WRAPPERS or name in _LEAVES):
            return token.end()
        self._close()  # a leaf holds no elements: the next tag ends it, whichever that is
        if name in _LEAVES and (ends or (empty and "=" not in token[0])):
            return token.end()
        if not ends:
            self._count(name)
            if self.note:
                return len(feed)
        if name in _LEAVES and not empty:
            self._leaf, self._room, self._since = token["name"], LONGEST_TEXT, len(self.kept)
        if name in _WRAPPERS and not empty:
            self._depth = max(0, self._depth - 1) if ends else self._depth + 1
        short = f"<{token['end']}{token['name']}{'/' if empty else ''}>"
        self.kept.append(token[0] if len(token[0]) <= LONGEST_TAG else short)
        return token.end()

    def _close(self) -> None:
        if not self._leaf:
            return
        tag, *said = self.kept[self._since :]
        if "=" in tag or "".join(said).strip():
            self.kept.append(f"</{self._leaf}>")
        else:  # one that says nothing would hide another that does: an empty link the guid
            del self.kept[self._since :]
        self._leaf, self._room = "", 0

    def _count(self, name: str) -> None:
        if self._tags == MOST_TAGS or (self._entries == MOST_ENTRIES and name in _ENTRIES):
            self.note = f"only its first {self._entries:,} entries were read"
        elif self._depth == DEEPEST:
            self.note = f"it was read up to where {DEEPEST} of its elements had been left open"
        self._tags += 1
        self._entries += name in _ENTRIES

    def _after(self, name: str, feed: str, at: int) -> int:
        """Return the place behind the end tag of *name*, *at* where there is none."""
        if name not in self._never_closed and len(self._never_closed) < MOST_NEVER_CLOSED:
            for found in re.compile(rf"<!\[CDATA\[.*?(?:\]\]>|\Z)|(</{re.escape(name)}\s*>)", re.DOTALL).finditer(feed, at):
                if found[1]:
                    return found.end()
            self._never_closed.add(name)
        return at
