"""The raw store: what came from the web, as it came, in WARC files of a folder."""

import asyncio
import os
import threading
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote, urlsplit

from worker.errors import OwnTrouble, TooLarge
from worker.exchange import Exchange, Record
from worker.store import coding, warc
from worker.store.disk import folder_bytes, free_bytes
from worker.store.volume import Volume

ROTATE_AT = 1_000_000_000  # bytes; the size that the WARC standard's annex recommends, and tools and copies cope with
HEAD_ROOM = 1_000_000  # bytes that heads and an ineffective content coding may add to a body's size


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedResponse:
    """A response as it was kept; *body* without its content coding, verified by its SHA-256."""

    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """Return the first header called *name*, case-insensitively."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)


class WarcArchive:
    """An archive in *folder*, which any number of processes may share: each writes files of its own.

    *software* names the writer in every file. Files are made on first use, rotated at 1 GB and never opened for
    writing again. Appending happens on a thread of the archive's own; `sync` may come from any thread.
    """

    def __init__(self, folder: Path, *, software: str) -> None:
        self._folder = folder
        self._software = software
        self._volume: Volume | None = None
        self._lost: str | None = None
        self._swapping = threading.Lock()  # held while one volume takes another's place
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="archive")

    async def keep(self, exchange: Exchange) -> Record:
        """Append response and request of *exchange*; durable after the next `sync`.

        Raises OwnTrouble when they cannot be written; nothing of them is left in the file then.
        """
        return await asyncio.get_running_loop().run_in_executor(self._writer, self._append, exchange)

    def sync(self) -> None:
        """Make every record durable whose `keep` has returned; call it before the commit that refers to them.

        Raises OwnTrouble. After a failed flush the system may have dropped what it could not write, and the next
        flush would not know of it: so every later call, here and of `keep`, raises until the process is replaced.
        """
        with self._swapping:
            self._refuse_if_lost()
            if self._volume is None:
                return
            with self._flushing():
                self._volume.flush()

    def close(self) -> None:
        """Write what is queued, flush and close. Idempotent; raises OwnTrouble when the flush fails."""
        self._writer.shutdown()
        with self._swapping:
            self._retire()

    def read(self, record: Record, *, max_bytes: int) -> ArchivedResponse:
        """Return the response of *record*, its body decoded and verified.

        Raises TooLarge when the body decodes to more than *max_bytes*, OwnTrouble when the file is gone, the record
        torn, or its body another one than was kept.
        """
        inflated = self._inflate(record, max_bytes + HEAD_ROOM)
        try:
            http_head, wire_body = warc.http_message(inflated)
            status, reason, headers = warc.status_and_headers(http_head)
            body = _decoded(wire_body, headers, record.sha256, max_bytes)
        except ValueError as error:
            raise _unreadable(record, str(error)) from error
        return ArchivedResponse(status=status, reason=reason, headers=headers, body=body)

    def member(self, record: Record) -> bytes:
        """Return the gzip member of *record* as it lies in its file: a WARC record ready to be copied.

        Raises OwnTrouble when it is not all there.
        """
        if Path(record.file).name != record.file:
            raise _unreadable(record, "its file lies outside the archive")
        try:
            with (self._folder / record.file).open("rb") as file:
                member = os.pread(file.fileno(), record.length, record.offset)
        except OSError as error:
            raise _unreadable(record, error.strerror or str(error)) from error
        if len(member) < record.length:
            raise _unreadable(record, "the file ends before it")
        return member

    def copy_of(self, record: Record) -> tuple[bytes, warc.Opening]:
        """Return the gzip member of *record*, proven whole and its own, and how the record in it begins.

        Raises OwnTrouble when it is not all there, not as it was written, or of another URL.
        """
        member = self.member(record)
        try:
            opening = warc.proven(member)
        except ValueError as error:
            raise _unreadable(record, str(error)) from error
        if opening.headers.get("warc-target-uri") != warc.uri(record.url):
            raise _unreadable(record, "another record lies there")
        return member, opening

    def size(self) -> int:
        """Return the bytes that its files take. Raises OwnTrouble."""
        with _translated(f"the archive in {self._folder} cannot be read"):
            return folder_bytes(self._folder)

    def free(self) -> int:
        """Return the bytes that are left on its volume. Raises OwnTrouble."""
        with _translated(f"the archive in {self._folder} cannot be read"):
            return free_bytes(self._folder)

    @property
    def lost(self) -> bool:
        """Whether a flush has failed, so that this process can archive nothing any more."""
        return self._lost is not None

    def check(self) -> None:
        """Prove that the archive can be written. Raises OwnTrouble when it cannot."""
        probe = self._folder / f".probe-{os.getpid()}"
        with _translated(f"the archive in {self._folder} cannot be written"):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            probe.write_bytes(b"")
            probe.unlink()

    def _inflate(self, record: Record, limit: int) -> bytes:
        """Return the WARC record of *record*, which must fit into *limit* bytes."""
        try:
            inflated = coding.inflate(self.member(record), coding.GZIP, limit)
        except zlib.error as error:
            raise _unreadable(record, str(error)) from error
        if len(inflated) > limit:
            raise TooLarge(f"the archived record of {record.url} takes more than {limit:,} bytes")
        return inflated

    def _append(self, exchange: Exchange) -> Record:
        """Write *exchange* on the archive's own thread."""
        self._refuse_if_lost()
        with _translated(f"the archive in {self._folder} cannot be written"):
            volume = self._writable()
            response_id = warc.new_id()
            response = warc.response(exchange, response_id, volume.warcinfo_id)
            request = warc.request(exchange, warc.new_id(), volume.warcinfo_id, response_id)
            offset = volume.append(response + request)
        return Record(
            file=volume.name,
            offset=offset,
            length=len(response),
            sha256=sha256(exchange.body).hexdigest(),
            url=exchange.url,
            status=exchange.status,
            at=exchange.started_at,
        )

    def _writable(self) -> Volume:
        """Return the volume to write to: a new one at first, when one is full, and after one was spoilt."""
        volume = self._volume
        if volume is None or volume.spoilt or volume.end >= ROTATE_AT:
            with self._swapping:
                self._retire()
                self._volume = volume = Volume(self._folder, self._software)
        return volume

    def _retire(self) -> None:
        """Close the volume; its records are durable then."""
        if self._volume is not None:
            volume, self._volume = self._volume, None
            with self._flushing():
                volume.close()

    @contextmanager
    def _flushing(self) -> Iterator[None]:
        """Remember a flush that failed, for good."""
        try:
            yield
        except OSError as error:
            self._lost = f"the archive in {self._folder} could not be flushed: {error.strerror or error}"
            raise OwnTrouble(self._lost) from error

    def _refuse_if_lost(self) -> None:
        if self._lost is not None:
            raise OwnTrouble(self._lost)


