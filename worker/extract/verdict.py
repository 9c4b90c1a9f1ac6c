"""Is the page an article at all? If not, what it was taken for.

What a page says of itself is believed first: its title, its schema.org types, its address. Pages that say nothing are
judged by what they look like (`kinds`).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from worker.document import Document
from worker.extract.blocks import Page
from worker.extract.body import Selection
from worker.extract.inline import weigh
from worker.extract.kinds import Line, shipped
from worker.extract.metadata import Metadata
from worker.extract.traits import AT_A_GLANCE, AT_A_LOOK, glance, look
from worker.rendering import to_text

ARTICLE_TYPES = frozenset({
    "article", "newsarticle", "reportagenewsarticle", "opinionnewsarticle", "analysisnewsarticle", "backgroundnewsarticle",
    "blogposting", "liveblogposting", "techarticle", "scholarlyarticle", "medicalscholarlyarticle", "report", "review",
    "reviewnewsarticle", "recipe",
})  # fmt: skip
# schema.org types (and Open Graph's) of what is no article, unless an article's stands beside it.
OTHER_TYPES = {
    "discussionforumposting": "a forum thread",
    "qapage": "a forum thread",
    "product": "a product",
    "productgroup": "a product",
    "searchresultspage": "search results",
    "collectionpage": "a list of links",
}
TEXT_MIN = 120  # weight: about 20 English words or 40 Han characters, the shortest news there is
TEXT_MIN_MARKED = 60  # the same when the page's own markup calls it an article, or a picture tells it
NOTICE_MAX = 2000  # weight of a notice that a page is gone or locked; a longer text is an article about such pages
LINKS_MIN = 10  # links from which a page of little else is a list of them
_CHALLENGE = re.compile(
    r"^(?:just a moment|attention required|access denied|are you (?:a )?(?:human|robot)|security check|checking your browser|"
    r"please wait|robot check|pardon our interruption|verify you are human|请完成安全验证|安全验证|环境异常|验证码)",
    re.IGNORECASE,
)
_LOGIN = re.compile(
    r"^(?:log ?in|sign ?in|sign ?up|register|登录|登錄|用户登录|anmelden|connexion)(?:$|\s*[-|–_:·])", re.IGNORECASE
)
_GONE = re.compile(
    r"^(?:error\s*)?404|page not found|not found$|该内容已被发布者删除|页面不存在|页面未找到|内容已被删除|文章不存在|网页不存在",
    re.IGNORECASE,
)
_FORUM_PATH = re.compile(
    r"/(?:viewtopic|showthread|viewthread|thread|threads|forum|forums|questions)(?:[./?-]|$)|thread-\d+-", re.IGNORECASE
)
_LIST_PATH = re.compile(
    r"/(?:category|categories|tag|tags|search|topics?|archives?|collections?)(?:/[^/]+){0,2}/?$|/index\.(?:s?html?|php|aspx?)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trait:
    """A trait of a page: what it was measured at, and what that added to the log-odds that the page is no article."""

    name: str
    value: float
    added: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Why a page was taken for an article (*reason* None) or for something else.

    *by*: what decided, "rule", "glance" or "look". *probability* that the page is no article and the *threshold* that
    it was held against, both None when a rule decided; *traits* then are empty, else the weightiest first.
    """

    reason: str | None
    by: str
    probability: float | None = None
    threshold: float | None = None
    traits: tuple[Trait, ...] = ()


def judge(page: Page, selection: Selection, document: Document, meta: Metadata, url: str) -> str | None:
    """Return what the page is when it holds no article ("a list of links"), None when it holds one."""
    weight = _weight(selection, document)
    decided, reason = _by_rule(page, selection, document, meta, url, weight)
    return reason if decided else _by_looks(page, selection, meta, url, weight)[0]


