"""Is the page an article at all? If not, one sentence that says what it is."""

import re
from urllib.parse import urlsplit

from worker.document import Document
from worker.extract.blocks import Page
from worker.extract.body import Selection
from worker.extract.inline import weigh
from worker.extract.metadata import Metadata
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
TEXT_MIN = 200  # weight: about 35 English words or 70 Han characters, the shortest news there is
TEXT_MIN_MARKED = 100  # the same when the page's own markup calls it an article, or a picture tells it
BRIEF = 500  # weight up to which a page of links may only look like an article
LINKS_MIN = 10  # links from which a page of little else is a list of them
LINKS_OVER_TEXT = 6  # on such a page: its links outweigh its text by so much
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


def judge(page: Page, selection: Selection, document: Document, meta: Metadata, url: str) -> str | None:
    """Return why the page holds no article, None when it holds one."""
    text = weigh(to_text(document))
    if text < 10 * TEXT_MIN and (what := _by_title(meta.title.strip())):
        return what
    if not document.blocks and (what := _without_body(page)):
        return what
    typed = not ARTICLE_TYPES.isdisjoint(meta.schema_types)
    pictures = any(leaf.kind == "image" for leaf in selection.leaves)
    if not document.blocks or text < (TEXT_MIN_MARKED if typed or pictures or meta.published_at else TEXT_MIN):
        return "a paywall stub" if meta.paywalled else "too little text"
    if typed:
        return None
    return _by_type(meta) or _by_shape(page, text, meta, url)


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


def _by_shape(page: Page, text: int, meta: Metadata, url: str) -> str | None:
    whole = page.boxes[0]
    parts = urlsplit(url)
    if parts.netloc and parts.path in ("", "/") and not parts.query:
        return "a front page"
    if _FORUM_PATH.search(parts.path):
        return "a forum thread"
    if meta.published_at:
        return None
    if _LIST_PATH.search(parts.path) and whole.linked > text:
        return "a list of links"
    if text < BRIEF and whole.linked > LINKS_OVER_TEXT * text:
        return "a list of links"
    return None
