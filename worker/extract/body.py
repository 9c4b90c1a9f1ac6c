"""Which box of a page is the article's body, and which of its leaves are the article."""

from dataclasses import dataclass

from worker.extract.blocks import HEADINGS, Box, Leaf, Page
from worker.extract.chrome import mark_chrome, mark_teasers
from worker.extract.hints import is_body_name, names
from worker.extract.metadata import Metadata
from worker.extract.prose import fold, measure
from worker.extract.trim import introduces, is_more_link, keeps, opening, tail_start, trim_head
from worker.extract.weighing import weighed

# How far names are believed, in turn, until a body is found: (share of the page's prose beyond which a box is not
# chrome by its name, whether footers and comments always are). The last believes none but privacy dialogues.
PASSES = ((0.85, True), (0.15, True), (0.1, False), (0.0, False))
ENOUGH = 0.15  # of the page's prose; a smaller body is suspect of having been taken for chrome

# What a leaf is worth, in weight of prose. Measured on the development pages; the results change little around them.
LINKED_CAP, LINKED_COST = 60, 0.25  # a block of links speaks against a box, a long one no more than a headline's length
HEADING_COST = 20  # of a linked heading: a teaser's
SHORT_MIN, SHORT_WORTH, SHORT_COST = 24, 0.4, 3.0  # an unlinked line may be a verse or a list's item, or else a label
CODE_CAP, CODE_WORTH = 300, 0.5
GAP = 4000  # weight of other text between headline and body that halves the trust in it
BEFORE_TITLE = 0.3  # trust in a body that ends before the headline
BETTER = 1.02  # an outer box must be worth more than the inner one by this
ARTICLE_MIN = 300  # weight of prose from which the `article` around the headline is the article
ARTICLE_SHARE = 0.2  # or this share of the body's

LEADING = 3  # leaves at the head of the body among which a standfirst stands

_NO_BODY = frozenset(("p", "li", "blockquote", "tr", "figure", "dd", "dt"))


@dataclass(slots=True)
class Selection:
    """The body's box, the leaves of the article in order, and where the headline stands; no root when there is no prose.

    *lead* are the indices of the standfirst's leaves, *told* of those put aside for what they say, *end* of
    the leaf with which something else begins.
    """

    root: Box | None
    leaves: list[Leaf]
    title: Leaf | None = None
    told: frozenset[int] = frozenset()
    lead: frozenset[int] = frozenset()
    end: int = 0


def select(page: Page, meta: Metadata) -> Selection:
    """Return the body of *page*: what the rules find, put right by what was learnt."""
    ruled = by_rules(page, meta)
    if ruled.root is None:
        return ruled
    leaves = weighed(page, ruled.root, ruled.title, ruled.leaves, lead=ruled.lead, told=ruled.told, end=ruled.end)
    return Selection(ruled.root, leaves, ruled.title)


def by_rules(page: Page, meta: Metadata) -> Selection:
    """Return the body of *page* as far as rules can tell.

    The body is the box whose prose outweighs its links by most (a maximum-sum subtree), weighed by its name and by
    how close it follows the headline.
    """
    total = measure(page)
    wanted = frozenset(folded for text in (meta.title, *meta.title_candidates) if (folded := fold(text)))
    title = find_title(page, wanted)
    mark_teasers(page, title)
    root: Box | None = None
    for share, strict in PASSES:
        mark_chrome(page, total * share, strict=strict)
        root = choose(page, title) or root
        if root is not None and root.value > total * ENOUGH:
            break
    if root is None:
        return Selection(None, [], title)
    root = own_article(root, title)
    unhide(page, root)
    summary = fold(meta.description)
    inside = [leaf for leaf in page.leaves[root.first : root.end] if keeps(leaf)]
    headed = trim_head(inside, title, wanted, summary)
    end = tail_start(headed)
    after = headed[end].index if end < len(headed) else root.end
    told = {leaf.index for leaf in inside} - {leaf.index for leaf in headed}
    told.update(leaf.index for leaf in page.leaves[root.first : after] if leaf.kind == "text" and is_more_link(leaf))
    kept = headed[:end]
    lead = opening(page, root, title, summary, kept)
    led = [*lead, *(leaf for leaf in kept[:LEADING] if leaf.kind == "text" and introduces(leaf, summary))]
    return Selection(root, lead + kept, title, frozenset(told), frozenset(leaf.index for leaf in led), after)


