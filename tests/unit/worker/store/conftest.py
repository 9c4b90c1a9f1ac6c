"""An archive in a folder of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from worker.store.archive import WarcArchive


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "archive"


@pytest.fixture
def archive(folder: Path) -> Iterator[WarcArchive]:
    archive = WarcArchive(folder, software="newsmill/test")
    yield archive
    archive.close()
