"""Following what a run brought: the new URLs of a job between two points in time, and nothing else."""

from sqlalchemy import update

from tests.values import candidate
from worker.store import schema
from worker.store.accept import accept
from worker.store.database import open_database
from worker.store.following import brought
from worker.store.migrate import migrate
from worker.store.transaction import transaction


def test_what_a_job_brought_is_told_in_its_order(database_url: str) -> None:
    engine = open_database(database_url)
    migrate(engine)
    urls = [f"https://news.example/{letter}" for letter in "zma"]
    with transaction(engine) as tx:
        earlier, other = (
            accept(tx, [candidate(f"https://old.example/{job}")], job=job, urgent=False) for job in ("courier", "other")
        )
        table = schema.url
        tx.connection.execute(update(table).where(table.c.id == earlier[0].url_id).values(accepted_at=tx.now - 60))
        new = [answer.url_id for answer in accept(tx, [candidate(url) for url in urls], job="courier", urgent=False)]
        assert brought(tx.connection, "courier", since=tx.now - 1, until=tx.now) == new
        assert brought(tx.connection, "courier", since=tx.now - 90, until=tx.now - 30) == [earlier[0].url_id]
        assert brought(tx.connection, "other", since=tx.now - 1, until=tx.now) == [other[0].url_id]
        assert brought(tx.connection, "nobody", since=0, until=tx.now) == []
    engine.dispose()
