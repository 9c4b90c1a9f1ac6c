"""The archive under fault: full disks, torn tails, flipped bits, failed flushes, killed writers."""

import asyncio
import errno
import gzip
import os
import resource
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from tests.exchanges import MEGABYTE, PAGE, exchange, keep, warcio_records, whole_records
from worker.errors import OwnTrouble, TooLarge
from worker.exchange import Record
from worker.store import archive as archive_module
from worker.store.archive import WarcArchive

ROOT = Path(__file__).parents[4]
CHILD = (sys.executable, "-m", "tests.unit.worker.store.test_archive_faults")


def test_sync_makes_durable_what_was_kept_and_costs_nothing_twice(archive: WarcArchive, monkeypatch: pytest.MonkeyPatch) -> None:
    flushed: list[int] = []
    monkeypatch.setattr("worker.store.volume._flush_data", flushed.append)
    archive.sync()
    keep(archive, exchange())
    archive.sync()
    archive.sync()
    assert len(flushed) == 1
    keep(archive, exchange())
    archive.sync()
    assert len(flushed) == 2


def test_after_a_failed_flush_nothing_is_promised_any_more(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = WarcArchive(folder, software="newsmill/test")
    keep(archive, exchange())

    def fail(_: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as broken:
        broken.setattr("worker.store.volume._flush_data", fail)
        with pytest.raises(OwnTrouble, match="Input/output error"):
            archive.sync()
    with pytest.raises(OwnTrouble):
        archive.sync()
    with pytest.raises(OwnTrouble):
        keep(archive, exchange())
    archive.close()


def test_a_record_is_read_up_to_the_callers_limit(archive: WarcArchive) -> None:
    bomb = gzip.compress(bytes(5 * MEGABYTE))
    plain, packed = keep(archive, exchange(), exchange(bomb, bytes(5 * MEGABYTE), headers=(("Content-Encoding", "gzip"),)))
    with pytest.raises(TooLarge):
        archive.read(plain, max_bytes=len(PAGE) - 1)
    with pytest.raises(TooLarge):
        archive.read(packed, max_bytes=5 * MEGABYTE - 1)
    assert len(archive.read(packed, max_bytes=5 * MEGABYTE).body) == 5 * MEGABYTE
    assert archive.read(plain, max_bytes=len(PAGE)).body == PAGE


@pytest.mark.parametrize(
    "damage",
    [
        {"sha256": "0" * 64},
        {"offset": 1},
        {"length": 50},
        {"offset": 10**9},
        {"file": "gone.warc.gz"},
        {"file": "../archive/x"},
    ],
    ids=str,
)
def test_a_record_that_is_not_what_was_kept_is_refused_with_its_name(archive: WarcArchive, damage: dict[str, object]) -> None:
    (record,) = keep(archive, exchange())
    with pytest.raises(OwnTrouble, match=r"https://news\.example/a\?b=1"):
        archive.read(replace(record, **damage), max_bytes=MEGABYTE)  # type: ignore[arg-type]


def test_every_flipped_bit_is_noticed(archive: WarcArchive, folder: Path) -> None:
    (record,) = keep(archive, exchange(b"<p>short</p>"))
    (path,) = folder.iterdir()
    good = path.read_bytes()
    for position in range(record.offset, record.offset + record.length):
        bad = bytearray(good)
        bad[position] ^= 0x10
        path.write_bytes(bad)
        try:
            assert archive.read(record, max_bytes=MEGABYTE).body == b"<p>short</p>"  # a bit of the gzip head says nothing
        except OwnTrouble:
            pass


def test_a_torn_tail_harms_no_whole_record_wherever_it_was_cut(archive: WarcArchive, folder: Path) -> None:
    *whole, last = keep(archive, *[exchange(f"<p>{number}</p>".encode()) for number in range(4)])
    (path,) = folder.iterdir()
    data = path.read_bytes()
    for end in range(last.offset, len(data)):
        path.write_bytes(data[:end])
        assert [archive.read(record, max_bytes=MEGABYTE).body for record in whole] == [b"<p>0</p>", b"<p>1</p>", b"<p>2</p>"]
        assert whole_records(data[:end]) >= 1 + 2 * len(whole)
        if end < last.offset + last.length:
            with pytest.raises(OwnTrouble):
                archive.read(last, max_bytes=MEGABYTE)


def test_a_disk_that_is_full_loses_the_record_alone(tmp_path: Path) -> None:
    """The limit on the size of a file stands in for the disk: write(2) takes a part, then refuses."""
    child = subprocess.run([*CHILD, "full", str(tmp_path / "archive")], cwd=ROOT, capture_output=True, text=True, check=False)
    assert child.stderr == ""
    assert child.stdout.splitlines() == ["kept", "File too large", "kept", "read", "size as before"]
    (path,) = (tmp_path / "archive").iterdir()
    assert len(warcio_records(path)) == 1 + 2 * 2


def say(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def _fill_the_disk(folder: str) -> None:
    archive = WarcArchive(Path(folder), software="newsmill/test")
    limit = 200_000
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    (first,) = keep(archive, exchange())
    say("kept")
    (path,) = Path(folder).iterdir()
    size = path.stat().st_size
    try:
        keep(archive, exchange(os.urandom(2 * limit), content_type="image/jpeg"))
    except OwnTrouble as trouble:
        say(trouble.detail.rpartition(": ")[2])
    after = path.stat().st_size
    (second,) = keep(archive, exchange())
    say("kept")
    archive.sync()
    assert [archive.read(record, max_bytes=MEGABYTE).body for record in (first, second)] == [PAGE, PAGE]
    say("read")
    say("size as before" if after == size else f"{after} after {size}")
    archive.close()


def test_after_a_tail_that_could_not_be_cut_off_the_next_file_begins(
    archive: WarcArchive, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (first,) = keep(archive, exchange())
    real_write = os.write
    taken: list[int] = []

    def half(file: int, data: bytes) -> int:
        if taken:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        taken.append(real_write(file, data[: first.length // 2]))
        return taken[0]

    def refuse(*_: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as broken:
        broken.setattr(os, "write", half)
        broken.setattr(os, "ftruncate", refuse)
        with pytest.raises(OwnTrouble, match="No space left"):
            keep(archive, exchange())
    (second,) = keep(archive, exchange())
    archive.sync()
    assert first.file != second.file
    assert [archive.read(record, max_bytes=MEGABYTE).body for record in (first, second)] == [PAGE, PAGE]
    assert whole_records((folder / first.file).read_bytes()) == 1 + 2


def test_a_folder_that_cannot_be_written_is_our_own_trouble(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    archive = WarcArchive(tmp_path / "file" / "archive", software="newsmill/test")
    with pytest.raises(OwnTrouble, match="Not a directory"):
        keep(archive, exchange())
    with pytest.raises(OwnTrouble, match="cannot be written"):
        archive.check()
    archive.close()


def test_check_leaves_no_trace(archive: WarcArchive, folder: Path) -> None:
    archive.check()
    assert list(folder.iterdir()) == []


def test_many_threads_may_flush_while_records_are_kept(archive: WarcArchive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive_module, "ROTATE_AT", 50_000)
    done = threading.Event()
    failures: list[BaseException] = []

    def flush() -> None:
        try:
            while not done.is_set():
                archive.sync()
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=flush) for _ in range(3)]
    for thread in threads:
        thread.start()
    bodies = [os.urandom(8_000) for _ in range(60)]
    records = keep(archive, *[exchange(body, content_type="image/webp") for body in bodies])
    done.set()
    for thread in threads:
        thread.join()
    assert failures == []
    assert [archive.read(record, max_bytes=MEGABYTE).body for record in records] == bodies


@pytest.mark.parametrize("attempt", range(3))
def test_a_killed_writer_leaves_what_it_had_kept(tmp_path: Path, attempt: int) -> None:
    child = subprocess.Popen([*CHILD, "write", str(tmp_path / "archive")], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    kept = [child.stdout.readline().split() for _ in range(20 + 7 * attempt)]
    child.send_signal(signal.SIGKILL)
    rest, _ = child.communicate()
    kept += [line.split() for line in rest.splitlines() if line.endswith(" .")]
    archive = WarcArchive(tmp_path / "archive", software="newsmill/test")
    for file, offset, length, digest, _ in kept:
        record = Record(file=file, offset=int(offset), length=int(length), sha256=digest, url="u", status=200, at=0.0)
        assert sha256(archive.read(record, max_bytes=MEGABYTE).body).hexdigest() == digest
    (path,) = (tmp_path / "archive").iterdir()
    assert whole_records(path.read_bytes()) >= 1 + 2 * len(kept)


def _write_for_ever(folder: str) -> None:
    archive = WarcArchive(Path(folder), software="newsmill/test")

    async def write() -> None:
        while True:
            for record in await asyncio.gather(*[archive.keep(exchange(os.urandom(20_000))) for _ in range(4)]):
                say(record.file, record.offset, record.length, record.sha256, ".")

    asyncio.run(write())


if __name__ == "__main__":
    {"full": _fill_the_disk, "write": _write_for_ever}[sys.argv[1]](sys.argv[2])
