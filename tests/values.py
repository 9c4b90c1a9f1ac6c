"""Small hand-made values for tests of the ledger and the store."""

import hashlib

from worker.document import Document, Image, Paragraph, Span
from worker.exchange import Record
from worker.models import Article, ArticleImage, Extraction, ImageRef, ImageState, Picture
from worker.store.accept import Candidate
from worker.urls import canonicalise, fingerprint, host_of


def candidate(url: str) -> Candidate:
    """Return *url* as `accept` takes it."""
    key = canonicalise(url)
    return Candidate(url=url, fingerprint=fingerprint(key), host=host_of(key))


def sha(n: int) -> str:
    """Return the SHA-256 of the n-th picture."""
    return hashlib.sha256(f"picture {n}".encode()).hexdigest()


def record(url: str, *, sha256: str = "0" * 64) -> Record:
    """Return a WARC record of *url*."""
    return Record(file="one.warc.gz", offset=0, length=100, sha256=sha256, url=url, status=200, at=1.0)


def picture_record(n: int) -> tuple[str, Record]:
    """Return the n-th picture's content and its record."""
    return sha(n), record(f"https://img.example/{n}.jpg", sha256=sha(n))


def article(
    url: str, *, words: str = "A short text.", stored: int = 0, pending: int = 0, skipped: int = 0, failed: int = 0
) -> Article:
    """Return an article with so many images in each state."""
    states = [ImageState.STORED] * stored + [ImageState.PENDING] * pending
    states += [ImageState.SKIPPED] * skipped + [ImageState.FAILED] * failed
    images = tuple(_image(n, state) for n, state in enumerate(states))
    blocks = (Paragraph((Span(words),)), *(Image(ref=n) for n in range(len(images))))
    return Article(
        url=url,
        final_url=url,
        key=canonicalise(url),
        aliases=(),
        extraction=Extraction(document=Document(blocks), title="A title", images=tuple(i.ref for i in images)),
        images=images,
        text=words,
        content_hash=hashlib.sha256(words.encode()).hexdigest(),
        fetched_at=1.0,
        http={"status": 200, "etag": '"1"', "last_modified": None},
        extractor="test",
    )


def _image(n: int, state: ImageState) -> ArticleImage:
    ref = ImageRef(url=f"https://img.example/{n}.jpg", position=n + 1)
    picture = Picture(sha256=sha(n), media_type="image/jpeg", width=4, height=3, bytes=9)
    reason = {ImageState.SKIPPED: "icon", ImageState.FAILED: "gone"}.get(state)
    return ArticleImage(ref=ref, state=state, reason=reason, picture=picture if state is ImageState.STORED else None)
