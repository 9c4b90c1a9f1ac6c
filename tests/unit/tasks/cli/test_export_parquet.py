"""`newsmill export --format parquet`."""

import errno
import io
import json
import random
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from arro3.core import DataType
from arro3.io import read_parquet
from sqlalchemy import Engine

from tasks.cli import exporting_parquet
from tasks.cli.exporting_parquet import SCHEMA, write_parquet
from tests.building import DAY, NOON, Stacks, image, news
from tests.unit.tasks.cli.conftest import Newsmill
from worker.article_json import StoredArticle
from worker.errors import OwnTrouble
from worker.models import ImageState
from worker.store.library import Wanted, articles

A, B = "https://a.example/1.html", "https://b.example/2.html"
PICTURE = "https://img.example/a.png"


def rows(path: Path) -> list[dict[str, Any]]:
    table = read_parquet(path).read_all()
    columns = {name: table[name].combine_chunks().to_pylist() for name in table.column_names}
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


@pytest.fixture
def filled(stacks: Stacks) -> None:
    stored = image(PICTURE, ImageState.STORED, body=b"bytes", alt="Boats", caption="港")
    first = news(A, title="港口 strike", images=(stored, image(PICTURE + "?2", ImageState.FAILED)), authors=("Ada", "薄"),
                 tags=("sea",), published_at="2026-09-22", quality={"paywalled": True})  # fmt: skip
    stacks.store(first)
    stacks.store(news(B, fetched_at=NOON + DAY + 0.5), job="politics")


def test_a_row_says_what_the_json_says_in_typed_columns(call: Newsmill, filled: None, tmp_path: Path) -> None:
    target = tmp_path / "all.parquet"
    result = call("export", "--format", "parquet", "--to", str(target))
    assert (result.exit_code, result.stdout) == (0, "")
    lines = [json.loads(line) for line in call("export", "--to", "-").stdout.splitlines()]
    found = rows(target)
    assert [list(row) for row in found] == [list(line) for line in lines]
    for row, line in zip(found, lines, strict=True):
        assert row["fetched_at"].replace(microsecond=0) == datetime.fromisoformat(line["fetched_at"])
        assert json.loads(row["quality"]) == line["quality"]
        typed = {"fetched_at", "quality"}
        assert {name: row[name] for name in row if name not in typed} == {name: line[name] for name in line if name not in typed}
    assert found[0]["images"][0]["caption"] == "港"
    assert found[0]["published_at"] == "2026-09-22"
    assert found[1]["fetched_at"] == datetime.fromtimestamp(NOON + DAY + 0.5, UTC)
    assert DataType.is_list(SCHEMA.field("authors").type)


def test_half_characters_and_nul_do_not_end_an_export(filled: None, engine: Engine) -> None:
    (article, _) = articles(engine, Wanted())
    unclean = replace(article, text="a\0b\ud83dc", url="https://a.example/\udcff")
    out = io.BytesIO()
    assert write_parquet([unclean], out) == 1
    table = read_parquet(io.BytesIO(out.getvalue())).read_all()
    assert table["text"].combine_chunks().to_pylist() == ["ab\ufffdc"]


def test_an_export_of_nothing_is_a_valid_file(call: Newsmill, home: Path, tmp_path: Path) -> None:
    target = tmp_path / "none.parquet"
    assert call("export", "--format", "parquet", "--to", str(target)).exit_code == 0
    table = read_parquet(target).read_all()
    assert (table.num_rows, table.column_names) == (0, SCHEMA.names)


def test_many_articles_are_written_in_row_groups_as_they_come(
    filled: None, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting_parquet, "BATCH", 3)
    monkeypatch.setattr(exporting_parquet, "ROW_GROUP", 6)
    (article, _) = articles(engine, Wanted())
    out = io.BytesIO()
    sizes: list[int] = []

    def coming() -> Any:
        for _ in range(20):
            sizes.append(out.tell())
            yield replace(article, text=random.randbytes(100_000).hex())  # more than the writer's own buffer

    assert write_parquet(coming(), out) == 20
    assert sizes[0] < sizes[9] < sizes[19]  # groups were written before the last article was read
    assert read_parquet(io.BytesIO(out.getvalue())).read_all().num_rows == 20


def test_what_ends_the_reading_comes_out_as_it_is(filled: None, engine: Engine) -> None:
    def away() -> Any:
        yield from articles(engine, Wanted())
        raise OwnTrouble("database: gone")

    with pytest.raises(OwnTrouble, match="database: gone"):
        write_parquet(away(), io.BytesIO())


class FullDisk(io.BytesIO):
    def write(self, _: Any) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_is_an_error_of_the_disk_and_no_panic(
    filled: None, engine: Engine, capfd: pytest.CaptureFixture[str]
) -> None:
    found: list[StoredArticle] = list(articles(engine, Wanted()))
    with pytest.raises(OSError, match="No space left on device"):
        write_parquet(found, FullDisk())
    assert capfd.readouterr().err == ""


def test_a_disk_that_fills_up_is_not_written_to_any_more(filled: None, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting_parquet, "BATCH", 1)
    monkeypatch.setattr(exporting_parquet, "ROW_GROUP", 1)
    (article, _) = articles(engine, Wanted())
    read = 0

    def coming() -> Any:
        nonlocal read
        for _ in range(1000):
            read += 1
            yield replace(article, text=random.randbytes(100_000).hex())

    with pytest.raises(OSError, match="No space left on device"):
        write_parquet(coming(), FullDisk())
    assert read < 1000


def test_stdout_is_refused_with_a_sentence(call: Newsmill) -> None:
    result = call("export", "--format", "parquet", "--to", "-")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "give --to a file" in result.stderr
