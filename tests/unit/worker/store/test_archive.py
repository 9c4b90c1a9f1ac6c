"""The archive keeps what came from the web, and warcio, which knows nothing of us, reads the same."""

import stat
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from warcio.archiveiterator import ArchiveIterator

from tests.exchanges import CODINGS, MEGABYTE, PAGE, PHOTO, exchange, keep, warcio_records
from worker.ports import Archive
from worker.store import archive as archive_module
from worker.store.archive import WarcArchive, open_archive


def test_it_is_what_the_story_needs(archive: WarcArchive) -> None:
    needed: Archive = archive
    assert needed is archive


@pytest.mark.parametrize("kind", CODINGS)
def test_what_was_kept_is_read_back(archive: WarcArchive, kind: str) -> None:
    (record,) = keep(archive, CODINGS[kind])
    response = archive.read(record, max_bytes=MEGABYTE)
    assert response.body == CODINGS[kind].body
    assert (response.status, response.reason) == (CODINGS[kind].status, CODINGS[kind].reason)
    assert response.headers == CODINGS[kind].headers
    assert record.sha256 == sha256(CODINGS[kind].body).hexdigest()
    assert (record.url, record.status, record.at) == ("https://news.example/a?b=1", CODINGS[kind].status, 1_790_000_000.25)


def test_warcio_agrees_on_every_record_and_digest(archive: WarcArchive, folder: Path) -> None:
    records = keep(archive, *CODINGS.values())
    archive.sync()
    (path,) = folder.iterdir()
    read = warcio_records(path)
    assert [kind for kind, *_ in read] == ["warcinfo"] + ["response", "request"] * len(CODINGS)
    responses = [entry for entry in read if entry[0] == "response"]
    for kept, (_, headers, status, wire_body) in zip(CODINGS.values(), responses, strict=True):
        assert wire_body == kept.wire_body
        assert status == kept.status
        assert headers["WARC-Target-URI"] == kept.url
        assert headers["WARC-IP-Address"] == "192.0.2.7"
        assert headers["WARC-Date"] == "2026-09-21T14:13:20.250Z"
        assert headers["WARC-Payload-Digest"] == f"sha256:{sha256(kept.wire_body).hexdigest()}"
    requests = [headers for kind, headers, *_ in read if kind == "request"]
    assert [headers["WARC-Concurrent-To"] for headers in requests] == [headers["WARC-Record-ID"] for _, headers, *_ in responses]
    assert len({headers["WARC-Record-ID"] for _, headers, *_ in read}) == len(read)
    with path.open("rb") as file:
        assert [record.offset for record in records] == list(_response_offsets(ArchiveIterator(file)))


def _response_offsets(iterator: ArchiveIterator) -> Iterator[int]:
    for record in iterator:
        if record.rec_type == "response":
            yield iterator.get_record_offset()


def test_fastwarc_agrees_too(archive: WarcArchive, folder: Path) -> None:
    keep(archive, *CODINGS.values())
    archive.sync()
    (path,) = folder.iterdir()
    with path.open("rb") as file:
        for record in FastIterator(file, parse_http=False):
            assert record.verify_block_digest()
            record.parse_http()
            assert record.headers["WARC-Type"] != "response" or record.verify_payload_digest()


def test_a_request_is_kept_as_it_was_sent(archive: WarcArchive, folder: Path) -> None:
    keep(archive, exchange(url="https://news.example/新闻?q=a b#part"))
    (path,) = folder.iterdir()
    with path.open("rb") as file:
        request = next(record for record in ArchiveIterator(file) if record.rec_type == "request")
        assert request.http_headers.get_header("User-Agent") == "Newsmill/1"
        assert request.http_headers.statusline == "/%E6%96%B0%E9%97%BB?q=a%20b HTTP/1.1"
        assert request.http_headers.protocol == "GET"


def test_the_chunks_of_a_chunked_message_are_joined_and_the_header_renamed(archive: WarcArchive, folder: Path) -> None:
    (record,) = keep(archive, exchange(headers=(("Transfer-Encoding", "chunked"),)))
    response = archive.read(record, max_bytes=MEGABYTE)
    assert response.body == PAGE
    assert response.header("transfer-encoding") is None
    assert response.header("x-crawler-transfer-encoding") == "chunked"
    (path,) = folder.iterdir()
    assert warcio_records(path)[1][3] == PAGE


