"""The article that a page describes in JSON-LD (W3C JSON-LD 1.1 in HTML, schema.org vocabulary).

Reads what is there rather than what should be: several blocks, `@graph`, lists, references by `@id`, HTML comments
around the JSON, raw line breaks, trailing commas, entities. What cannot be read is as if it were not there.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from worker.normalise.text import fold, plain, unescape
from worker.urls import MAX_LENGTH

MOST_CHARACTERS = 2_000_000  # a live blog's block has reached one million
MOST_NODES = 400  # a page that describes more is a listing; the article comes early
MOST_NAMED = 50  # authors or publishers of one article that are looked up
LONGEST_TEXT = 5_000  # characters of a property; descriptions are a few hundred, and only bodies are longer
DEEPEST = 6  # levels from the block to its article; real pages need three

CACHED_TYPES = 500  # schema.org has some 800, and pages use a few dozen of them
LONGEST_TYPE = 200  # characters; what is longer is no address of a type

Node = Mapping[str, object]

ARTICLES = frozenset(
    (
        *("article", "newsarticle", "blogposting", "reportagenewsarticle", "opinionnewsarticle", "analysisnewsarticle"),
        *("backgroundnewsarticle", "reviewnewsarticle", "askpublicnewsarticle", "liveblogposting", "socialmediaposting"),
        *("advertisercontentarticle", "satiricalarticle", "scholarlyarticle", "medicalscholarlyarticle", "techarticle"),
        *("report", "discussionforumposting", "newsstory", "blogpost", "news"),
    )
)
# Pages that may stand in for an article where none is described.
_STAND_INS = frozenset(
    ("review", "recipe", "howto", "creativework", "videoobject", "podcastepisode", "faqpage", "webpage", "itempage")
)
# Under these lie other articles, or people's remarks on this one.
_OTHERS = frozenset(
    (
        *("itemListElement", "hasPart", "mentions", "comment", "review", "reviews", "blogPost", "blogPosts", "liveBlogUpdate"),
        *("isPartOf", "relatedLink", "citation", "isBasedOn", "about", "publisher", "author", "image", "breadcrumb", "video"),
    )
)
_WRAPPING = re.compile(
    r"^\s*+(?:<!--|//\s*+<!\[CDATA\[|/\*\s*+<!\[CDATA\[\s*+\*/|<!\[CDATA\[)|"
    r"(?:-->|//\s*+\]\]>|/\*\s*+\]\]>\s*+\*/|\]\]>)\s*+;?+\s*+$"
)
_NO_TYPE: frozenset[str] = frozenset()
_DECODER = json.JSONDecoder(strict=False)  # raw line breaks in strings are common
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_STRING_FIELD = re.compile(
    r'"(@type|headline|name|datePublished|dateModified|description|articleSection)"\s*:\s*"((?:[^"\\]|\\.){1,1000})"'
)
_AUTHOR_NAME = re.compile(r'"author"\s*+:\s*+[\[{][\[{\s]{0,50}+[^{}\[\]]{0,300}?"name"\s*+:\s*+"((?:[^"\\]|\\.){1,200})"')


def nodes_of(blocks: Iterable[str]) -> list[Node]:
    """Return every described thing in the *blocks* (texts of `script` elements), outermost first, references joined."""
    found: list[Node] = []
    for block in blocks:
        for node in _walk(_load(block), 0):
            found.append(node)
            if len(found) >= MOST_NODES:
                return found
    return found


def types_of(node: Node) -> frozenset[str]:
    """Return the schema.org types of *node* in lower case, without a prefix."""
    said = node.get("@type", node.get("type"))
    if isinstance(said, str):
        return _type(said)
    return frozenset().union(*(_type(name) for name in said if isinstance(name, str))) if isinstance(said, list) else _NO_TYPE


@lru_cache(maxsize=CACHED_TYPES)
def _type(name: str) -> frozenset[str]:
    return frozenset((name[:LONGEST_TYPE].rsplit("/", 1)[-1].rsplit(":", 1)[-1].lower(),))


def main_article(nodes: list[Node], *, urls: frozenset[str], title: str) -> Node | None:
    """Return the node that describes this page's article: by address, by *title*, else the first, articles before stand-ins.

    *urls*: the forms of the page's address, see `address_key`.
    """
    for kinds in (ARTICLES, _STAND_INS):
        candidates = [node for node in nodes if not kinds.isdisjoint(types_of(node))]
        if len(candidates) == 1:
            return candidates[0]
        if candidates:
            wanted = fold(title)
            return max(candidates, key=lambda node: (_is_about(node, urls), _is_titled(node, wanted), bool(_headline(node))))
    return None


def address_key(url: str) -> str:
    """Return what two spellings of a page's address share: no scheme, no query, no `www.`, no closing slash."""
    return re.sub(r"^(?:https?:)?//(?:www\.|m\.|amp\.)?", "", url.strip()).split("?")[0].split("#")[0].rstrip("/").lower()


