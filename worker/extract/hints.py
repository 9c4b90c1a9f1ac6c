"""What the names that authors give their elements say: class, id and itemprop, read as words.

A name is matched as words in lower case, camelCase apart: a space between words, `|` around each class or id
(`"relatedArticles box-2"` → `|related articles|box 2|`). In several languages, and in the pinyin of Chinese systems.
"""

import re
from collections.abc import Callable
from typing import TypeVar

from worker.extract.blocks import Box
from worker.extract.phrases import alternatives

NAMED_BY = ("class", "id", "itemprop", "data-component", "data-testid")
CACHED = 20_000  # names; a page has a few hundred different ones, and a site's pages share them
LONGEST_CACHED = 200  # characters; few are longer, and of megabytes each the cache would be full of them
LONGEST = 2_000  # characters of one element's names that are looked at

_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NOT_WORD = re.compile(r"[^a-z0-9\u3400-\u9fff]+")
_SIGNS = {code: " " for code in range(128) if not chr(code).isalnum()}
# WordPress lists a post's tags and categories among the classes of its box ("tag-comments"): they say nothing.
_POST_CLASS = re.compile(r"(?:^|\s)(?:hentry|type-(?:post|page)|post-\d+)(?:\s|$)")

# Something around an article; never the article, however long; a dialogue about cookies and consent.
CHROME, HARD, PRIVACY = 1, 2, 4
_AFTER = r"(?=[ |])"
_Answer = TypeVar("_Answer", str, bool, int)


class _Remembered(dict[str, _Answer]):
    """Answers about names of ordinary length, found again at the speed of a dictionary."""

    def __init__(self, ask: Callable[[str], _Answer]) -> None:
        super().__init__()
        self._ask: Callable[[str], _Answer] = ask

    def __missing__(self, name: str) -> _Answer:
        answer: _Answer = self._ask(name)
        if len(name) <= LONGEST_CACHED:
            if len(self) >= CACHED:
                self.clear()
            self[name] = answer
        return answer


def _remembered(ask: Callable[[str], _Answer]) -> Callable[[str], _Answer]:
    """Return *ask* with a memory for names of ordinary length."""
    return _Remembered(ask).__getitem__


def _anywhere(lines: str) -> str:
    return rf"[ |](?:{alternatives(lines)}){_AFTER}"


def _at_start(lines: str) -> str:
    return rf"\|(?:{alternatives(lines)}){_AFTER}"


