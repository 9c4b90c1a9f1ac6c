"""`newsmill flower`: who may look at it, what its pages hold, and how it ends."""

import json
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tasks.valkey import EmbeddedValkey
from tests.end_to_end.conftest import NEWSMILL, Shell
from tests.parts import PostgresServer, wait_until
from tests.watch import READY_S, Watch, watching

PAGES = ("/", "/workers", "/tasks", "/broker", "/crawls")
GUARDED = (
    *PAGES,
    "/crawls/data",
    "/crawls/job?name=a",
    "/crawls/job/data?name=a",
    "/api/workers",
    "/tasks/datatable?draw=1&start=0&length=1&order[0][column]=0",
)
TAB = ">Crawls</a>"
ADA, PASSWORD = "ada:correct-horse", "correct-horse"


@pytest.fixture
def flower(shell: Shell, tmp_path: Path) -> Iterator[Watch]:
    """A Flower without a password, on an embedded Valkey."""
    with watching(NEWSMILL, shell.environment, tmp_path / "flower.log") as watch:
        yield watch


def test_every_page_has_the_tab_and_term_ends_it(flower: Watch, shell: Shell) -> None:
    for path in PAGES:
        status, text = flower.get(path)
        assert (status, TAB in text) == (200, True), path
    for name in ("ledger.js", "crawls.js", "job.js", "refresh.js", "newsmill.css"):
        assert flower.get(f"/newsmill/{name}")[0] == 200
    assert flower.get("/newsmill/../options.py")[0] in (403, 404)
    wait_until(lambda: f"http://127.0.0.1:{flower.port}/crawls, for this machine only" in flower.log.read_text(), "it says where")
    assert flower.end() == 0
    assert EmbeddedValkey(shell.home).running() is None, "who leaves last stops it"


