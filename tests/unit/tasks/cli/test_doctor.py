"""`newsmill doctor`."""

import json
import time
from collections.abc import Collection
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, text

from config.settings import Settings
from tasks.cli import sites
from tests.building import Stacks, news
from tests.parts import free_port
from tests.unit.tasks.cli.conftest import Newsmill
from worker.errors import IngestError
from worker.store import health, schema
from worker.store.transaction import transaction


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The sites that the doctor asks for their robots.txt; here all of them answer."""
    asked: list[str] = []

    def answered(_chosen: Settings, urls: Collection[str]) -> dict[str, IngestError]:
        asked.extend(urls)
        return {}

    monkeypatch.setattr(sites, "unreachable", answered)
    return asked


def bad(call: Newsmill) -> dict[str, dict[str, str]]:
    """Return what the doctor finds bad, by subject; each says how to mend it."""
    result = call("doctor", "--json")
    wrong = {finding["subject"]: finding for finding in json.loads(result.stdout) if not finding["ok"]}
    assert result.exit_code == (1 if wrong else 0)
    assert all(finding["mend"] for finding in wrong.values())
    return wrong


def test_a_home_that_is_not_there_yet_is_sound(call: Newsmill) -> None:
    assert bad(call) == {}


def test_a_home_in_use_is_sound(call: Newsmill, stacks: Stacks) -> None:
    stacks.store(news("https://a.example/1"))
    assert bad(call) == {}
    shown = call("doctor").stdout
    assert "recount" in shown
    assert "embedded" in shown


def test_a_home_that_may_not_be_looked_into_is_bad(call: Newsmill, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that no file system takes stands for the permission, which the superuser always has."""
    monkeypatch.setenv("NEWSMILL_HOME", "/proc/1/" + "x" * 300)
    assert "cannot be made" in bad(call)["home"]["said"]


def test_a_wrong_setting_is_bad(call: Newsmill, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSMILL_CONCURRENCY", "none")
    assert "NEWSMILL_CONCURRENCY" in bad(call)["settings"]["said"]


def test_a_variable_that_nobody_reads_is_named_with_what_was_meant(call: Newsmill, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSMILL_CONCURENCY", "3")
    assert "did you mean NEWSMILL_CONCURRENCY" in bad(call)["settings"]["said"]


def test_a_home_that_is_a_file_is_bad_and_is_left_alone(call: Newsmill, home: Path) -> None:
    home.write_text("mine")
    found = bad(call)["home"]
    assert "a file, not a folder" in found["said"]
    assert "chown" not in found["mend"]
    assert "chmod" not in found["mend"]


def test_a_home_that_cannot_be_made_is_bad(call: Newsmill, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSMILL_HOME", "/proc/nowhere/home")
    assert "cannot be made" in bad(call)["home"]["said"]


def test_a_home_that_others_may_write_to_is_bad(call: Newsmill, home: Path) -> None:
    home.mkdir(mode=0o700)
    home.chmod(0o777)
    assert bad(call)["home"]["mend"] == f"chmod go-w {home}"


def test_a_schema_of_another_version_is_bad(call: Newsmill, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    assert bad(call)["database"]["mend"] == "newsmill migrate"
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert bad(call)["database"]["mend"] == "Update Newsmill."


def test_a_file_that_is_no_database_is_bad(call: Newsmill, home: Path) -> None:
    home.mkdir(mode=0o700)
    (home / "newsmill.db").write_bytes(b"rubbish " * 1000)
    assert "not a database" in bad(call)["database"]["said"]


def test_a_database_that_does_not_answer_is_bad(call: Newsmill, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSMILL_DATABASE_URL", f"postgresql+psycopg://nobody@/none?host={tmp_path}")
    assert "NEWSMILL_DATABASE_URL" in bad(call)["database"]["mend"]


def test_totals_that_differ_from_a_recount_are_bad_and_named(call: Newsmill, stacks: Stacks, engine: Engine) -> None:
    stacks.store(news("https://a.example/1"))
    with transaction(engine) as tx:
        row = {"subject": "url", "job": "job", "state": "stored", "cause": "", "n": 2}
        tx.connection.execute(insert(schema.tally), [row])
    assert "url job stored: 3, counted 1" in bad(call)["totals"]["said"]


def test_clocks_two_seconds_apart_are_bad(call: Newsmill, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "clock", lambda _connection: time.time() + 2.5)
    assert "2.5 s ahead of" in bad(call)["clock"]["said"]


def test_a_redis_that_does_not_answer_is_bad(call: Newsmill, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSMILL_REDIS_URL", f"redis://127.0.0.1:{free_port()}/0")
    monkeypatch.setenv("NEWSMILL_CACHE_URL", "memcached://nowhere")
    found = bad(call)
    assert "NEWSMILL_REDIS_URL" in found["redis"]["mend"]
    assert "NEWSMILL_CACHE_URL" in found["cache"]["mend"]


def test_a_redis_that_answers_is_sound(call: Newsmill, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSMILL_REDIS_URL", redis_url)
    assert bad(call) == {}


@pytest.mark.parametrize("url", ["s3://bucket/x", "ftp://somewhere", "file:///proc/no/such"])
def test_an_archive_that_cannot_be_written_is_bad(call: Newsmill, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("NEWSMILL_ARCHIVE_URL", url)
    assert "NEWSMILL_ARCHIVE_URL" in bad(call)["archive"]["mend"]


def test_a_sources_file_that_was_named_and_is_not_there_is_bad(call: Newsmill, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "No such file" in call("doctor").stdout  # nobody named one: there are no crawl jobs, and that is all
    monkeypatch.setenv("NEWSMILL_SOURCES", "nope.toml")
    assert "nope.toml" in bad(call)["sources"]["said"]


def test_the_sources_file_in_use_is_named(call: Newsmill, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("mine.toml").write_text('[[job]]\nname = "a"\nfeed = "https://a.example/feed"\nevery = "1h"\n')
    monkeypatch.setenv("NEWSMILL_SOURCES", "mine.toml")
    assert "mine.toml: 1 crawl job" in call("doctor").stdout


def test_the_rules_for_single_sites_are_named_if_there_are_any(call: Newsmill, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "site rules" not in call("doctor").stdout
    monkeypatch.setenv("NEWSMILL_SITES", "mine.toml")
    assert "none: there is no file mine.toml" in call("doctor").stdout
    Path("mine.toml").write_text('[[site]]\nhost = "a.example"\nbody = "main"\n')
    assert "mine.toml: 1 site" in call("doctor").stdout


def test_rules_for_single_sites_with_a_mistake_are_bad(call: Newsmill, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSMILL_SITES", "mine.toml")
    Path("mine.toml").write_text('[[site]]\nhost = "a.example"\nbody = "main["\n')
    found = bad(call)["site rules"]
    assert "line 3: 'main['" in found["said"]
    assert found["mend"] == "newsmill sites check"
