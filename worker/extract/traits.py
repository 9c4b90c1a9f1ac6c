"""What a page looks like, in numbers: what the learnt model of `kinds` weighs to tell an article from other pages.

Everything is read from sums that the selection left behind, from the selected leaves and from the page's short lines, so
that it costs little more than the lines are long. Amounts are logarithms, shares lie between 0 and 1, a flag is 0 or 1.
"""

from collections.abc import Sequence
from math import log1p
from urllib.parse import urlsplit

from worker.extract.blocks import HEADINGS, Box, Leaf, Page
from worker.extract.body import Selection
from worker.extract.metadata import Metadata

_THREAD_TYPES = frozenset(("qapage", "discussionforumposting", "question"))
_PRODUCT_TYPES = frozenset(("product", "productgroup", "offer", "aggregateoffer", "aggregaterating"))
_LIST_TYPES = frozenset(("itemlist", "offercatalog", "collectionpage", "searchresultspage"))

# What the parts of a path, and the first label of a host, tell of what lies there.
_THREAD_PARTS = frozenset({
    "viewtopic", "showthread", "viewthread", "thread", "threads", "forum", "forums", "foren", "question", "questions",
    "discussion", "discussions", "board", "boards", "community", "bbs",
})  # fmt: skip
_NUMBERED_THREAD_PARTS = frozenset(("t", "topic"))  # a thread's when a number follows: /t/slug/12, /topic/12-slug
_LIST_PARTS = frozenset({
    "category", "categories", "tag", "tags", "search", "topic", "topics", "archive", "archives", "collection", "collections",
    "list", "lists", "browse", "departments", "catalog", "c", "cp",
})  # fmt: skip
_PRODUCT_PARTS = frozenset(("product", "products", "p", "shop", "store", "item", "itm", "dp", "buy", "app", "sku"))
_OFFER_PARTS = frozenset({
    "service", "services", "solution", "solutions", "pricing", "about", "features", "plans", "insurance", "offer", "offers",
    "program", "programs", "course", "courses",
})  # fmt: skip
_MANUAL_PARTS = frozenset(("doc", "docs", "documentation", "reference", "manual", "guide", "wiki", "help", "support"))
_STORY_PARTS = frozenset({
    "blog", "news", "article", "articles", "story", "stories", "magazin", "magazine", "post", "posts", "artikel", "nachrichten",
})  # fmt: skip
_STORY_NAMES = ("article", "story", "blog", "entry", "news")
_PRODUCT_NAMES = ("product", "price", "cart", "sku", "shop", "swatch", "variant")

SHORT_MAX = 60  # weight below which a line is a label, a price, a date or a teaser's heading, hardly a sentence
LONG_MIN = 80  # weight from which a line is read as sentences
READ_MAX = 3000  # characters of short lines, and of the body, whose words are counted: rates settle, and time is bounded
_CURRENCIES = "$€£¥￥"
_PURCHASE = (
    "add to cart", "add to bag", "add to basket", "in den warenkorb", "ajouter au panier", "añadir al carrito",
    "aggiungi al carrello", "加入购物车", "加入購物車", "カートに", "in stock", "out of stock", "sold out", "buy now", "free shipping",
)  # fmt: skip

AT_A_GLANCE = (
    # what the page declares
    "typed_thread", "typed_product", "typed_list", "typed_breadcrumbs", "typed_faq", "open_graph_article",
    "open_graph_website", "open_graph_product", "dated", "signed", "title_length",
    # its address
    "path_thread", "path_list", "path_product", "path_offer", "path_manual", "path_story", "path_year", "path_root",
    "path_folder", "path_file", "path_last",
    # the whole page, and the box that holds the body
    "boxes", "links", "prose", "weight", "page_share", "box_kept", "box_linked", "box_article", "box_story_name",
    "box_product_name",
)  # fmt: skip
AT_A_LOOK = (
    # the page's lines
    "lines_short", "pictures", "short_share", "currencies", "years", "purchase", "free", "more", "reviews",
    # the body's lines
    "prose_share", "weight_long", "lines_long", "longest", "paragraphs", "divisions", "linked_headings",
    # the body's words
    "you", "we", "first_person", "body_currencies",
)  # fmt: skip


def glance(page: Page, selection: Selection, meta: Metadata, url: str, weight: int) -> list[float]:
    """Return the traits of `AT_A_GLANCE`; *page* must hold a box, *weight* is the weight of the body's text."""
    return [*_declared(meta), *_address(url), *_sums(page, selection, weight)]


def look(page: Page, selection: Selection, weight: int) -> list[float]:
    """Return the traits of `AT_A_LOOK`, for the pages that a glance leaves in doubt."""
    return [*_lines(page), *_body(page, selection, weight), *_words(selection.leaves)]