def test_without_a_password_it_answers_to_no_name_that_leads_elsewhere(flower: Watch) -> None:
    """A page of evil.example whose name suddenly leads to this machine may read whatever answers to that name."""
    for host in ("evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "192.0.2.7", ""):
        for path in (*GUARDED, "/metrics", "/healthcheck", "/newsmill/crawls.js", "/static/css/flower.css", "/nowhere"):
            status, text = flower.get(path, Host=f"{host}:{flower.port}")
            assert (status, "NEWSMILL_FLOWER_AUTH" in text) == (403, True), f"{host} {path}"


def test_without_a_password_it_answers_to_every_name_of_this_machine(flower: Watch) -> None:
    for host in ("localhost", "LOCALHOST", "127.0.0.1", "[::1]"):
        for name in (host, f"{host}:{flower.port}", f"{host}:80"):  # by a tunnel from another port
            assert flower.get("/crawls/data", Host=name)[0] == 200, name


def test_with_a_password_it_answers_to_any_name(shell: Shell, tmp_path: Path) -> None:
    with watching(NEWSMILL, shell.environment | {"NEWSMILL_FLOWER_AUTH": ADA}, tmp_path / "flower.log") as watch:
        assert watch.get("/crawls/data", ADA, Host="ops.example")[0] == 200


def test_before_any_worker_has_run_the_pages_say_what_there_is(flower: Watch, shell: Shell) -> None:
    page = flower.get("/broker")[1]
    for queue in ("articles", "images", "listings", "control", "suspects"):
        assert f"<td>{queue}</td>" in page
    assert ":**@127.0.0.1" in page
    said = json.loads(shell.run("status", "--json").stdout)
    seen = flower.data()
    assert {key: seen[key] for key in said.keys() & seen.keys()} == {key: said[key] for key in said.keys() & seen.keys()}
    assert {"accepted", "stored", "rejected", "images", "jobs"} <= said.keys() & seen.keys()


def test_with_a_password_nobody_else_sees_anything_and_it_is_repeated_nowhere(shell: Shell, tmp_path: Path) -> None:
    environment = shell.environment | {"NEWSMILL_FLOWER_AUTH": ADA, "NEWSMILL_LOG_LEVEL": "DEBUG"}
    with watching(NEWSMILL, environment, tmp_path / "flower.log", "--address", "127.0.0.1") as watch:
        for path in GUARDED:
            assert watch.get(path)[0] == 401, path
            assert watch.get(path, "ada:wrong")[0] == 401, path
            assert watch.get(path, "ada:wröng")[0] in (401, 500), path
        said = [watch.get(path, ADA) for path in (*PAGES, "/crawls/data", "/nowhere", "/worker/none", "/task/none")]
        assert [status for status, _ in said] == [200] * 6 + [404] * 3
        arguments = Path(f"/proc/{watch.process.pid}/cmdline").read_bytes().decode()
        redis = EmbeddedValkey(shell.home).running()
        assert redis is not None
        for secret in (PASSWORD, redis.partition("@")[0].rpartition(":")[2]):
            for text in (*(text for _, text in said), arguments, watch.log.read_text()):
                assert secret not in text


def test_behind_a_prefix_everything_is_below_it(shell: Shell, tmp_path: Path) -> None:
    with watching(NEWSMILL, shell.environment | {"FLOWER_URL_PREFIX": "/ops/flower"}, tmp_path / "flower.log") as watch:
        for path in PAGES[1:]:
            status, text = watch.get(path)
            assert (status, 'href="/ops/flower/crawls"' in text) == (200, True), path
        page = watch.get("/crawls")[1]
        assert 'data-url="/ops/flower/crawls/data"' in page
        assert 'src="/ops/flower/newsmill/crawls.js?v=' in page
        assert watch.data()["accepted"] == 0
        assert watch.get("/newsmill/crawls.js")[0] == 200
        watch.prefix = ""
        assert watch.get("/crawls")[0] == 404


@pytest.mark.parametrize(
    ("words", "settings", "sentence"),
    [
        (("--address", "0.0.0.0"), {}, "without a password Flower listens on this machine only, not on 0.0.0.0"),
        ((), {"NEWSMILL_FLOWER_AUTH": "ada"}, "NEWSMILL_FLOWER_AUTH: write it as user:password"),
        (("--port", "99999"), {}, "'--port'"),
    ],
)
def test_wrong_use_ends_with_a_sentence_and_2(
    shell: Shell, words: tuple[str, ...], settings: dict[str, str], sentence: str
) -> None:
    done = shell.run("flower", *words, **settings)
    assert (done.returncode, done.stdout) == (2, "")
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_a_taken_port_ends_with_a_sentence_and_1(shell: Shell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = shell.run("flower", "--port", str(port))
    assert done.returncode == 1
    assert f"http://127.0.0.1:{port}/crawls cannot be used: Address already in use" in done.stderr
    assert "Traceback" not in done.stderr
    assert EmbeddedValkey(shell.home).running() is None


def test_when_the_embedded_valkey_has_to_move_flower_follows(flower: Watch, shell: Shell) -> None:
    """Its port is a stranger's when it is to be started again, as after a crash on a busy machine."""
    before = EmbeddedValkey(shell.home).running()
    assert before is not None
    flower.process.send_signal(signal.SIGSTOP)  # or it would have its Valkey back at once
    pid = int((shell.home / "valkey/server.pid").read_text())
    os.kill(pid, signal.SIGKILL)
    port = int(before.rpartition(":")[2].partition("/")[0])
    with _stranger(port):
        flower.process.send_signal(signal.SIGCONT)
        wait_until(lambda: EmbeddedValkey(shell.home).running() not in (None, before), "Valkey has moved", READY_S)
        moved = EmbeddedValkey(shell.home).running() or ""
        place = moved.partition("@")[2]
        wait_until(lambda: _shows(flower, place), "Flower knows", READY_S)
    assert flower.end() == 0
    assert EmbeddedValkey(shell.home).running() is None


def _shows(flower: Watch, place: str) -> bool:
    """Return whether the Broker page names *place*; False while Flower is starting anew."""
    with suppress(OSError):
        return place in flower.get("/broker")[1]
    return False


def _stranger(port: int) -> socket.socket:
    """Return a socket that holds *port*, as soon as it is free."""
    found: list[socket.socket] = []

    def bound() -> bool:
        with suppress(OSError):
            found.append(socket.create_server(("127.0.0.1", port)))
        return bool(found)

    wait_until(bound, f"port {port} is free")
    return found[0]


def test_while_the_ledger_is_away_the_tab_says_so_and_goes_on_after(
    shell: Shell, own_postgres: PostgresServer, tmp_path: Path
) -> None:
    environment = shell.environment | {"NEWSMILL_DATABASE_URL": own_postgres.create()}
    with watching(NEWSMILL, environment, tmp_path / "flower.log") as watch:
        assert watch.get("/crawls/data")[0] == 200
        own_postgres.kill()
        wait_until(lambda: watch.get("/crawls/data")[0] == 503, "it says so", READY_S)
        assert watch.data()["trouble"].startswith("database: ")
        assert watch.get("/crawls")[0] == 200
        own_postgres.start()
        wait_until(lambda: watch.get("/crawls/data")[0] == 200, "it goes on", READY_S)