def find_title(page: Page, wanted: frozenset[str]) -> Leaf | None:
    """Return where the page shows its headline; *wanted* are its forms, folded."""
    first: Leaf | None = None
    other: Leaf | None = None
    shortest = min(map(len, wanted), default=0)
    for leaf in page.leaves:
        tag = leaf.box.tag
        if leaf.kind != "text" or leaf.weight > 600 or (leaf.linked and tag not in HEADINGS):  # no headline is so long
            continue
        main = tag == "h1"
        if not main and 2 * leaf.weight < shortest:  # folding makes no text longer than that
            continue
        folded = fold(leaf.text)
        if folded in wanted:
            if main:
                return leaf
            if other is None and leaf.linked * 2 <= leaf.weight:
                other = leaf
        elif main and len(folded) > 5 and any(text.startswith(folded) for text in wanted):  # "News" opens many
            return leaf
        if main and first is None:
            first = leaf
    return other or first


def leaf_value(leaf: Leaf) -> float:
    """Return what *leaf* says for its box being the body (positive) or not."""
    if leaf.box.chrome:
        return 0.0
    if leaf.kind == "pre":
        return min(leaf.weight, CODE_CAP) * CODE_WORTH
    if leaf.kind != "text":
        return 0.0
    linked = leaf.linked * 2 > leaf.weight
    if leaf.box.tag in HEADINGS:
        return -HEADING_COST if linked else 0.0
    if linked:
        return -min(leaf.weight, LINKED_CAP) * LINKED_COST
    if leaf.prose:
        return leaf.weight - 2 * leaf.linked
    return SHORT_WORTH * leaf.weight if leaf.weight >= SHORT_MIN and not leaf.linked else -SHORT_COST


def choose(page: Page, title: Leaf | None) -> Box | None:
    """Return the box that is worth most, the innermost of near-equals."""
    for box in page.boxes:
        box.value = 0.0
    before = [0]  # weight of all leaves before each
    for leaf in page.leaves:
        leaf.box.value += leaf_value(leaf)
        before.append(before[-1] + leaf.weight)
    best: Box | None = None
    best_score = 0.0
    for box in reversed(page.boxes):  # children come before their parents
        if box.parent is not None:
            box.parent.value += box.value
        if box.chrome or box.value <= 0 or box.tag in _NO_BODY:
            continue
        score = box.value * name_trust(box)
        if title is not None and box.end <= title.index:
            score *= BEFORE_TITLE
        elif title is not None and box.first > title.index:
            score *= 1 / (1 + (before[box.first] - before[title.index + 1]) / GAP)
        if score > best_score * BETTER:
            best, best_score = box, score
    return best


def name_trust(box: Box) -> float:
    """Return how much the box's own markup says for it: articleBody (schema.org), a body's name, `article`."""
    trust = 1.1 if box.tag == "article" else 1.0
    if not box.attrs:
        return trust
    if box.attrs.get("itemprop") == "articleBody":
        return trust * 1.5
    return trust * 1.15 if is_body_name(names(box)) else trust


def own_article(root: Box, title: Leaf | None) -> Box:
    """Return the `article` around the headline when *root* holds it among others, else *root*."""
    box = title.box if title is not None else None
    while box is not None and box is not root:
        if box.tag == "article" and box.prose > min(ARTICLE_MIN, ARTICLE_SHARE * root.prose) and box.index > root.index:
            return box
        box = box.parent
    return root


def unhide(page: Page, root: Box) -> None:
    """Show paragraphs that wait behind a paywall's script: when most of the text is hidden, it is the article's own."""
    hidden = [
        leaf
        for leaf in page.leaves[root.first : root.end]
        if leaf.box.tag == "p" and leaf.box.hidden and leaf.prose and leaf.box.parent is not None
    ]
    if sum(leaf.weight for leaf in hidden) * 2 > root.prose:
        for leaf in hidden:
            leaf.box.chrome = leaf.box.parent is None or leaf.box.parent.chrome