def _declared(meta: Metadata) -> Sequence[float]:
    types, og_type = meta.schema_types, meta.og_type
    return (
        not _THREAD_TYPES.isdisjoint(types),
        not _PRODUCT_TYPES.isdisjoint(types),
        not _LIST_TYPES.isdisjoint(types),
        "breadcrumblist" in types,
        "faqpage" in types,
        og_type == "article",
        og_type == "website",
        "product" in og_type,
        meta.published_at is not None,
        bool(meta.authors),
        log1p(len(meta.title)),
    )


def _address(url: str) -> Sequence[float]:
    address = urlsplit(url.lower())
    path = address.path
    parts = [part.partition(".")[0] or part for part in path.split("/") if part]
    last = parts[-1] if parts else ""
    label = address.netloc.partition(".")[0]
    known = {*parts, label}
    return (
        not _THREAD_PARTS.isdisjoint(known)
        or (not _NUMBERED_THREAD_PARTS.isdisjoint(parts) and any(part[0].isdecimal() for part in parts)),
        not _LIST_PARTS.isdisjoint(parts),
        not _PRODUCT_PARTS.isdisjoint(known),
        not _OFFER_PARTS.isdisjoint(parts),
        not _MANUAL_PARTS.isdisjoint(known),
        not _STORY_PARTS.isdisjoint(known),
        any(part[:2] == "20" and part[:4].isdecimal() for part in parts),
        bool(label) and not parts,
        bool(parts) and path[-1] == "/",
        "." in path.rpartition("/")[2],
        log1p(len(last)),
    )


def _sums(page: Page, selection: Selection, weight: int) -> Sequence[float]:
    whole, root = page.boxes[0], selection.root
    kept = linked = article = story = product = 0.0
    if root is not None:
        within, names = root.weight or 1, _names_around(root)
        kept, linked, article = min(1.0, weight / within), root.linked / within, root.tag == "article"
        story = any(word in names for word in _STORY_NAMES)
        product = any(word in names for word in _PRODUCT_NAMES)
    return (
        log1p(len(page.boxes)),
        log1p(whole.links),
        whole.prose / (whole.weight or 1),
        log1p(weight),
        min(1.0, weight / (whole.weight or 1)),
        kept,
        linked,
        article,
        story,
        product,
    )


def _names_around(root: Box) -> str:
    names, box = "", root
    while box.parent is not None:
        names += f" {box.attrs.get('class') or ''} {box.attrs.get('id') or ''}"
        box = box.parent
    return f"{names} {box.attrs.get('class') or ''} {box.attrs.get('id') or ''}".lower()


def _lines(page: Page) -> Sequence[float]:
    weight = page.boxes[0].weight or 1
    lines = [leaf.text for leaf in page.leaves if leaf.weight < SHORT_MAX]
    joined = "\n".join(lines)
    short = joined[:READ_MAX].lower()
    pictures = lines.count("")
    return (
        (len(lines) - pictures) / (len(page.leaves) - pictures or 1),
        log1p(pictures * 1000 / weight),
        min(1.0, len(joined) / weight),
        log1p(_count(short, _CURRENCIES)),
        log1p(short.count("201") + short.count("202")),
        log1p(_count(short, _PURCHASE)),
        log1p(short.count("free")),
        log1p(short.count("more")),
        log1p(short.count("review")),
    )


def _body(page: Page, selection: Selection, weight: int) -> Sequence[float]:
    leaves = selection.leaves
    long = [leaf.weight for leaf in leaves if leaf.weight >= LONG_MIN and leaf.linked * 2 <= leaf.weight]
    weight_long = sum(long)
    return (
        min(1.0, weight_long / (page.boxes[0].prose or 1)),
        log1p(weight_long),
        log1p(len(long)),
        log1p(max(long, default=0)),
        sum([leaf.weight for leaf in leaves if leaf.box.tag == "p"]) / (weight or 1),
        sum([leaf.weight for leaf in leaves if leaf.box.tag in {"div", "section"}]) / (weight or 1),
        log1p(sum([leaf.linked * 2 > leaf.weight for leaf in leaves if leaf.box.tag in HEADINGS])),
    )


def _words(leaves: list[Leaf]) -> Sequence[float]:
    text = "\n".join([leaf.text for leaf in leaves if leaf.weight])[:READ_MAX].lower()
    per = 1000 / (len(text) or 1)
    return (
        log1p(text.count(" you") * per),
        log1p((text.count(" we ") + text.count(" our ")) * per),
        log1p(text.count(" i ") * per),
        log1p(_count(text, _CURRENCIES) * per),
    )


def _count(text: str, needles: Sequence[str]) -> int:
    return sum([text.count(needle) for needle in needles])
