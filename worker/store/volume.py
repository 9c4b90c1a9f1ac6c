"""One WARC file of the archive while it is being written: appended to by one thread, flushed by another."""

import os
import secrets
import time
from pathlib import Path

from worker.store import warc

_flush_data = getattr(os, "fdatasync", os.fsync)  # macOS has only the latter


class Volume:
    """A file that only this process writes and that nobody opens for writing again.

    A torn record hides everything behind it from readers that go from record to record, so nothing may ever come
    behind one: what could not be written whole is cut off, and where even that fails the volume is `spoilt`.
    Methods raise OSError.
    """

    def __init__(self, folder: Path, software: str) -> None:
        """Create the file, named by time, process and chance, with its warcinfo record."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        now = time.time()
        stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now))
        self.name = f"newsmill-{stamp}-{os.getpid()}-{secrets.token_hex(4)}.warc.gz"
        self.warcinfo_id = warc.new_id()
        self.end = 0
        self.spoilt = False
        self._flushed = 0
        path = folder / self.name
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            self.append(warc.warcinfo(self.name, software, now, self.warcinfo_id))
            _flush_folder(folder)
        except OSError:
            os.close(self._file)
            path.unlink(missing_ok=True)
            raise

    def append(self, data: bytes) -> int:
        """Append *data* whole or not at all, with one write(2) unless the system takes less; return its offset."""
        start, left = self.end, memoryview(data)
        try:
            while left:
                left = left[os.write(self._file, left) :]
        except OSError:
            self._cut_back()
            raise
        self.end = start + len(data)
        return start

    def flush(self) -> None:
        """Make durable what was appended so far; free when nothing was. May run beside `append`, not beside `close`."""
        end = self.end
        if end > self._flushed:
            _flush_data(self._file)
            self._flushed = end

    def close(self) -> None:
        """Flush and close; closed even when the flush fails."""
        try:
            self.flush()
        finally:
            os.close(self._file)

    def _cut_back(self) -> None:
        """Cut a half-written record off, or let nothing come behind it."""
        try:
            os.ftruncate(self._file, self.end)
        except OSError:
            self.spoilt = True


def _flush_folder(folder: Path) -> None:
    """Make the new file's name durable: its bytes alone are of no use after a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
