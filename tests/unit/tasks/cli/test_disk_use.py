"""The `disk` of `newsmill status`."""

import json
import shutil
from pathlib import Path

import pytest
from sqlalchemy import Engine

from config.settings import settings
from tasks.cli import disk_use
from tasks.cli.disk_use import DiskUse
from tests.building import Stacks, image, news
from tests.unit.tasks.cli.conftest import Newsmill
from worker.models import ImageState
from worker.store.library import snapshot

PICTURE = "https://img.example/a.png"


@pytest.fixture
def filled(stacks: Stacks) -> None:
    stored = image(PICTURE, ImageState.STORED, body=b"bytes")
    stacks.store(news("https://a.example/1", images=(stored,)), bodies={PICTURE: b"bytes"})


def test_it_says_what_database_and_archive_take_and_what_is_left(call: Newsmill, filled: None, home: Path) -> None:
    disk = json.loads(call("status", "--json").stdout)["disk"]
    assert disk["archive"] == sum(path.stat().st_size for path in (home / "archive").iterdir())
    assert disk["database"] == sum((home / name).stat().st_size for name in ("newsmill.db", "newsmill.db-wal"))
    assert abs(disk["free"] - shutil.disk_usage(home).free) < 100_000_000
    assert "disk: database " in call("status").stdout


def test_an_empty_home_takes_no_archive(call: Newsmill) -> None:
    disk = json.loads(call("status", "--json").stdout)["disk"]
    assert disk["archive"] == 0
    assert disk["database"] > 0


@pytest.mark.parametrize("url", ["s3://bucket/x", "ftp://somewhere"])
def test_an_archive_that_cannot_be_opened_is_no_reason_to_say_nothing(
    call: Newsmill, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("NEWSMILL_ARCHIVE_URL", url)
    assert json.loads(call("status", "--json").stdout)["disk"]["archive"] is None
    assert "archive" not in call("status").stdout.split("disk:")[1]


def test_somebody_who_watches_has_it_looked_up_twice_a_minute(
    filled: None, engine: Engine, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr(disk_use.time, "monotonic", lambda: now)
    watched = DiskUse(settings())
    with snapshot(engine) as connection:
        before = watched.values(connection)["archive"]
        (home / "archive" / "more").write_bytes(b"12345")
        now += 29.0
        assert watched.values(connection)["archive"] == before
        now += 2.0
        assert watched.values(connection)["archive"] == (before or 0) + 5