# What surrounds an article. Words that also name bodies ("content", "main", "post") are left out on purpose; the
# second group means it only where a class or an id begins with it ("widget", but not "elementor widget").
_CHROME = re.compile(
    _anywhere(r"""
    related\w*|recom(?:mend\w*|s|m)?|recirc\w*|suggest(?:ed|ion|ions)|more (?:stories|news|from|posts|articles|like)
    see also|read (?:also|next|more)|also read|you may|next (?:article|post|story|up)|prev(?:ious)? (?:article|post|next)|prevnext
    share(?!able)\w*|sharing\w*|social\w*|addthis\w*|sharedaddy|sociable
    navi|navbar|navigation|submenu|breadcrumbs?|crumbs?|subnav|sidebar\w*
    newsletters?|subscri(?:be|ption|ptions)|signup|sign up|mailchimp|optin
    promo\w*|advert\w*|adsbygoogle|adslot|adbox|gpt|dfp|sponsor\w*|outbrain|taboola|teads|mpu|popup|modal
    taglist|tagcloud|tag cloud|tag list|cat links|pagination|pager|paging|pagenav
    by ?lines?|author (?:bio|box|info|name|card|details?|profile|meta|block|image|avatar)|biography|vcard
    dateline|timestamp|pubdate|post ?meta|entry ?meta|article ?meta|post ?info|article ?info|entry ?footer
    copyright|disclaimer|toolbar|rating\w*|most (?:read|viewed|popular)|mostread|trending
    carousel|yarpp|table of contents|skip link|skiplinks?
    xgyd|xiangguan|fenxiang|bdshare\w*|pinglun|ewm|erweima|qrcode|guanggao|tuijian|paihang|remen|zebian|xgwz|shangyipian
    """)
    + "|"
    + _at_start(r"""
    similar|follow|facebook|twitter|whatsapp|nav|navs|menu|bread|topbar|masthead|aside|widgets?|rail|sidenav|side
    donat(?:e|ion)|ads?|ad (?:container|slot|unit|wrapper|box)|affiliate|overlay|toast|login|register
    tags?|keywords|categories|authors?|bio|contributors?|datetime|meta ?data|meta|credits?|legal|license
    tools|toolbox|actions?|buttons?|btns?|print|votes?|likes?|feedback|popular|latest|headlines|ranking|hot ?news
    vjs|no ?js|swiper|slick|toc|relate|rela|laiyuan|mbx|weizhi|daohang|dingwei
    """)
    + r"|\|(?:date|time|source|info|from|hits)(?=\|)"
)
# What is never the article, however much text it holds: discussion, footers.
_HARD = re.compile(
    _anywhere(r"""
    comments?|commentlist|comment ?area|commenting|disqus\w*|respond|replies|livefyre|pinglun|jp relatedposts
    (?:site|page|global|main|base|app|body|layout) footer|copy ?right
    """)
    + "|"
    + _at_start(r"footer\w*|foot")
)
# Dialogues about privacy: not even a page without any other text is about them.
_PRIVACY = re.compile(
    _at_start(r"""
    cookies?|consent|gdpr|onetrust|didomi|cookielaw|ot (?:pc|sdk)|cmp (?:banner|popup|modal|ui)
    """)
    + "|"
    + _anywhere(r"""
    cookie (?:banner|bar|notice|consent|law|policy|popup|message|wrapper)|gdpr (?:banner|popup|modal|wrapper)
    privacy (?:overview|banner|popup|content|settings|manager)
    """)
)
_BODY = re.compile(
    _anywhere(r"""
    article ?(?:body|content|text|copy|main|detail|description)\w*
    (?:entry|post|story|news|blog|page|body|main|rich) ?(?:content|text|body|entry|copy|article)\w*
    story|storybody|articlebody|post|entry|richtext|rich text|content (?:body|article|text|detail|main|inner)|text content
    article|content|txt|cont|con|detail|js content|trs editor|artibody|zhengwen|nr|neirong
    """)
)
_CAPTION = re.compile(
    _anywhere(r"""
    captions?|caption \w+|wp caption\w*|figcaption|(?:img|image|photo|picture) ?(?:caption|desc|title)\w*|photo ?credit
    legend|legende|bildunterschrift|pictext|tushuo|imgtext
    """)
)
_LEAD = re.compile(
    _anywhere(r"""
    standfirst|dek|deck|lede|lead|leadin|intro\w*|sub ?(?:title|head|heading|headline|hed)|teaser ?text|summary|excerpt
    abstract|description|headline description|synopsis|kicker ?text|chapo|sommario|entradilla|bajada
    vorspann|zusammenfassung|ingress|perex|daodu|zhaiyao
    """)
)


@_remembered
def words(text: str) -> str:
    """Return the names in *text* as words."""
    found = []
    for token in text.split():
        if not token.isascii():
            said = " ".join(_NOT_WORD.sub(" ", _HUMP.sub(" ", token).lower()).split())
        else:  # nearly all; the same without regular expressions, at a third of the time
            said = token if token.islower() else _HUMP.sub(" ", token).lower()
            if not said.isalnum():
                said = " ".join(said.translate(_SIGNS).split())
        if said:
            found.append(said)
    return f"|{'|'.join(found)}|"


def raw_names(box: Box) -> str:
    """Return the names of *box* as its attributes write them, empty when it has none that say anything."""
    attrs = box.attrs
    if not attrs:
        return ""
    text = attrs.get("class")
    if text is None or len(attrs) > 1:  # most have classes and nothing else
        text = " ".join([attrs[key] or "" for key in NAMED_BY if key in attrs])
    text = text[:LONGEST]
    # Few names are a post's: looking for what all of those hold is cheaper than the whole pattern.
    return "" if ("post" in text or "hentry" in text) and _POST_CLASS.search(text) else text


def names(box: Box) -> str:
    """Return the names of *box* as words, empty when it has none that say anything."""
    named = box.named
    if named is None:
        text = raw_names(box)
        named = box.named = words(text) if text else ""
    return named


@_remembered
def surrounds(name: str) -> int:
    """Return what *name* says of surroundings: `CHROME`, `HARD`, `PRIVACY`, added up; 0 for a name that says nothing."""
    return (
        (CHROME if _CHROME.search(name) else 0) | (HARD if _HARD.search(name) else 0) | (PRIVACY if _PRIVACY.search(name) else 0)
    )


@_remembered
def is_body_name(name: str) -> bool:
    """Return whether *name* is that of an article's body."""
    return _BODY.search(name) is not None


@_remembered
def is_caption_name(name: str) -> bool:
    """Return whether *name* is that of a caption."""
    return _CAPTION.search(name) is not None


@_remembered
def is_lead_name(name: str) -> bool:
    """Return whether *name* is that of a standfirst."""
    return _LEAD.search(name) is not None
