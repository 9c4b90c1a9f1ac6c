"""The deployment of docker-compose.yml, with its own commands and environment, as plain processes.

Two workers, two schedulers, Flower, a Redis-protocol server under the file's Redis command, PostgreSQL. Only addresses
and places become loopback ones.
"""

import base64
import json
import signal
import subprocess
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from redis import Redis as Client
from sqlalchemy import create_engine, func, select

from tests.composition import SECRETS, as_run, model
from tests.end_to_end.conftest import NEWSMILL, Shell
from tests.parts import Process, ValkeyServer, free_port, valkey_binary, wait_until
from tests.site.catalogue import LISTED
from tests.site.listing import FEED_ITEMS
from tests.site.server import Site
from worker.store import schema

EVERY_S = 5
SLOTS = 3  # that must have run before the end
WITHIN_S = 80.0  # a step of a machine under load; the whole takes a quarter of that on an idle one
END_S = 30.0  # a worker takes 25 s at most
FLAKY = "/flaky/"  # asked for more than once by design
SCALE = {"worker": 2, "scheduler": 2, "flower": 1}
PLAIN = ("pending", "in_flight", "stored", "unchanged", "duplicate", "dead", "cancelled")
PATHS = [entry.path for entry in LISTED[:FEED_ITEMS] if FLAKY not in entry.path]


class Redis(ValkeyServer):
    """The Redis of docker-compose.yml: its command and its password, on a loopback port."""

    def __init__(self, service: dict[str, Any]) -> None:
        self._service = service
        super().__init__()

    def start(self) -> None:
        program = self._folder / "redis-server"
        program.write_text(
            f'#!/bin/sh\nexec "{valkey_binary()}" "$@" --bind 127.0.0.1 --port {self._port} --dir "{self._folder}"\n'
        )
        program.chmod(0o700)
        self._password = self._service["environment"]["REDISCLI_AUTH"]
        words = [
            "env",
            f"PATH={self._folder}:/usr/bin:/bin",
            f"REDISCLI_AUTH={self._password}",
            *as_run(self._service["command"]),
        ]
        self.process = Process(words, self._folder, signal.SIGTERM)
        self.wait()

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self._port}"


class Composition:
    """Runs services of the parsed file, in places of this machine."""

    def __init__(self, services: dict[str, Any], shell: Shell, folder: Path, *, redis: str, database: str) -> None:
        self._services, self._shell, self._folder = services, shell, folder
        self._redis, self._database = redis, database
        self.port = free_port()
        self.parts = [(service, number) for service, scale in SCALE.items() for number in range(1, scale + 1)]
        self.running: list[tuple[str, subprocess.Popen[str]]] = []

    def environment(self, service: str, number: int) -> dict[str, str]:
        given = {name: value for name, value in self._services[service]["environment"].items() if value is not None}
        home = self._shell.home if service == "worker" else self._folder / f"{service}-{number}"
        bare = {name: value for name, value in self._shell.environment.items() if not name.startswith("NEWSMILL_")}
        return (
            bare
            | given
            | {
                "NEWSMILL_REDIS_URL": given["NEWSMILL_REDIS_URL"].replace("redis:6379", self._redis),
                "NEWSMILL_DATABASE_URL": self._database,
                "NEWSMILL_HOME": str(home),
                "NEWSMILL_SOURCES": str(self._folder / "sources.toml"),
            }
        )

    def words(self, words: list[str]) -> list[str]:
        """Return *words* of the file with Flower's place as it is here."""
        here = {"0.0.0.0": "127.0.0.1", "5555": str(self.port), "newsmill": NEWSMILL}
        return [here.get(word, word) for word in as_run(words)]

    def run(self, service: str, words: list[str], number: int = 1) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            words, env=self.environment(service, number), capture_output=True, text=True, timeout=WITHIN_S, check=False
        )

    def start(self, service: str, number: int) -> None:
        log = (self._folder / f"{service}-{number}.log").open("w")
        command = [NEWSMILL, *self.words(self._services[service]["command"])]
        with log:
            process = subprocess.Popen(command, env=self.environment(service, number), stderr=log, text=True)
        self.running.append((service, process))

    def healthy(self, service: str, number: int) -> bool:
        test = self._services[service]["healthcheck"]["test"]
        return self.run(service, self.words(test[1:]), number).returncode == 0

    def log(self) -> str:
        return "\n".join(f"--- {path.name}\n{path.read_text()[-1500:]}" for path in sorted(self._folder.glob("*.log")))

    def end(self) -> list[tuple[str, int]]:
        """Tell every process to end; return how each did."""
        for _, process in self.running:
            process.send_signal(signal.SIGTERM)
        ended, deadline = [], time.monotonic() + END_S
        for service, process in self.running:
            try:
                ended.append((service, process.wait(max(0.1, deadline - time.monotonic()))))
            except subprocess.TimeoutExpired:
                process.kill()
                ended.append((service, process.wait()))
        self.running.clear()
        return ended


@pytest.fixture
def composition(shell: Shell, site: Site, tmp_path: Path, postgres_url: str) -> Iterator[Composition]:
    loopback = {
        "NEWSMILL_ALLOW_NETWORKS": "127.0.0.0/8",
        "NEWSMILL_ALLOW_PORTS": "*",
        "NEWSMILL_HOST_INTERVAL": "0.05",
        "NEWSMILL_PROCESSES": "1",
    }
    services = model(**SECRETS, **loopback)["services"]
    (tmp_path / "sources.toml").write_text(
        f'[[job]]\nname = "courier"\nfeed = "{site.url("/feed.xml")}"\nevery = "{EVERY_S}s"\nexclude = ["{FLAKY}"]\n'
    )
    redis = Redis(services["redis"])
    running = Composition(services, shell, tmp_path, redis=redis.place, database=postgres_url)
    try:
        yield running
    finally:
        running.end()
        redis.close()


