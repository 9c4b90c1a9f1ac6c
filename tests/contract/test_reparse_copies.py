"""Copies of articles that were stored before anybody looked for them: found when their pages are read again."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, func, select

from tests.press import URL, Press, page, seeing_none
from worker.document import Document
from worker.models import Extraction
from worker.reparse import Became
from worker.store import schema
from worker.store.transaction import transaction

OTHER = "https://news.example/b/copy.html"


@pytest.fixture
def press(engine: Engine, tmp_path: Path) -> Iterator[Press]:
    press = Press(engine, tmp_path / "archive")
    press.put(**{URL: page(paragraphs=8), OTHER: page(paragraphs=8, title="Pier")})
    with press.earlier():
        press.ingest()
        press.ingest(OTHER)
    yield press
    press.close()


def forget(engine: Engine) -> None:
    """Make the database what it is after the migration that made room for copies."""
    with transaction(engine) as tx:
        for table in (schema.near_copy, schema.likeness_band, schema.likeness, schema.cluster):
            tx.connection.execute(delete(table))


def known(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(schema.likeness)).scalar_one()


def test_copies_are_found_when_their_pages_say_what_is_stored(press: Press, engine: Engine) -> None:
    forget(engine)
    assert [press.article(url).cluster for url in (URL, OTHER)] == [None, None]
    assert [one.became for one in press.reparse()] == [Became.UNCHANGED] * 2
    found = [press.article(url) for url in (URL, OTHER)]
    assert found[0].cluster is not None
    assert found[0].cluster == found[1].cluster
    assert [article.version for article in found] == [1, 1]
    assert known(engine) == 2


def test_reading_again_what_is_known_changes_no_cluster(press: Press, engine: Engine) -> None:
    before = press.article()
    assert [one.became for one in press.reparse()] == [Became.UNCHANGED] * 2
    after = press.article()
    assert (before.cluster, before.canonical_copy, before.near_copies) == (after.cluster, after.canonical_copy, after.near_copies)


def test_copies_are_found_of_articles_that_stay_although_their_page_holds_none_any_more(press: Press, engine: Engine) -> None:
    forget(engine)
    with press.now(seeing_none):
        assert [one.became for one in press.reparse()] == [Became.KEPT] * 2
    assert press.article().cluster is not None


def test_a_preview_finds_nothing(press: Press, engine: Engine) -> None:
    forget(engine)
    press.preview()
    assert known(engine) == 0


def test_an_article_that_is_read_otherwise_is_put_beside_its_copies_anew(press: Press, engine: Engine) -> None:
    def cut(extraction: Extraction) -> Extraction:
        if extraction.title != "Pier":
            return extraction
        return replace(extraction, document=Document(extraction.document.blocks[:1]))

    with press.now(cut):
        assert {one.became for one in press.reparse()} == {Became.UNCHANGED, Became.CHANGED}
    assert [press.article(url).cluster for url in (URL, OTHER)] == [None, None]
