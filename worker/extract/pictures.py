"""Which pictures of a page belong to its article, and which lines describe them.

The body's box and its kept leaves are given; pictures are judged apart from them, because pages put the opening picture
outside the body, galleries and captions into boxes with the names of controls, and other articles' pictures into the body.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import urlsplit

from worker.extract.addresses import absolute
from worker.extract.blocks import Box, Leaf, Page
from worker.extract.frames import lines_of
from worker.extract.hints import names
from worker.extract.images import address_of, skip_reason
from worker.extract.prose import is_prose
from worker.extract.renditions import same_picture

BEFORE_TITLE = 12  # leaves above the headline among which the opening picture may stand: labels, a date, its caption
BEFORE_BODY = 60  # leaves before the first paragraph among which it may stand: byline, share bar, a list of tags
OUTSIDE_LEVELS = 8  # boxes around a picture whose names are read; what a picture is named is close to it
STORY_PROSE = 600  # weight of prose from which a box holds the story, however it is called
NAMES_MAX = 300  # characters of one box's names; longer ones are lists of style classes

_AFTER = r"(?=[ |])"
# Boxes whose pictures are not the article's: other articles, people, sponsors. Read like `worker.extract.hints`.
_FOREIGN = re.compile(
    rf"[ |](?:related\w*|recommend\w*|recirc\w*|(?:more|other|latest|top) (?:stories|news|posts|articles)|read (?:more|next|also)|"
    rf"see also|you may|authors?|autor(?:es|in)?|auteurs?|byline|avatar\w*|gravatar|headshot|biography|profile|"
    rf"contributor\w*|newsletters?|subscri\w+|signup|advert\w*|adslot|sponsor\w*|outbrain|taboola|werbung|"
    rf"paywall|donat\w+|app ?store|qr ?code|ewm|xiangguan|tuijian|"
    rf"prev(?:ious)? (?:post|article)|next (?:post|article)|post navigation){_AFTER}|"
    rf"\|(?:ad|ads|nav|menu|footer){_AFTER}"
)
# Boxes that stand beside the story, or look as if they did.
_BESIDE = re.compile(
    rf"[ |](?:teasers?|promos?|banners?|comments?|share|sharing|social|follow|logos?|branding){_AFTER}|"
    rf"\|(?:sidebar|widget|toolbar|breadcrumbs?){_AFTER}"
)
# Boxes that are made for the article's own pictures.
_OWN = re.compile(
    rf"[ |](?:featured|feature|hero|lead|main|cover|article|post|entry|story|header|top|opening|news ?item|inline|full) ?"
    rf"(?:image|img|photo|picture|media|figure|visual|thumbnail|area)\w*{_AFTER}|"
    rf"[ |](?:wp caption|wp block (?:image|gallery)|gallery\w*|slideshow|photo ?swipe|image ?(?:container|wrapper|block|box)|lightbox){_AFTER}"
)
# Links to a page that shows the picture alone, or all pictures of the article.
_PICTURE_PAGE = re.compile(
    r"/(?:article_?)?(?:images?|photos?|pictures?|pics?|galler(?:y|ies)|fotos?|fotogalerie|bilder?|bildergalerie|galerie|galeria|"
    r"diaporama|slideshow|attachment)(?=[/_?.-]|$)",
    re.IGNORECASE,
)
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)+")
_PICTURE_FILE = re.compile(r"\.(?:jpe?g|png|webp|gif|avif)(?:$|[?#])", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrangement:
    """The leaves of an article with its own pictures only, and each picture's lines of caption, by the picture's index.

    Leaves whose text is a caption by its markup are in *captions* alone; a paragraph that happens to describe a picture
    is in both. *framed* are the addresses of pictures that stand in a figure or have a caption,
    *shown* the addresses of all pictures worth showing, by their index; *refused* says why some are not the article's.
    """

    leaves: tuple[Leaf, ...]
    captions: dict[int, tuple[Leaf, ...]]
    framed: frozenset[str] = frozenset()
    shown: Mapping[int, str] = field(default_factory=dict)
    refused: Mapping[int, str] = field(default_factory=dict)


def arrange(
    page: Page, root: Box | None, kept: Sequence[Leaf], *, title: Leaf | None, stated: Sequence[str], base: str
) -> Arrangement:
    """Return the article's leaves with its pictures put right, and their captions.

    *root* is the body's box and *kept* its chosen leaves in order, *title* where the page shows the headline, *stated* the
    addresses that metadata gives for its picture, *base* what addresses are relative to.
    """
    if root is None:
        return Arrangement(leaves=tuple(kept), captions={})
    hanging = _Hanging(page, root, kept, title=title, stated=stated, base=base)
    for leaf in hanging.candidates:
        hanging.judge(leaf)
    own, bound = hanging.own, hanging.bound
    leaves = [leaf for leaf in kept if leaf.index not in bound and leaf.index not in hanging.refused]
    leaves += [leaf for leaf in own if leaf.index not in hanging.kept]
    leaves.sort(key=lambda leaf: leaf.index)
    return Arrangement(
        leaves=tuple(leaves),
        captions=hanging.captions,
        framed=frozenset(hanging.framed),
        shown=hanging.shown,
        refused=hanging.refused,
    )


class _Hanging:
    """The article's pictures while they are being chosen."""

    def __init__(
        self, page: Page, root: Box, kept: Sequence[Leaf], *, title: Leaf | None, stated: Sequence[str], base: str
    ) -> None:
        self.page, self.root, self.title, self.stated, self.base = page, root, title, stated, base
        self.kept = {leaf.index for leaf in kept}
        self.start = next((leaf.index for leaf in kept if is_prose(leaf)), root.first)
        last = next((leaf.index for leaf in reversed(kept) if leaf.kind == "text"), root.end)
        self.candidates = [
            leaf
            for leaf in page.leaves[opening_from(page, root, title, self.start) : root.end]
            if leaf.kind == "image" and (leaf.index < last or leaf.index in self.kept)
        ]
        self.shown = addresses_of(self.candidates, base)
        self.own: list[Leaf] = []
        self.captions: dict[int, tuple[Leaf, ...]] = {}
        self.bound: set[int] = set()  # lines that are captions alone
        self.framed: set[str] = set()
        self.refused: dict[int, str] = {}

    def judge(self, leaf: Leaf) -> None:
        """Take the picture *leaf* with its caption, or remember why it is not the article's."""
        index, url = leaf.index, self.shown.get(leaf.index)
        if url is None:
            return  # the document records what it is that nobody wants
        if refused := around(leaf, self.root, self.title, own=True):
            self.refused[index] = refused
            return
        lines, only = lines_of(self.page, leaf, self.root, self.shown)
        captioned = only and bool(lines)
        if refused := self.objection(leaf, url, captioned=captioned):
            self.refused[index] = refused
            return
        self.own.append(leaf)
        if captioned or in_figure(leaf.box):
            self.framed.add(url)
        if fresh := tuple(line for line in lines if line.index not in self.bound):
            self.captions[index] = fresh
            if only:
                self.bound.update(line.index for line in fresh)

    def objection(self, leaf: Leaf, url: str, *, captioned: bool) -> str:
        """Return why the picture *leaf* at *url* does not belong to the article, "" when it does."""
        outward = points_away(leaf)
        if not (captioned and not outward) and (beside := around(leaf, self.root, self.title, own=False)):
            return beside
        if leaf.index in self.kept:
            alt = (leaf.attrs.get("alt") or "").strip()
            described = captioned or (alt and not _HOST.fullmatch(alt))
            return "an advert: it leads to another site" if outward and not described and leads_off(leaf, url, self.base) else ""
        if is_hidden(leaf.box):
            return "hidden"
        if outward:
            return "it leads to another page"
        if captioned or in_figure(leaf.box) or is_own(leaf.box) or any(same_picture(url, one) for one in self.stated):
            return ""
        return "neither in the body nor in a figure"