class Ledger:
    """Looks into the database from outside."""

    def __init__(self, url: str) -> None:
        self._engine = create_engine(url)

    def count(self, query: Any) -> int:
        with self._engine.connect() as connection:
            return int(connection.execute(query).scalar_one())

    def slots(self) -> list[float]:
        """Return the slots of the job whose runs are over, in order."""
        run = schema.job_run
        with self._engine.connect() as connection:
            return list(
                connection.execute(select(run.c.slot).where(run.c.finished_at.is_not(None)).order_by(run.c.slot)).scalars()
            )

    def stored(self) -> int:
        return self.count(select(func.count()).select_from(schema.url).where(schema.url.c.state == "stored"))

    def close(self) -> None:
        self._engine.dispose()


@pytest.fixture
def ledger(postgres_url: str) -> Iterator[Ledger]:
    ledger = Ledger(postgres_url)
    yield ledger
    ledger.close()


def flower(port: int, path: str) -> Any:
    """Return what Flower answers, with the password that the file gave it."""
    word = base64.b64encode(SECRETS["NEWSMILL_FLOWER_AUTH"].encode()).decode()
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Authorization": f"Basic {word}"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)


def counts(totals: dict[str, Any]) -> dict[str, Any]:
    """Return what must be the same wherever the totals are shown."""
    return {name: totals[name] for name in ("accepted", *PLAIN, "rejected", "failed", "known", "images")}


def accounted(totals: dict[str, Any]) -> int:
    return int(sum(totals[name] for name in PLAIN) + sum(totals["rejected"].values()) + sum(totals["failed"].values()))


def test_the_files_redis_is_as_it_must_be() -> None:
    redis = Redis(model()["services"]["redis"])
    try:
        with Client.from_url(redis.url) as client:
            settings: dict[str, str] = client.config_get(
                "appendonly", "appendfsync", "maxmemory-policy", "maxmemory", "requirepass"
            )
    finally:
        redis.close()
    assert settings == {
        "appendonly": "yes",
        "appendfsync": "everysec",
        "maxmemory-policy": "noeviction",
        "maxmemory": str(256 * 2**20),
        "requirepass": SECRETS["REDIS_PASSWORD"],
    }


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_deployment_brings_a_feeds_articles_in_by_itself_and_once(
    composition: Composition, site: Site, ledger: Ledger
) -> None:
    done = composition.run("migrate", [NEWSMILL, "migrate"])
    assert done.returncode == 0, done.stderr
    for part in composition.parts:
        composition.start(*part)
    try:
        wait_until(lambda: ledger.stored() == len(PATHS), "the feed's articles to be stored", within_s=WITHIN_S)
        wait_until(lambda: len(ledger.slots()) >= SLOTS, f"{SLOTS} runs of the job", within_s=WITHIN_S)
        unwell = [part for part in composition.parts if not composition.healthy(*part)]
        assert not unwell
        slots, asked = _came_once(ledger, site)
        totals = _shown_alike(composition)
        names = _in_flower(composition.port)
    except BaseException:
        print(composition.log())
        raise
    assert all(process.poll() is None for _, process in composition.running), "nothing has died meanwhile"
    began = time.monotonic()
    ended = composition.end()
    ended_s = time.monotonic() - began
    print(
        f"\narticles {totals['stored']}, page requests {sum(asked.values())}, slots {len(slots)}, feed requests "
        f"{len(site.seen('/feed.xml'))}, workers {names}, all ended in {ended_s:.1f} s: {ended}"
    )
    assert all(code == 0 for _, code in ended), f"{ended}\n{composition.log()}"
    assert ledger.count(select(func.count()).select_from(schema.process)) == 0, "each process has signed off"


def _came_once(ledger: Ledger, site: Site) -> tuple[list[float], Counter[str]]:
    """Check that each article was asked for and stored once, and each slot of the timetable run once."""
    article, run = schema.article, schema.job_run
    assert ledger.count(select(func.count()).select_from(article)) == len(PATHS)
    assert ledger.count(select(func.count(func.distinct(article.c.canonical_url)))) == len(PATHS)
    assert ledger.count(select(func.count()).where(article.c.version > 1)) == 0
    asked = Counter({path: len(site.seen(path)) for path in PATHS})
    assert set(asked.values()) == {1}
    slots = ledger.slots()
    assert all((later - slot) % EVERY_S == 0 for slot, later in pairwise(slots))
    read = len(site.seen("/feed.xml"))
    assert read <= ledger.count(select(func.count()).select_from(run)), "however many schedulers tick, a slot is run once"
    assert ledger.count(select(func.coalesce(func.sum(run.c.new), 0))) == len(PATHS)
    return slots, asked


def _shown_alike(composition: Composition) -> dict[str, Any]:
    """Check that command line and Flower say the same, and that it adds up."""
    said = composition.run("worker", [NEWSMILL, "status", "--json"])
    totals: dict[str, Any] = json.loads(said.stdout)
    shown = flower(composition.port, "/crawls/data")
    assert totals["accepted"] == accounted(totals) == totals["stored"] == len(PATHS)
    assert counts(shown["jobs"]["courier"]) == counts(totals["jobs"]["courier"])
    assert accounted(shown) == shown["accepted"] == totals["accepted"]
    return totals


def _in_flower(port: int) -> list[str]:
    """Check that each worker process has a name of its own in Flower."""
    names: list[str] = sorted(name.partition("@")[0] for name in flower(port, "/api/workers?refresh=true"))
    assert names == ["articles-1", "control", "w2-articles-1", "w2-control"]
    return names
