"""Copying records out of the archive: whole and their own, or not at all."""

import gzip
from dataclasses import replace
from pathlib import Path

import pytest

from tests.exchanges import CODINGS, PAGE, exchange, keep
from worker.errors import OwnTrouble
from worker.store import warc
from worker.store.archive import WarcArchive


@pytest.mark.parametrize("kind", CODINGS)
def test_a_copy_is_the_member_as_it_lies_there_and_says_how_it_begins(archive: WarcArchive, kind: str) -> None:
    (record,) = keep(archive, CODINGS[kind])
    member, opening = archive.copy_of(record)
    assert member == archive.member(record)
    assert opening.headers["warc-target-uri"] == record.url
    assert opening.headers["warc-type"] == "response"
    assert opening.http_head.startswith(f"HTTP/1.1 {record.status}".encode())
    assert gzip.decompress(member).partition(warc.HEAD_END)[2].startswith(opening.http_head + warc.HEAD_END)


def test_a_record_larger_than_a_piece_is_proven_piece_by_piece(archive: WarcArchive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warc, "PIECE", 2_000)
    (record,) = keep(archive, exchange(PAGE * 20))
    member, opening = archive.copy_of(record)
    assert int(opening.headers["content-length"]) > len(PAGE) * 20 > 10 * 2_000
    assert warc.proven(member) == opening


def test_no_flipped_bit_is_copied(archive: WarcArchive, folder: Path) -> None:
    (record,) = keep(archive, exchange(b"<p>short</p>"))
    (path,) = folder.iterdir()
    good = path.read_bytes()
    whole = gzip.decompress(archive.member(record))
    for position in range(record.offset, record.offset + record.length):
        bad = bytearray(good)
        bad[position] ^= 0x10
        path.write_bytes(bad)
        try:
            member, _ = archive.copy_of(record)
            assert gzip.decompress(member) == whole  # a bit of the gzip head says nothing
        except OwnTrouble:
            pass


@pytest.mark.parametrize("cut", [0, 1, 30, -30, -1])
def test_a_record_that_is_cut_is_not_copied(archive: WarcArchive, cut: int) -> None:
    (record,) = keep(archive, exchange())
    with pytest.raises(OwnTrouble, match="cannot be read"):
        archive.copy_of(replace(record, length=cut % record.length))


def test_a_record_with_its_neighbour_behind_it_is_not_copied(archive: WarcArchive) -> None:
    first, second = keep(archive, exchange(), exchange())
    with pytest.raises(OwnTrouble, match="not one whole gzip member"):
        archive.copy_of(replace(first, length=second.offset - first.offset))


def test_the_record_of_another_address_is_not_copied(archive: WarcArchive) -> None:
    (record,) = keep(archive, exchange())
    with pytest.raises(OwnTrouble, match="another record lies there"):
        archive.copy_of(replace(record, url="https://other.example/"))


@pytest.mark.parametrize("rubbish", [b"", b"rubbish", gzip.compress(b""), gzip.compress(b"WARC/1.1\r\n\r\n"),
                                     gzip.compress(b"WARC/1.1\r\nContent-Length: x\r\n\r\n\r\n\r\n")])  # fmt: skip
def test_what_is_no_record_is_refused(rubbish: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        warc.proven(rubbish)
