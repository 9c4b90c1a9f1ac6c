"""How much of the disk the stores take, and how much is left."""

import os
import shutil
from pathlib import Path

from sqlalchemy import Connection, func, select


def database_bytes(connection: Connection) -> int:
    """Return what the database takes: SQLite's file with its write-ahead log, or PostgreSQL's own figure."""
    if connection.dialect.name != "sqlite":
        return int(connection.execute(select(func.pg_database_size(func.current_database()))).scalar_one())
    file = connection.engine.url.database or ""
    return sum(path.stat().st_size for path in (Path(file), Path(f"{file}-wal")) if path.exists())


def folder_bytes(folder: Path) -> int:
    """Return what the files in *folder*, which need not be there yet, take together. Raises OSError."""
    total = 0
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                try:
                    total += entry.stat().st_size
                except FileNotFoundError:
                    pass  # a probe of somebody's `doctor`
    except FileNotFoundError:
        pass
    return total


def free_bytes(path: Path) -> int:
    """Return what is left to us on the volume where *path*, which need not be there yet, lies or will lie. Raises OSError."""
    there = next(place for place in (path, *path.absolute().parents) if place.exists())
    return shutil.disk_usage(there).free
