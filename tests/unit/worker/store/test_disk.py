"""What the stores take of the disk."""

import shutil
from pathlib import Path

from tests.exchanges import exchange, keep
from worker.store.archive import WarcArchive
from worker.store.disk import folder_bytes, free_bytes


def test_the_files_of_an_archive_are_added_up(archive: WarcArchive, folder: Path) -> None:
    assert archive.size() == 0
    keep(archive, exchange())
    assert archive.size() == sum(path.stat().st_size for path in folder.iterdir()) > 0


def test_a_folder_that_is_not_there_takes_nothing_and_a_link_to_nowhere_neither(tmp_path: Path) -> None:
    assert folder_bytes(tmp_path / "none") == 0
    (tmp_path / "link").symlink_to(tmp_path / "gone")
    (tmp_path / "file").write_bytes(b"12345")
    assert folder_bytes(tmp_path) == 5


def test_what_is_free_is_asked_where_the_folder_will_lie(tmp_path: Path) -> None:
    there = shutil.disk_usage(tmp_path).free
    assert abs(free_bytes(tmp_path / "not" / "there" / "yet") - there) < 100_000_000