def addresses_of(pictures: Sequence[Leaf], base: str) -> dict[int, str]:
    """Return the addresses of those of *pictures* that are worth showing, by their indexes."""
    found: dict[int, str] = {}
    for leaf in pictures:
        url = address_of(leaf.attrs, leaf.sources, base)
        if url is not None and skip_reason(leaf.attrs, url) is None:
            found[leaf.index] = url
    return found


def opening_from(page: Page, root: Box, title: Leaf | None, start: int) -> int:
    """Return the index of the leaf from which the opening picture may stand, *start* being the first paragraph's."""
    box, article = root, root
    while (parent := box.parent) is not None and parent.tag not in ("body", "html"):
        box = parent
        if box.tag in ("article", "main") or (title is not None and box.first <= title.index):
            article = box
        if title is not None and article.tag == "article" and article.first <= title.index:
            break
    if title is None or title.index > start:
        return min(root.first, max(article.first, start - BEFORE_BODY))
    return min(root.first, max(article.first, title.index - BEFORE_TITLE, start - BEFORE_BODY))


def points_away(leaf: Leaf) -> bool:
    """Return whether the link around the picture leads to another page, not to the picture itself or a page for it."""
    href = (leaf.href or "").strip()
    if not href or href[0] == "#" or href[:11].lower() == "javascript:":
        return False
    return not (_PICTURE_FILE.search(href) or _PICTURE_PAGE.search(href))


