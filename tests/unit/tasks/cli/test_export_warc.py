"""`newsmill export --format warc`: what an independent reader makes of the file."""

import asyncio
import gzip
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import Engine
from warcio.archiveiterator import ArchiveIterator

from tests.building import DAY, NOON, Stacks, image, news
from tests.copies import story, told
from tests.exchanges import exchange
from tests.unit.tasks.cli.conftest import Newsmill
from worker.exchange import Record, Validators
from worker.models import Article, ArticleImage, ImageState, Stored, Unchanged
from worker.store.accept import reopen
from worker.store.archive import WarcArchive
from worker.store.transaction import transaction

A, B = "https://a.example/1.html", "https://b.example/2.html"
PNG, GIF = b"\x89PNG the bytes of a picture" * 50, b"GIF the bytes of another"
REVISIT = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"


class Collection:
    """Articles whose pages and images really lie in the archive."""

    def __init__(self, engine: Engine, archive: WarcArchive) -> None:
        self.engine = engine
        self.stacks = Stacks(engine)
        self._archive = archive

    def keep(self, url: str, body: bytes, content_type: str = "text/html", *, at: float = NOON) -> Record:
        wire = gzip.compress(body, mtime=0) if content_type == "text/html" else body
        headers = (("Content-Encoding", "gzip"),) if content_type == "text/html" else ()
        kept = exchange(wire, body, url=url, content_type=content_type, headers=headers, started_at=at)
        record = asyncio.run(self._archive.keep(kept))
        self._archive.sync()
        return record

    def again(self, url: str) -> int:
        """Have *url* asked for again; return its row."""
        row = self.stacks.accept(url)
        with transaction(self.engine) as tx:
            reopen(tx, [row], urgent=False)
        return row

    def stored(self, article: Article, pages: tuple[Record, ...], *pictures: Record, job: str = "job") -> None:
        ending = Stored(article=article, page_records=pages, picture_records=tuple((one.sha256, one) for one in pictures))
        self.stacks.settle(self.stacks.accept(article.url, job=job), ending)


@pytest.fixture
def collection(engine: Engine, home: Path) -> Iterator[Collection]:
    archive = WarcArchive(home / "archive", software="test")
    yield Collection(engine, archive)
    archive.close()


def shown(url: str, body: bytes) -> ArticleImage:
    return image(url, ImageState.STORED, body=body)


def page(text: str) -> bytes:
    return f"<html><body><p>{text}</p></body></html>".encode()


@dataclass(frozen=True)
class Read:
    """A record as warcio reads it, its digests checked; *body* without its content coding."""

    kind: str
    url: str | None
    headers: dict[str, str]
    status: str | None
    body: bytes


def read(data: bytes) -> list[Read]:
    records = []
    for one in ArchiveIterator(io.BytesIO(data), check_digests="raise"):
        status = one.http_headers.get_statuscode() if one.http_headers else None
        named = dict(one.rec_headers.headers)
        records.append(Read(one.rec_type, named.get("WARC-Target-URI"), named, status, one.content_stream().read()))
    return records


def replayed(records: list[Read], url: str) -> bytes:
    """Return what a replay shows at *url*: the response there, or the one that its revisit refers to."""
    (found,) = [one for one in records if one.url == url and one.kind in ("response", "revisit")]
    if found.kind == "revisit":
        assert (found.headers["WARC-Profile"], found.status, found.body) == (REVISIT, "200", b"")
        (first,) = [one for one in records if one.headers["WARC-Record-ID"] == found.headers["WARC-Refers-To"]]
        assert first.url == found.headers["WARC-Refers-To-Target-URI"]
        assert first.headers["WARC-Date"] == found.headers["WARC-Refers-To-Date"]
        assert first.headers["WARC-Payload-Digest"] == found.headers["WARC-Payload-Digest"]
        assert first.headers["WARC-Date"] <= found.headers["WARC-Date"]
        return first.body
    return found.body


def exported(call: Newsmill, target: Path, *arguments: str) -> list[Read]:
    result = call("export", "--format", "warc", "--to", str(target), *arguments)
    assert (result.exit_code, result.stdout) == (0, "")
    return read(target.read_bytes())


def test_every_page_and_every_image_is_found_by_its_address_and_gives_the_very_bytes(
    call: Newsmill, collection: Collection, tmp_path: Path
) -> None:
    one, two = page("one"), page("two")
    photo, drawing = "https://img.example/photo.png", "https://img.example/drawing.gif"
    again, moved = photo + "?again", "https://img.example/moved.png"
    collection.stored(
        news(A, images=(shown(photo, PNG), shown(again + "#fragment", PNG), shown(drawing, GIF))),
        (collection.keep(A, one), collection.keep(A + "?page=2", two, at=NOON + 1)),
        collection.keep(photo, PNG, "image/png"),
        collection.keep(drawing, GIF, "image/gif"),
    )
    collection.stored(news(B, images=(shown(photo, PNG), shown(moved, PNG))), (collection.keep(B, two),))
    records = exported(call, tmp_path / "all.warc.gz")
    wanted = {A: one, A + "?page=2": two, B: two, photo: PNG, drawing: GIF, again: PNG, moved: PNG}
    assert {url: replayed(records, url) for url in wanted} == wanted
    assert [one.kind for one in records].count("response") == 5  # each record once, whoever shows it
    assert len(records) == 1 + len(wanted)


