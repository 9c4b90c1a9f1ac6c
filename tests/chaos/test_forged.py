"""The cache says that everything is known, and the database is an older copy: what is not done is done."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import redis
from sqlalchemy import make_url

from tests.building import opened
from tests.chaos.counts import drained, exact
from tests.chaos.mill import accept_all, mill
from tests.chaos.scale import sized
from tests.origin import Origin
from tests.parts import ValkeyServer
from worker.store.seen import PREFIX
from worker.urls import canonicalise, fingerprint

URLS = sized(60, 1_000)


@pytest.mark.timeout(300)
def test_what_the_cache_claims_to_know_and_an_older_database_does_not_is_fetched(
    home: Path, tmp_path: Path, sqlite_url: str, forgetful: ValkeyServer
) -> None:
    with Origin(latency_s=0.05) as origin:
        urls = [f"{origin.url}/n/{n}" for n in range(URLS)]
        copy = tmp_path / "copy.db"
        with opened(sqlite_url) as engine:
            accept_all(engine, urls)
        with closing(sqlite3.connect(make_url(sqlite_url).database or "")) as now, closing(sqlite3.connect(copy)) as then:
            now.backup(then)
        with opened(sqlite_url) as engine, mill(home, forgetful, database_url=sqlite_url):
            drained(engine, within_s=150)
        with redis.Redis.from_url(forgetful.url) as client:
            client.mset({PREFIX + fingerprint(canonicalise(url)).hex(): b"" for url in urls})
        older = f"sqlite:///{copy}"
        with opened(older) as engine, mill(home / "restored", forgetful, database_url=older) as running:
            drained(engine, within_s=150)
            running.stop()
            exact(engine, "forged keys and an older database", stored=URLS)