def text_of(value: object, depth: int = 0) -> str:
    """Return the text of a property: a string, the first of a list, a thing's name or `@value`."""
    if isinstance(value, str):
        return plain(value[:LONGEST_TEXT])
    if depth > DEEPEST:
        return ""
    if isinstance(value, list):
        return next((text for item in value if (text := text_of(item, depth + 1))), "")
    if isinstance(value, Mapping):
        return text_of(value.get("name"), depth + 1) or text_of(value.get("@value"), depth + 1)
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def texts_of(value: object) -> list[str]:
    """Return all texts of a property that may be a list."""
    return [text for text in map(text_of, value if isinstance(value, list) else [value]) if text]


def url_of(value: object, depth: int = 0) -> str:
    """Return the address of a property: a string, the first of a list, a thing's `url`, `contentUrl` or `@id`."""
    if isinstance(value, str):
        return value.strip() if len(value) <= MAX_LENGTH else ""
    if depth > DEEPEST:
        return ""
    if isinstance(value, list):
        return next((url for item in value if (url := url_of(item, depth + 1))), "")
    if isinstance(value, Mapping):
        return next((url for key in ("url", "contentUrl", "@id") if (url := url_of(value.get(key), depth + 1))), "")
    return ""


def joined(value: object, nodes: list[Node]) -> object:
    """Return *value* with references (`{"@id": …}` alone) replaced by what they refer to."""
    if isinstance(value, list):
        return [joined(item, nodes) if isinstance(item, Mapping) else item for item in value[:MOST_NAMED]]
    if isinstance(value, Mapping) and "@id" in value and "name" not in value:
        wanted = value["@id"]
        return next((node for node in nodes if node.get("@id") == wanted and "name" in node), value)
    return value


def _is_about(node: Node, urls: frozenset[str]) -> bool:
    said = (url_of(node.get("url")), url_of(node.get("mainEntityOfPage")), url_of(node.get("@id")))
    return any(address_key(url) in urls for url in said if url)


def _is_titled(node: Node, wanted: str) -> bool:
    return bool(wanted) and fold(_headline(node)) == wanted


def _headline(node: Node) -> str:
    return text_of(node.get("headline")) or text_of(node.get("name"))


def _walk(value: object, depth: int) -> Iterator[Node]:
    if isinstance(value, list):
        for item in value[:MOST_NODES] if depth < DEEPEST else ():
            yield from _walk(item, depth + isinstance(item, list))
    elif isinstance(value, dict):
        yield value
        if depth < DEEPEST:
            for key, inner in value.items():
                if isinstance(inner, (list, dict)) and key not in _OTHERS:
                    yield from _walk(inner, depth + 1)
            author = value.get("author")
            if isinstance(author, dict):
                yield author


def _load(block: str) -> object:
    """Return what the JSON of *block* says, mended where it is broken in one of the usual ways."""
    text = block[:MOST_CHARACTERS].strip()
    if text[:1] not in {"{", "["} or text[-1] not in {"}", "]"}:
        text = _WRAPPING.sub("", text).strip().rstrip(";")
    if not text:
        return None
    for repair in (str, _without_trailing_commas, unescape):
        try:
            return _DECODER.decode(repair(text))
        except (ValueError, RecursionError):
            continue
    return _salvaged(text)


def _without_trailing_commas(text: str) -> str:
    return _TRAILING_COMMA.sub(r"\1", text)


def _salvaged(text: str) -> Node | None:
    """Return the plain fields that can still be read in broken JSON."""
    found: dict[str, object] = {}
    for name, value in _STRING_FIELD.findall(text[:200_000]):
        found.setdefault(name, _unescaped(value))
    author = _AUTHOR_NAME.search(text[:200_000])
    if author:
        found["author"] = _unescaped(author[1])
    return found or None


def _unescaped(value: str) -> str:
    try:
        return str(json.loads(f'"{value}"', strict=False))
    except ValueError:
        return value
