"""One article as JSON: the keys that people's programs rely on, for what is stored and for what was only extracted."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from worker.models import ArticleImage, Extraction, ImageState, State
from worker.rendering import to_markdown, to_text

HTTP_KEYS = ("status", "etag", "last_modified", "content_type", "charset", "charset_by")


class Relation(StrEnum):
    """How an article stands to another one that is like it."""

    SAME = "same"  # a copy: of one cluster
    NEAR = "near"  # too different for that


@dataclass(frozen=True, slots=True, kw_only=True)
class NearCopy:
    """Another stored article that is like one; *likeness* estimates the share of their texts that is common, up to 1.0."""

    id: int
    url: str
    relation: Relation
    likeness: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredArticle:
    """An article as the store holds it; `images[i]` is what the document's Image blocks with `ref == i` show.

    *outcome* is where the URL that brought it stands now; *version* counts from 1. *cluster* is the number that it shares
    with its copies, *canonical_copy* the id of the one that stands for them; both are None when there is no copy.
    *near_copies* are those that are most like it, the copies first.
    """

    id: int
    url: str
    final_url: str
    canonical_url: str
    aliases: tuple[str, ...]
    extraction: Extraction
    images: tuple[ArticleImage, ...]
    text: str
    http: Mapping[str, object]
    extractor: str
    version: int
    fetched_at: float
    job: str
    outcome: State
    cluster: int | None = None
    canonical_copy: int | None = None
    near_copies: tuple[NearCopy, ...] = ()

    @property
    def markdown(self) -> str:
        """The body as Markdown, with the images as they stand now."""
        return to_markdown(self.extraction.document, [image.ref for image in self.images])


def article_json(article: StoredArticle) -> dict[str, Any]:
    """Return *article* as values that `json` can write, keys in the order people read them."""
    body = _Body(text=article.text, markdown=article.markdown, images=article.images)
    return _as_json(article.extraction, body, http=article.http, extractor=article.extractor) | {
        "id": article.id,
        "url": article.url,
        "final_url": article.final_url,
        "canonical_url": article.canonical_url,
        "aliases": list(article.aliases),
        "cluster": article.cluster,
        "canonical_copy": article.canonical_copy,
        "near_copies": [_near_copy(copy) for copy in article.near_copies],
        "version": article.version,
        "fetched_at": iso(article.fetched_at),
        "job": article.job,
        "outcome": article.outcome.value,
    }


def extracted_json(
    extraction: Extraction, *, url: str | None, canonical_url: str | None, http: Mapping[str, object], extractor: str
) -> dict[str, Any]:
    """Return what a page says, never stored, under the same keys; a page without an article has no text and a `reason`.

    *url* is where the page is said to come from, which may be unknown. Whatever the store alone can know is null.
    """
    body = _Body(
        text=to_text(extraction.document),
        markdown=to_markdown(extraction.document, extraction.images),
        images=tuple(ArticleImage(ref=ref, state=_to_come(ref.skip), reason=ref.skip) for ref in extraction.images),
    )
    known = {"url": url, "final_url": url, "canonical_url": canonical_url}
    if extraction.reason is None:
        return _as_json(extraction, body, http=http, extractor=extractor) | known
    nothing = _Body(text="", markdown="", images=body.images)
    return _as_json(extraction, nothing, http=http, extractor=extractor) | known | {"reason": extraction.reason}


def iso(at: float) -> str:
    """Return epoch seconds as ISO 8601 in UTC, to the second."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")


def _to_come(skip: str | None) -> ImageState:
    return ImageState.PENDING if skip is None else ImageState.SKIPPED


@dataclass(frozen=True, slots=True, kw_only=True)
class _Body:
    text: str
    markdown: str
    images: tuple[ArticleImage, ...]


def _as_json(extraction: Extraction, body: _Body, *, http: Mapping[str, object], extractor: str) -> dict[str, Any]:
    """Return every key in its order; null are those that only the store can fill."""
    return {
        "id": None,
        "url": None,
        "final_url": None,
        "canonical_url": None,
        "aliases": [],
        "title": extraction.title,
        "authors": list(extraction.authors),
        "editors": list(extraction.editors),
        "credits": [{"name": credit.name, "role": credit.role.value} for credit in extraction.credits],
        "source": extraction.source,
        "site_name": extraction.site_name,
        "published_at": extraction.published_at,
        "modified_at": extraction.modified_at,
        "language": extraction.language,
        "description": extraction.description,
        "section": extraction.section,
        "tags": list(extraction.tags),
        "text": body.text,
        "markdown": body.markdown,
        **_normalised(extraction, body.images),
        "images": [_image(image) for image in body.images],
        "lead_image": extraction.lead_image,
        "cluster": None,
        "canonical_copy": None,
        "near_copies": [],
        "version": None,
        "fetched_at": None,
        "http": {key: http.get(key) for key in HTTP_KEYS},
        "extractor": extractor,
        "quality": dict(extraction.quality),
        "job": None,
        "outcome": None,
    }


def _normalised(extraction: Extraction, images: tuple[ArticleImage, ...]) -> dict[str, Any]:
    """Return what a corrupted mirror said before it was one; null, and no names, for any other page."""
    restored = extraction.restored
    if restored is None:
        nobody: dict[str, Any] = {"authors_normalised": [], "editors_normalised": []}
        return {"title_normalised": None, **nobody, "text_normalised": None, "markdown_normalised": None}
    refs = [replace(image.ref, caption=caption) for image, caption in zip(images, restored.captions, strict=False)]
    return {
        "title_normalised": restored.title,
        "authors_normalised": list(restored.authors),
        "editors_normalised": list(restored.editors),
        "text_normalised": to_text(restored.document),
        "markdown_normalised": to_markdown(restored.document, refs),
    }


def _near_copy(copy: NearCopy) -> dict[str, Any]:
    return {"id": copy.id, "url": copy.url, "relation": copy.relation.value, "likeness": copy.likeness}


def _image(image: ArticleImage) -> dict[str, Any]:
    ref, picture = image.ref, image.picture
    return {
        "url": ref.url,
        "position": ref.position,
        "alt": ref.alt,
        "caption": ref.caption,
        "credit": ref.credit,
        "state": image.state.value,
        "reason": image.reason,
        "sha256": picture.sha256 if picture else None,
        "media_type": picture.media_type if picture else None,
        "width": picture.width if picture else None,
        "height": picture.height if picture else None,
        "bytes": picture.bytes if picture else None,
    }