def test_the_file_says_first_what_it_holds_and_by_which_standard(call: Newsmill, collection: Collection, tmp_path: Path) -> None:
    collection.stored(news(A), (collection.keep(A, page("one")),), job="politics")
    collection.stored(news(B), (collection.keep(B, page("two")),))
    info, *rest = exported(call, tmp_path / "one.warc.gz", "--job", "politics", "--since", "2026-09-01T00:00Z")
    assert (info.kind, info.headers["WARC-Filename"]) == ("warcinfo", "one.warc.gz")
    assert b"format: WARC File Format 1.1\r\n" in info.body
    assert b"software: newsmill/" in info.body
    assert b"articles: job politics, fetched since 2026-09-01T00:00:00+00:00\r\n" in info.body
    assert [one.url for one in rest] == [A]


def test_records_are_the_members_that_lie_in_the_archive(
    call: Newsmill, collection: Collection, home: Path, tmp_path: Path
) -> None:
    record = collection.keep(A, page("one"))
    collection.stored(news(A), (record,))
    exported(call, tmp_path / "one.warc.gz")
    volume = (home / "archive" / record.file).read_bytes()
    assert (tmp_path / "one.warc.gz").read_bytes().endswith(volume[record.offset : record.offset + record.length])


def test_the_current_version_is_exported_alone(call: Newsmill, collection: Collection, tmp_path: Path) -> None:
    old, new, same = page("old"), page("new"), page("new, asked for again")
    collection.stored(news(A, title="Old"), (collection.keep(A, old), collection.keep(A + "?page=2", old, at=NOON + 1)))
    row = collection.again(A)
    later = Stored(
        article=news(A, title="New", fetched_at=NOON + DAY),
        page_records=(collection.keep(A, new, at=NOON + DAY), collection.keep(A + "?page=2", new, at=NOON + DAY + 1)),
        picture_records=(),
    )
    article_id = collection.stacks.settle(row, later).article_id
    assert article_id is not None
    collection.again(A)
    again = collection.keep(A, same, at=NOON + 2 * DAY)
    collection.stacks.settle(row, Unchanged(article_id=article_id, validators=Validators(), records=(again,)))
    records = exported(call, tmp_path / "all.warc.gz")
    assert [(one.url, one.body) for one in records[1:]] == [(A, new), (A + "?page=2", new)]


def test_a_page_that_was_asked_for_elsewhere_is_found_there_too(call: Newsmill, collection: Collection, tmp_path: Path) -> None:
    asked = "https://a.example/short"
    article = replace(news(A), url=asked)
    collection.stored(article, (collection.keep(A, page("one")),))
    records = exported(call, tmp_path / "all.warc.gz")
    assert replayed(records, asked) == replayed(records, A) == page("one")


def test_stdout_gets_the_same_file(call: Newsmill, collection: Collection, home: Path) -> None:
    collection.stored(news(A), (collection.keep(A, page("one")),))
    result = call("export", "--format", "warc", "--to", "-")
    assert [one.url for one in read(result.stdout_bytes)] == [None, A]
    assert result.stderr == "1 article exported.\n"


def test_an_empty_export_is_a_valid_file(call: Newsmill, home: Path, tmp_path: Path) -> None:
    assert [one.kind for one in exported(call, tmp_path / "none.warc.gz")] == ["warcinfo"]


def flip(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 0xFF
    path.write_bytes(data)


@pytest.mark.parametrize("harm", ["gone", "torn", "flipped", "another"])
def test_a_record_that_cannot_be_read_is_named_and_the_rest_goes_on(
    call: Newsmill, collection: Collection, home: Path, tmp_path: Path, harm: str
) -> None:
    lost = collection.keep(A, page("one"))
    if harm == "another":
        lost = replace(lost, offset=collection.keep("https://c.example/", page("one")).offset)
    other = WarcArchive(home / "archive", software="another process")
    collection.stored(news(A), (lost,))
    kept = asyncio.run(other.keep(exchange(page("two"), url=B, started_at=NOON)))
    other.close()
    collection.stored(news(B), (kept,))
    volume = home / "archive" / lost.file
    match harm:
        case "gone":
            volume.unlink()
        case "torn":
            volume.write_bytes(volume.read_bytes()[: lost.offset + 20])
        case "flipped":
            flip(volume, lost.offset + lost.length // 2)
    result = call("export", "--format", "warc", "--to", str(tmp_path / "all.warc.gz"))
    assert result.exit_code == 1
    complaint, summary = result.stderr.splitlines()
    assert complaint.startswith(f"the archived record of {A} ")
    assert summary.startswith("2 articles exported")
    assert [one.url for one in read((tmp_path / "all.warc.gz").read_bytes())] == [None, B]


def test_an_export_that_breaks_off_leaves_what_was_there(
    call: Newsmill, collection: Collection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    collection.stored(news(A), (collection.keep(A, page("one")),))
    target = tmp_path / "all.warc.gz"
    target.write_bytes(b"an earlier one")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tasks.cli.exporting_warc.WarcCopies._copy", full)
    result = call("export", "--format", "warc", "--to", str(target))
    assert (result.exit_code, target.read_bytes()) == (1, b"an earlier one")
    assert "No space left on device" in result.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"all.warc.gz", "home"}


def test_a_page_whose_article_has_copies_has_a_record_with_their_cluster(
    call: Newsmill, collection: Collection, tmp_path: Path
) -> None:
    third = "https://c.example/3.html"
    for url, seed in ((A, 1), (B, 1), (third, 2)):
        collection.stored(told(url, story(seed)), (collection.keep(url, page(url)),))
    records = exported(call, tmp_path / "all.warc.gz")
    stored = [json.loads(line) for line in call("export", "--to", "-").stdout.splitlines()]
    assert {one.url: one.body.decode() for one in records if one.kind == "metadata"} == {
        one["url"]: f"article: {one['id']}\r\ncluster: {stored[0]['cluster']}\r\ncanonicalCopy: {stored[0]['id']}\r\n"
        for one in stored[:2]
    }
    assert replayed(records, B) == page(B)
