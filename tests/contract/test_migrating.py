"""A database of an earlier schema, brought up to date with all that it holds."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, text

from worker.store import migrate
from worker.store.database import open_database
from worker.store.library import Wanted, browse, count, find, snapshot

MIGRATIONS = Path(migrate.__file__).parent / "migrations"
ROW = "INSERT INTO url (id, kind, fingerprint, url, host, job, state, next_at, accepted_at) VALUES (7, 'article', :mark, 'u', 'h', 'j', 'stored', 1, 1)"
RECORD = "INSERT INTO record (url_id, page, url, status, at, sha256, file, \"offset\", length) VALUES (7, 0, 'u', 200, 1.5, 's', 'f', 2, 3)"

ARTICLE = """
INSERT INTO article (id, url_id, job, host, url, final_url, canonical_url, title, extraction, text, content_hash, http, extractor,
                     version, fetched_at, checked_at)
VALUES (3, 7, 'j', 'h', 'u', 'u', 'u', 't',
        '{"title": "t", "source": "", "site_name": "", "published_at": null, "modified_at": null, "language": null, "description": "",
          "section": "", "lead_image": null, "declared_canonical": null, "next_page": null, "reason": null, "authors": [],
          "editors": [], "tags": [], "quality": {}, "document": [], "images": []}',
        'Words.', 'c', '{}', 'x', 1, 1.5, 1.5)
""".replace(":", r"\:")


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """A database of the first schema."""
    engine = open_database(database_url)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    yield engine
    engine.dispose()


def test_records_of_the_first_schema_are_kept_and_no_version_has_read_them_again(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text(ROW), {"mark": b"m"})
        connection.execute(text(RECORD))
    assert migrate.migrate(engine)
    with engine.connect() as connection:
        kept = connection.execute(text("SELECT url_id, file, at, extractor FROM record")).one()
    assert tuple(kept) == (7, "f", 1.5, None)
    assert not migrate.migrate(engine)


def test_articles_of_an_earlier_schema_are_kept_and_nobody_has_looked_for_their_copies(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text(ROW), {"mark": b"m"})
        connection.execute(text(ARTICLE))
    migrate.migrate(engine)
    with snapshot(engine) as connection:
        kept = find(connection, "3")
        assert kept is not None
        assert (kept.text, kept.cluster, kept.canonical_copy, kept.near_copies) == ("Words.", None, None, ())
        assert [listed.cluster for listed in browse(connection, limit=9)] == [None]
        assert count(connection, Wanted(one_per_cluster=True)) == 1