def open_archive(url: str, *, software: str) -> WarcArchive:
    """Return the archive at *url*, `file:///folder`; nothing is touched before its first use.

    Raises ValueError, with a sentence for the operator, for what cannot be an archive.
    """
    parts = urlsplit(url)
    if parts.scheme == "s3":
        raise ValueError("NEWSMILL_ARCHIVE_URL: s3:// archives are not available yet; use file:///path/to/a/folder")
    if parts.scheme != "file" or parts.netloc not in ("", "localhost") or not parts.path.startswith("/"):
        raise ValueError(f"NEWSMILL_ARCHIVE_URL: {url!r} is no archive; use file:///path/to/a/folder")
    return WarcArchive(Path(unquote(parts.path)), software=software)


def _decoded(wire_body: bytes, headers: tuple[tuple[str, str], ...], kept: str, limit: int) -> bytes:
    """Return the body whose SHA-256 is *kept*: as it lies there, or with its content codings undone.

    Raises TooLarge above *limit* bytes, ValueError when neither is the one.
    """
    if sha256(wire_body).hexdigest() == kept:
        body = wire_body
    else:
        body = coding.undo(wire_body, ",".join(value for name, value in headers if name.lower() == "content-encoding"), limit)
        if sha256(body).hexdigest() != kept:
            raise ValueError("its body has another SHA-256 than was kept")
    if len(body) > limit:
        raise TooLarge(f"the stored body has more than {limit:,} bytes")
    return body


def _unreadable(record: Record, why: str) -> OwnTrouble:
    return OwnTrouble(f"the archived record of {record.url} ({record.file} at {record.offset}) cannot be read: {why}")


@contextmanager
def _translated(what: str) -> Iterator[None]:
    """Turn the system's errors into ours."""
    try:
        yield
    except OSError as error:
        raise OwnTrouble(f"{what}: {error.strerror or error}") from error
