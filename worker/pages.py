"""Reading a fetched page: decode, screen, extract; and joining the pages of an article."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from worker.document import Block, Document, Image, Paragraph
from worker.errors import WrongType
from worker.exchange import Fetched
from worker.extract.article import extract
from worker.extract.decode import Decoded, decode
from worker.extract.screen import suspicion
from worker.extract.site_rules import SiteRules
from worker.models import Extraction
from worker.normalise.restoring import restored
from worker.ports import Quarantine
from worker.urls import canonicalise, host_of

THREAD_BYTES = 200_000  # longer pages would hold up the loop for over 5 ms; lexbor releases the GIL
MAX_PAGES = 20  # of one article; more is a gallery or a trap


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What a page says, and how its bytes were read."""

    extraction: Extraction
    charset: str
    charset_by: str


class Pages:
    """Reads pages, each by the rules that *rules_of* its URL gives; suspicious ones in *quarantine*."""

    def __init__(self, quarantine: Quarantine, rules_of: Callable[[str], SiteRules | None] = lambda _url: None) -> None:
        self._quarantine = quarantine
        self._rules_of = rules_of

    async def read(self, fetched: Fetched) -> Read:
        """Return what *fetched* says. Raises Bomb when its HTML is made to exhaust a parser."""
        body, url, at = fetched.exchange.body, fetched.url, fetched.exchange.started_at
        content_type, rules = fetched.exchange.header("content-type"), self._rules_of(url)
        if len(body) > THREAD_BYTES:
            decoded, extraction = await asyncio.to_thread(_read, body, content_type, url, at, rules)
        else:
            decoded, extraction = _read(body, content_type, url, at, rules)
        if extraction is None:
            extraction = await self._quarantine.extract(decoded.text, url=url, fetched_at=at, rules=rules)
        return Read(extraction=extraction, charset=decoded.charset, charset_by=decoded.by)

    async def whole(self, first: Extraction, url: str, bring: Callable[[str], Awaitable[Fetched | None]]) -> Extraction:
        """Return *first*, which was read at *url*, joined with the article's further pages in their order, and restored.

        *bring* gives the page at a URL; None ends the article before it. Raises what *bring*, `read` and `join` raise.
        """
        joined, visited = first, {canonicalise(url)}
        while (following := self.following(joined, visited)) is not None:
            visited.add(canonicalise(following))
            if (page := await bring(following)) is None:
                break
            joined = self.join(joined, (await self.read(page)).extraction)
        return restored(joined)

    def following(self, extraction: Extraction, visited: set[str]) -> str | None:
        """Return the URL of the article's next page, None at its end or at the cap."""
        url = extraction.next_page
        if url is None or len(visited) >= MAX_PAGES or canonicalise(url) in visited:
            return None
        return url if host_of(url) in {host_of(page) for page in visited} else None

    def join(self, first: Extraction, second: Extraction) -> Extraction:
        """Return *first* continued by the page *second*; blocks that repeat its opening are left out.

        Raises WrongType when *second* holds nothing to continue with.
        """
        if not second.document.blocks:
            raise WrongType("a further page of the article holds no text")
        shift = len(first.images)
        opening = set(first.document.blocks[:3])  # a repeated summary or lead picture
        blocks, kept = list(first.document.blocks), {}
        for index, block in enumerate(second.document.blocks):
            if isinstance(block, Paragraph) and block in opening:
                continue
            kept[index] = len(blocks)
            blocks.append(_shifted(block, shift))
        images = tuple(
            replace(image, position=kept.get(image.position) if image.position is not None else None) for image in second.images
        )
        return replace(first, document=Document(tuple(blocks)), images=first.images + images, next_page=second.next_page)


def _shifted(block: Block, shift: int) -> Block:
    if isinstance(block, Image):
        return replace(block, ref=block.ref + shift)
    if isinstance(block, Paragraph) and block.caption_of is not None:
        return replace(block, caption_of=block.caption_of + shift)
    return block


def _read(
    body: bytes, content_type: str | None, url: str, at: float, rules: SiteRules | None
) -> tuple[Decoded, Extraction | None]:
    decoded = decode(body, content_type=content_type)
    if suspicion(decoded.text) is not None:
        return decoded, None
    return decoded, extract(decoded.text, url=url, fetched_at=at, rules=rules)