def explain_verdict(page: Page, selection: Selection, document: Document, meta: Metadata, url: str) -> Verdict:
    """Return the verdict of `judge` with the reasons for it."""
    weight = _weight(selection, document)
    decided, reason = _by_rule(page, selection, document, meta, url, weight)
    if decided:
        return Verdict(reason=reason, by="rule")
    model = shipped()
    reason, traits = _by_looks(page, selection, meta, url, weight)
    hasty = len(traits) == len(AT_A_GLANCE)
    line, threshold = (model.glance, model.sure) if hasty else (model.whole, model.refused)
    return Verdict(
        reason=reason,
        by="glance" if hasty else "look",
        probability=line.probability(traits),
        threshold=threshold,
        traits=_weighed(line, traits),
    )


def _weighed(line: Line, traits: Sequence[float]) -> tuple[Trait, ...]:
    named = zip(AT_A_GLANCE + AT_A_LOOK, traits, line.weights, strict=False)  # a glance has only the first of the names
    weighed = [Trait(name=name, value=float(value), added=value * weight) for name, value, weight in named]
    return tuple(sorted(weighed, key=lambda trait: -abs(trait.added)))


def _weight(selection: Selection, document: Document) -> int:
    weight = sum([leaf.weight for leaf in selection.leaves])
    # The document of a page that shows too little may be what its JSON-LD declares.
    return max(weight, weigh(to_text(document))) if weight < TEXT_MIN and document.blocks else weight


def _by_rule(
    page: Page, selection: Selection, document: Document, meta: Metadata, url: str, weight: int
) -> tuple[bool, str | None]:
    """Return whether the page's own word decides, and how."""
    if weight < NOTICE_MAX and (what := _by_title(meta.title.strip())):
        return True, what
    if not document.blocks and (what := _without_body(page)):
        return True, what
    typed = not ARTICLE_TYPES.isdisjoint(meta.schema_types)
    least = TEXT_MIN
    if typed or meta.published_at or any(leaf.kind == "image" for leaf in selection.leaves):
        least = TEXT_MIN_MARKED
    if not document.blocks or weight < least:
        return True, "a paywall stub" if meta.paywalled else "too little text"
    if typed or not page.boxes:
        return True, None
    what = _by_type(meta) or _by_shape(page, weight, meta, url)
    return what is not None, what


def _by_looks(page: Page, selection: Selection, meta: Metadata, url: str, weight: int) -> tuple[str | None, Sequence[float]]:
    """Return what the page looks like if not like an article, and the traits that were read."""
    model = shipped()
    traits = glance(page, selection, meta, url, weight)
    if model.glance.probability(traits) < model.sure:
        return None, traits
    traits += look(page, selection, weight)
    return (model.name(traits) if model.whole.probability(traits) > model.refused else None), traits


def _without_body(page: Page) -> str | None:
    """Return what a page without a body is, None when there is just too little of one."""
    if not page.boxes or not page.boxes[0].weight:
        return "no text"
    whole = page.boxes[0]
    return "a list of links" if whole.links >= LINKS_MIN and whole.linked * 2 > whole.weight else None


def _by_title(title: str) -> str | None:
    for pattern, what in ((_CHALLENGE, "a challenge page"), (_LOGIN, "a log-in page"), (_GONE, "a page that is gone")):
        if pattern.search(title):
            return what
    return None


def _by_type(meta: Metadata) -> str | None:
    for kind, what in OTHER_TYPES.items():
        if kind in meta.schema_types:
            return what
    og_type = (meta.og_type or "").lower()
    if og_type.startswith(("product", "og:product")):
        return "a product"
    return "a profile" if og_type == "profile" else None


def _by_shape(page: Page, weight: int, meta: Metadata, url: str) -> str | None:
    whole = page.boxes[0]
    parts = urlsplit(url)
    if parts.netloc and parts.path in ("", "/") and not parts.query:
        return "a front page"
    if _FORUM_PATH.search(parts.path):
        return "a forum thread"
    if meta.published_at:
        return None
    if _LIST_PATH.search(parts.path) and whole.linked > weight:
        return "a list of links"
    return None
