"""What leads into an article and what trails after it: date lines and labels above, related links and notices below."""

from worker.extract.blocks import HEADINGS, Box, Leaf, Page
from worker.extract.hints import is_lead_name, names
from worker.extract.phrases import is_notice, is_pointer, is_tail_heading
from worker.extract.prose import fold

LABEL_MAX = 60  # weight of a line that may be a label: date, section, byline
LONG = 150  # weight from which a paragraph is the story's, whatever words are in it
TAIL_SHARE = 0.35  # of the text: what follows "Related" is shorter than what went before
AWAY = 3  # boxes between a line without prose beside it and the nearest prose, from which it is a control, not text
LINKS_MIN = 3  # links from which a box without prose is a list of them
LEAD_MIN, LEAD_MAX = 40, 1200  # weight of a standfirst
OPENING = 60  # folded characters that are enough to know a text by
OPENING_MIN = 20  # fewer may be the same by chance
LEAD_REACH = 60  # leaves between headline and body among which one is looked for

_STRUCTURE = HEADINGS.keys() | {
    "li", "ul", "ol", "table", "tbody", "thead", "tr", "td", "th", "dl", "dd", "dt", "p", "blockquote", "figure", "figcaption",
}  # fmt: skip


def keeps(leaf: Leaf) -> bool:
    """Return whether *leaf*, inside the body's box, belongs to the article."""
    box = leaf.box
    if box.chrome:
        return False
    if leaf.kind == "image":
        return not _in_teaser(leaf)
    if leaf.kind != "text":
        return True
    if is_more_link(leaf):
        return False
    away = 0
    probe: Box | None = box
    while probe is not None and probe.prose == 0:
        if probe.links >= LINKS_MIN and probe.linked * 2 > probe.weight:
            return False
        away += probe.tag not in _STRUCTURE
        probe = probe.parent
    return away < AWAY


def _in_teaser(leaf: Leaf) -> bool:
    """Return whether a linked picture stands beside nothing but links."""
    if not leaf.href:
        return False
    probe: Box | None = leaf.box
    while probe is not None and probe.prose == 0:
        if probe.linked * 2 > probe.weight:
            return True
        probe = probe.parent
    return False


def is_more_link(leaf: Leaf) -> bool:
    """Return whether the line only points to another article ("Read also: …")."""
    return leaf.linked * 2 > leaf.weight and (leaf.linked * 10 > leaf.weight * 8 or is_pointer(leaf.text))


def trim_head(kept: list[Leaf], title: Leaf | None, wanted: frozenset[str], summary: str) -> list[Leaf]:
    """Drop the headline and the labels between it and the first sentence: date line, section, byline.

    *wanted* are the forms of the headline, *summary* is the page's description, both folded.
    """
    start = next((n for n, leaf in enumerate(kept) if leaf.prose and fold(leaf.text) not in wanted), len(kept))
    head: list[Leaf] = []
    for leaf in kept[:start]:
        if leaf.kind == "text":
            if leaf is title or leaf.box.tag == "h1" or fold(leaf.text) in wanted:
                head = [other for other in head if other.kind != "text"]
                continue
            label = leaf.weight < LABEL_MAX and leaf.box.tag not in HEADINGS and leaf.box.tag != "li"
            if label and not (leaf.weight >= LEAD_MIN and introduces(leaf, summary)):
                continue
        head.append(leaf)
    return head + [leaf for leaf in kept[start:] if not (leaf.box.tag == "h1" and fold(leaf.text) in wanted)]


def tail_start(kept: list[Leaf]) -> int:
    """Return the index in *kept* at which the article is over: at "Related", "上一篇", a notice after the last paragraph."""
    texts = [n for n, leaf in enumerate(kept) if leaf.kind in ("text", "pre")]
    total = sum(kept[n].weight for n in texts)
    end, after = len(kept), 0
    for n in reversed(texts):
        leaf = kept[n]
        after += leaf.weight
        if after > total * TAIL_SHARE and after > 2 * LONG:
            break
        if (leaf.box.tag in HEADINGS or leaf.weight <= 2 * LABEL_MAX) and is_tail_heading(leaf.text):
            end = n
    last = next((n for n in reversed(texts) if n < end and _is_story(kept[n], first=n in texts[:3])), -1)
    return next((n for n in texts if max(last, texts[0]) < n < end and is_notice(kept[n].text)), end)


def _is_story(leaf: Leaf, *, first: bool) -> bool:
    """Return whether a paragraph is long enough to be the story's; notices are long too, but not the first ones."""
    if leaf.weight < LONG or leaf.linked * 2 > leaf.weight:
        return False
    return first or leaf.weight >= 3 * LONG or not is_notice(leaf.text)


def opening(page: Page, root: Box, title: Leaf | None, summary: str, kept: list[Leaf]) -> list[Leaf]:
    """Return what stands between headline and body and belongs to the article: its standfirst and its first picture.

    A standfirst is known by its name or as the page's description; *summary* is that description, folded.
    """
    if title is None or not title.index < root.first <= title.index + LEAD_REACH:
        return []
    have: set[str] = set()
    out = []
    for leaf in page.leaves[title.index + 1 : root.first]:
        if leaf.box.chrome or leaf.box.tag == "h1":
            continue
        if in_figure(leaf.box):
            if leaf.kind == "image" or leaf.kind == "text":
                out.append(leaf)
        elif leaf.kind == "text" and not leaf.linked and LEAD_MIN <= leaf.weight <= LEAD_MAX and introduces(leaf, summary):
            have = have or {fold(other.text) for other in kept if other.kind == "text"}  # mostly nobody asks
            folded = fold(leaf.text)
            if folded not in have:
                out.append(leaf)
                have.add(folded)
    return out


def in_figure(box: Box | None) -> bool:
    """Return whether *box* stands in a figure."""
    while box is not None and box.tag != "figure":
        box = box.parent
    return box is not None


def introduces(leaf: Leaf, summary: str) -> bool:
    """Return whether *leaf* is a standfirst by its name, or because it opens like *summary* (folded)."""
    parent = leaf.box.parent
    if is_lead_name(names(leaf.box)) or (parent is not None and is_lead_name(names(parent))):
        return True
    if len(summary) <= OPENING_MIN:
        return False
    opens = fold(leaf.text[: 2 * OPENING])  # mostly as much as is looked at
    return same_opening(opens if len(opens) >= OPENING else fold(leaf.text), summary)


def same_opening(text: str, other: str) -> bool:
    """Return whether one folded text opens like the other."""
    return min(len(text), len(other)) > OPENING_MIN and (text.startswith(other[:OPENING]) or other.startswith(text[:OPENING]))
