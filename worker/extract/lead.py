"""Which picture leads the article: one that the article shows, or else the one that its metadata states.

What metadata states is made for sharing: often another cut of the opening picture, at an address that nothing on the page
shows, or the site's own emblem. So the picture that readers see at the head of the article is believed first.
"""

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from worker.document import Block, Document, Heading, Image, Paragraph
from worker.extract import jsonld
from worker.extract.evidence import absolute
from worker.extract.head import Head
from worker.extract.images import is_placeholder
from worker.extract.renditions import same_picture, same_subject
from worker.models import ImageRef

CANDIDATES_MAX = 8  # stated addresses that are looked at; a page states one picture in a few sizes
OPENING_PARAGRAPHS = 2  # before the opening picture: a standfirst and a line of place or byline, no story yet
OPENING_CHARACTERS = 400  # of those; a first paragraph of the story alone is about as long

# File names of emblems that sites state for pages without a picture of their own.
_EMBLEM = re.compile(
    r"(?:^|[-_.])(?:logo|logos|favicon|default|fallback|placeholder|no-?image|blank|(?:og|share|sharing|social|facebook|fb|twitter)"
    r"-?_?(?:image|img|card|default|logo|share|icon|thumb)|apple-touch-icon|site-?icon|avatar|gravatar)(?:[-_.\d]|$)"
)


def stated_leads(head: Head, article: jsonld.Node | None, nodes: list[jsonld.Node], url: str) -> tuple[str, ...]:
    """Return the addresses that the metadata of the page at *url* gives for its picture, absolute, the best first.

    Open Graph, then schema.org `image` and `thumbnailUrl`, then Twitter cards and older ways; emblems of the site last.
    """
    stated = [*head.every("og:image", "og:image:secure_url", "og:image:url")]
    if article is not None:
        image = jsonld.joined(article.get("image"), nodes)
        stated += [jsonld.url_of(one) for one in (image if isinstance(image, list) else [image])[:CANDIDATES_MAX]]
        stated.append(jsonld.url_of(article.get("thumbnailUrl")))
    stated += [*head.every("twitter:image", "twitter:image:src", "image", "thumbnail"), head.link("image_src")]
    logo = absolute(url, said) if (said := _publisher_logo(article, nodes)) else None
    found: dict[str, None] = {}
    for said in stated:
        address = absolute(url, said) if said and len(found) < CANDIDATES_MAX else None
        if address is not None and address != logo and not is_placeholder(address):
            found.setdefault(address)
    return tuple(sorted(found, key=is_emblem))


def _publisher_logo(article: jsonld.Node | None, nodes: list[jsonld.Node]) -> str:
    """Return the address of the publisher's logo in JSON-LD, which some pages state as their picture too."""
    publisher = jsonld.joined(article.get("publisher"), nodes) if article is not None else None
    if isinstance(publisher, list):
        publisher = next(iter(publisher), None)
    return jsonld.url_of(publisher.get("logo")) if isinstance(publisher, Mapping) else ""


def is_news(schema_types: AbstractSet[str]) -> bool:
    """Return whether a page with things of these *schema_types* (lower case) describes a news article in data."""
    return any("news" in kind for kind in schema_types)


def is_emblem(url: str) -> bool:
    """Return whether *url* is, by its file name, a site's emblem or what it shows where a picture is missing."""
    path = url.split("?", 1)[0].lower()
    return path.endswith((".svg", ".ico")) or _EMBLEM.search(path.rsplit("/", 1)[-1]) is not None


def choose_lead(
    document: Document, images: tuple[ImageRef, ...], stated: tuple[str, ...], *, framed: frozenset[str], news: bool
) -> str | None:
    """Return the lead image's address, None when there is none.

    In this order: the one of *images* that is the same picture as one of *stated*; on a page that describes a *news*
    article in data, the framed picture that opens *document*, since there the stated one is another cut of it; the first
    of *stated*; where that is but an emblem, the first picture at all. *framed* are the addresses of pictures in figures
    or with captions.
    """
    shown = [image for image in images if not image.skip]
    refused = {image.url for image in images if image.skip}
    stated = tuple(address for address in stated if address not in refused)
    for address in stated:
        for image in shown:
            if same_picture(image.url, address):
                return image.url
    first = min((image for image in shown if image.position is not None), key=_position, default=None)
    if first is not None and any(same_subject(first.url, address) for address in stated):
        return first.url
    if first is not None and news and first.url in framed and opens(document.blocks, _position(first)):
        return first.url
    if first is not None and (not stated or is_emblem(stated[0])):
        return first.url
    return stated[0] if stated else None


def _position(image: ImageRef) -> int:
    return image.position or 0


def opens(blocks: tuple[Block, ...], position: int) -> bool:
    """Return whether the picture in the block at *position* stands before the story begins."""
    paragraphs = characters = 0
    for block in blocks[:position]:
        if isinstance(block, Image | Heading):
            continue
        if not isinstance(block, Paragraph):
            return False
        if block.caption_of is None:
            paragraphs += 1
            characters += sum(len(span.text) for span in block.spans)
    return paragraphs <= OPENING_PARAGRAPHS and characters <= OPENING_CHARACTERS


def with_lead(images: tuple[ImageRef, ...], lead: str | None) -> tuple[ImageRef, ...]:
    """Return *images* with the *lead* image at the end, without a position, unless it is one of them or an emblem."""
    if lead is None or is_emblem(lead) or any(image.url == lead for image in images):
        return images
    return (*images, ImageRef(url=lead, position=None))
