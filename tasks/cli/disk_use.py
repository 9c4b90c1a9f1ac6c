"""The `disk` of `newsmill status`."""

import time
from pathlib import Path

from sqlalchemy import Connection

from config.settings import Settings
from tasks.cli.opening import SettingsMistake, archive_of
from worker.errors import OwnTrouble
from worker.store.archive import WarcArchive
from worker.store.disk import database_bytes, free_bytes

FRESH_S = 30.0  # an archive of 10,000 files takes 26 ms to add up, which --watch need not do every second


class DiskUse:
    """What database and archive take in bytes, looked up anew when what is known is `FRESH_S` old.

    `free` is what is left on the fuller of their volumes, as far as they are this machine's. Null: cannot be said.
    """

    def __init__(self, chosen: Settings) -> None:
        self._archive = _archive(chosen)
        self._known: dict[str, int | None] = {}
        self._known_at = 0.0

    def values(self, connection: Connection) -> dict[str, int | None]:
        """Return the bytes by name."""
        if not self._known or time.monotonic() - self._known_at > FRESH_S:
            self._known, self._known_at = self._looked_up(connection), time.monotonic()
        return self._known

    def _looked_up(self, connection: Connection) -> dict[str, int | None]:
        used: int | None = None
        free = []
        if connection.dialect.name == "sqlite" and connection.engine.url.database:
            free.append(free_bytes(Path(connection.engine.url.database)))
        if self._archive is not None:
            try:
                used = self._archive.size()
                free.append(self._archive.free())
            except OwnTrouble:
                pass  # no concern of the totals: `newsmill doctor` says what is wrong
        return {"database": database_bytes(connection), "archive": used, "free": min(free, default=None)}


def _archive(chosen: Settings) -> WarcArchive | None:
    try:
        return archive_of(chosen)
    except SettingsMistake:
        return None