def leads_off(leaf: Leaf, url: str, base: str) -> bool:
    """Return whether the link around the picture at *url* leads to a site that neither the page nor the picture comes from."""
    target = absolute(leaf.href, base)
    if target is None:
        return False
    return _site(target) not in (_site(base), _site(url))


def _site(url: str) -> str:
    """Return the last two labels of the host of *url*: enough to tell sites apart, if not all of them."""
    return ".".join((urlsplit(url).hostname or "").split(".")[-2:])


def around(leaf: Leaf, root: Box, title: Leaf | None, *, own: bool) -> str:
    """Return what the boxes around the picture say against it: the kind of thing that they hold, or "".

    Boxes of the headline or of much text hold the article, whatever they are called. *own*: the picture has a caption and
    leads nowhere else, so that names which tell of looks do not count.
    """
    box: Box | None = leaf.box
    for _ in range(OUTSIDE_LEVELS):
        if box is None or box is root or box.prose > STORY_PROSE or box.first <= root.first < root.end <= box.end:
            return ""
        if title is not None and box.first <= title.index < box.end:
            return ""
        if box.tag in ("aside", "nav", "footer"):
            return f"in an element {box.tag}"
        if box.tag == "article" and leaf.href:
            return "in another article"
        if box.attrs and (name := names(box)) and (is_foreign_name(name) or (not own and is_beside_name(name))):
            return f"in a box called {name.strip('|')}"
        box = box.parent
    return ""


def in_figure(box: Box | None) -> bool:
    """Return whether *box* stands in a figure."""
    while box is not None and box.tag != "figure":
        box = box.parent
    return box is not None


def is_hidden(box: Box | None) -> bool:
    """Return whether *box* or one close around it is hidden from readers."""
    for _ in range(OUTSIDE_LEVELS):
        if box is None or box.hidden:
            break
        box = box.parent
    return box is not None and box.hidden


def is_own(box: Box | None) -> bool:
    """Return whether *box* or one close around it is named as the place of the article's own pictures."""
    for _ in range(3):  # a picture's wrappers
        if box is None:
            return False
        if box.attrs and is_own_name(names(box)):
            return True
        box = box.parent
    return False


@lru_cache(maxsize=1024)
def is_foreign_name(name: str) -> bool:
    """Return whether *name* is that of a box whose pictures are not the article's."""
    return len(name) <= NAMES_MAX and _FOREIGN.search(name) is not None


@lru_cache(maxsize=1024)
def is_beside_name(name: str) -> bool:
    """Return whether *name* is that of a box beside the story."""
    return len(name) <= NAMES_MAX and _BESIDE.search(name) is not None


@lru_cache(maxsize=1024)
def is_own_name(name: str) -> bool:
    """Return whether *name* is that of a box for the article's own pictures."""
    return len(name) <= NAMES_MAX and _OWN.search(name) is not None
