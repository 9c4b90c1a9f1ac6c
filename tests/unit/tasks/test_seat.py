"""Supervisors of one machine have names of their own, which are few and come back."""

import os
import tempfile
from pathlib import Path

import pytest

from tasks.seat import seat


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def test_the_first_has_no_name_and_the_next_are_numbered() -> None:
    with seat() as first, seat() as second, seat() as third:
        assert [first, second, third] == ["", "w2", "w3"]


def test_a_seat_that_was_left_is_taken_again() -> None:
    with seat():
        with seat() as before:
            pass
        with seat() as after:
            assert before == after == "w2"


def test_a_file_that_cannot_be_opened_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / f"newsmill-{os.getuid()}-seat-1.lock").mkdir()
    with seat() as name:
        assert name == "w2"


def test_without_a_folder_the_name_is_the_processs_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    with seat() as name:
        assert name == f"w{os.getpid()}"