def test_bytes_that_are_no_text_survive_in_headers_and_line_breaks_do_not(archive: WarcArchive, folder: Path) -> None:
    latin = b"caf\xe9".decode("utf-8", "surrogateescape")
    planted = (("X-Latin", latin), ("X-Split", "a\r\nWARC-Type: evil\r\n\r\n"), ("X-Chinese", "新闻"))
    (record,) = keep(archive, exchange(headers=planted, reason="O\nK", url="https://news.example/\r\nWARC-Type: evil"))
    response = archive.read(record, max_bytes=MEGABYTE)
    assert response.header("X-Latin") == latin
    assert response.header("X-Chinese") == "新闻"
    assert response.header("X-Split") == "a  WARC-Type: evil    "
    assert response.header("WARC-Type") is None
    (path,) = folder.iterdir()
    assert [kind for kind, *_ in warcio_records(path)] == ["warcinfo", "response", "request"]


@pytest.mark.parametrize(("address", "written"), [("2001:db8::1%eth0", "2001:db8::1"), (None, None), ("proxy.example", None)])
def test_only_an_ip_address_is_written_as_one(
    archive: WarcArchive, folder: Path, address: str | None, written: str | None
) -> None:
    keep(archive, exchange(address=address))
    (path,) = folder.iterdir()
    assert warcio_records(path)[1][1].get("WARC-IP-Address") == written


def test_pages_are_compressed_and_what_is_compressed_already_is_not(archive: WarcArchive) -> None:
    page, packed, photo, drawing = keep(
        archive, exchange(), CODINGS["gzip"], CODINGS["photo"], exchange(content_type="image/svg+xml")
    )
    assert page.length < len(PAGE) / 4
    assert drawing.length < len(PAGE) / 4
    assert packed.length > len(CODINGS["gzip"].wire_body)
    assert CODINGS["gzip"].wire_body in archive.member(packed)
    assert PHOTO[:30_000] in archive.member(photo)


def test_nobody_else_may_read_the_archive(archive: WarcArchive, folder: Path) -> None:
    keep(archive, exchange())
    (path,) = folder.iterdir()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_an_archive_that_keeps_nothing_leaves_nothing(folder: Path) -> None:
    archive = WarcArchive(folder, software="newsmill/test")
    archive.sync()
    archive.close()
    archive.close()
    assert not folder.exists()


def test_two_runs_never_write_the_same_file(folder: Path) -> None:
    records = []
    for _ in range(2):
        run = WarcArchive(folder, software="newsmill/test")
        records += keep(run, exchange())
        run.close()
    assert len({record.file for record in records}) == 2
    reader = WarcArchive(folder, software="newsmill/test")
    assert [reader.read(record, max_bytes=MEGABYTE).body for record in records] == [PAGE, PAGE]


def test_a_full_file_is_followed_by_the_next(archive: WarcArchive, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive_module, "ROTATE_AT", 100_000)
    records = keep(archive, *[exchange(PHOTO, content_type="image/png")] * 5)
    archive.sync()
    assert len({record.file for record in records}) == 3
    assert all(archive.read(record, max_bytes=MEGABYTE).body == PHOTO for record in records)
    assert sum(len(warcio_records(path)) for path in folder.iterdir()) == 3 + 10


def test_a_url_opens_the_folder_it_names(tmp_path: Path) -> None:
    place = tmp_path / "mit Leerzeichen 新"
    archive = open_archive(place.as_uri(), software="newsmill/test")
    keep(archive, exchange())
    archive.close()
    assert len(list(place.iterdir())) == 1


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("s3://bucket/prefix", "not available yet"),
        ("/var/lib/archive", "use file:///"),
        ("file://elsewhere/archive", "use file:///"),
        ("ftp://x/y", "use file:///"),
    ],
)
def test_a_url_that_names_no_archive_is_refused_with_a_sentence(url: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        open_archive(url, software="newsmill/test")
