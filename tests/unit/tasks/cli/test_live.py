"""`newsmill doctor --live`: what an orchestrator hears of each service."""

import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert

from config.broker import ARTICLES, CONTROL
from tasks import health
from tests.parts import absent, free_port
from tests.unit.tasks.cli.conftest import Newsmill
from tests.values import candidate
from worker.store import claims, schema
from worker.store.accept import accept
from worker.store.transaction import transaction

HERE = socket.gethostname()


def said(call: Newsmill, *arguments: str) -> tuple[int, str]:
    result = call("doctor", "--live", *arguments, "--json")
    (finding,) = json.loads(result.stdout)
    assert bool(finding["mend"]) == (not finding["ok"])
    return result.exit_code, finding["said"]


def live(engine: Engine, *roles: str, machine: str = HERE, age_s: float = 0.0) -> None:
    with transaction(engine) as tx:
        for role in roles:
            row = {"owner": f"{machine}:7:abc/{role}", "supervisor": f"{machine}:7:abc", "role": role, "concurrency": 1}
            tx.connection.execute(insert(schema.process).values(started_at=0.0, beat_at=tx.now - age_s, **row))


def due(engine: Engine, *, for_s: float) -> int:
    with transaction(engine) as tx:
        (accepted,) = accept(tx, [candidate("https://a.example/1")], job="day", urgent=False)
        tx.connection.execute(schema.url.update().values(next_at=tx.now - for_s))
    return accepted.url_id


def test_without_a_database_no_worker_has_begun_and_none_is_made(call: Newsmill, home: Path) -> None:
    assert said(call) == (1, "there is no database yet: no worker has begun")
    assert not home.exists()


def test_a_worker_is_well_while_both_of_its_roles_beat(call: Newsmill, engine: Engine) -> None:
    live(engine, ARTICLES, CONTROL)
    assert said(call, "worker") == (0, "the processes live and the work advances")


@pytest.mark.parametrize(
    ("roles", "missing"), [((ARTICLES,), CONTROL), ((CONTROL,), ARTICLES), ((), f"{ARTICLES} and {CONTROL}")]
)
def test_a_role_without_a_process_is_named(call: Newsmill, engine: Engine, roles: tuple[str, ...], missing: str) -> None:
    live(engine, *roles)
    code, sentence = said(call)
    assert code == 1
    assert f"for {missing} in the last" in sentence


def test_processes_of_other_machines_and_silent_ones_do_not_count(call: Newsmill, engine: Engine) -> None:
    live(engine, ARTICLES, CONTROL, machine=f"{HERE}2")
    live(engine, ARTICLES, CONTROL, age_s=60)
    assert said(call)[0] == 1


def test_what_has_long_been_due_while_nothing_ends_is_bad(call: Newsmill, engine: Engine) -> None:
    live(engine, ARTICLES, CONTROL)
    due(engine, for_s=400)
    code, sentence = said(call)
    assert code == 1
    assert "due for more than 5 minutes" in sentence


def test_a_backlog_is_no_illness_while_urls_end(call: Newsmill, engine: Engine) -> None:
    live(engine, ARTICLES, CONTROL)
    due(engine, for_s=400)
    with transaction(engine) as tx:
        tx.connection.execute(insert(schema.pace).values(minute=int(tx.now // 60) - 1, job="day", n=1))
    assert said(call)[0] == 0


def test_a_backlog_is_no_illness_while_one_is_worked_on(call: Newsmill, engine: Engine) -> None:
    live(engine, ARTICLES, CONTROL)
    url_id = due(engine, for_s=400)
    with transaction(engine) as tx:
        assert claims.claim(tx, url_id, owner="somebody", alone=False) is not None
    assert said(call)[0] == 0


def test_what_is_due_since_a_moment_is_well(call: Newsmill, engine: Engine) -> None:
    live(engine, ARTICLES, CONTROL)
    due(engine, for_s=60)
    assert said(call)[0] == 0


def test_a_database_that_is_away_is_said(call: Newsmill, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSMILL_DATABASE_URL", f"postgresql+psycopg://nobody@/none?host={tmp_path}")
    code, sentence = said(call)
    assert code == 1
    assert sentence.startswith("database: ")


@pytest.mark.parametrize("url", ["nonsense", "mysql://db/x", "mssql://db/x", "postgresql+psycopg://x@db:port/y"])
def test_a_database_url_that_is_none_is_said(call: Newsmill, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("NEWSMILL_DATABASE_URL", url)
    assert said(call) == (1, "NEWSMILL_DATABASE_URL cannot be used")


def test_a_file_that_is_no_database_is_said(call: Newsmill, home: Path) -> None:
    home.mkdir()
    (home / "newsmill.db").write_bytes(b"no database" * 1000)
    assert said(call) == (1, "the database cannot be read")


def test_a_home_that_may_not_be_looked_into_is_said(call: Newsmill, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that no file system takes stands for the permission, which the superuser always has."""
    monkeypatch.setenv("NEWSMILL_HOME", "/" + "x" * 300)
    assert said(call) == (1, "there is no database yet: no worker has begun")
    assert said(call, "scheduler") == (1, "the scheduler has not ticked yet")


def test_the_scheduler_is_well_while_its_file_is_fresh(call: Newsmill, home: Path) -> None:
    assert said(call, "scheduler") == (1, "the scheduler has not ticked yet")
    beat = health.beat_file(home)
    beat.parent.mkdir(parents=True)
    beat.touch()
    assert said(call, "scheduler") == (0, "the scheduler ticks")
    os.utime(beat, (time.time() - 90, time.time() - 90))
    assert said(call, "scheduler") == (1, "the scheduler has not ticked for 90 s")


class _Flower(BaseHTTPRequestHandler):
    """Stands for Flower: answers its health check as told."""

    status = 200

    def do_GET(self) -> None:
        self.send_response(self.status if self.path == "/ops/healthcheck" else 404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def flower() -> Iterator[int]:
    with HTTPServer(("127.0.0.1", 0), _Flower) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def test_flower_is_asked_where_it_is(call: Newsmill, flower: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert said(call, "flower", "--port", str(flower)) == (1, "Flower answers 404")
    monkeypatch.setenv("FLOWER_URL_PREFIX", "/ops")
    assert said(call, "flower", "--port", str(flower)) == (0, "Flower answers 200")
    monkeypatch.setattr(_Flower, "status", 503)
    assert said(call, "flower", "--port", str(flower)) == (1, "Flower answers 503")


def test_flower_is_asked_by_tls_where_it_has_a_certificate(
    call: Newsmill, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of whomever: the name in it is that of another address than this machine's own."""
    pem = tmp_path / "flower.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    command += ["-subj", "/CN=ops.example", "-out", str(pem), "-keyout", str(pem)]
    if shutil.which("openssl") is None:
        absent("openssl", "apt-get install openssl")
    subprocess.run(command, check=True, capture_output=True)
    monkeypatch.setenv("FLOWER_CERTFILE", str(pem))
    monkeypatch.setenv("FLOWER_URL_PREFIX", "/ops")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    with HTTPServer(("127.0.0.1", 0), _Flower) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        assert said(call, "flower", "--port", str(server.server_port)) == (0, "Flower answers 200")
        server.shutdown()


def test_a_flower_that_is_away_is_said(call: Newsmill) -> None:
    port = free_port()
    code, sentence = said(call, "flower", "--port", str(port))
    assert code == 1
    assert f"does not answer on port {port}" in sentence


def test_what_is_no_web_server_is_no_flower(call: Newsmill) -> None:
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        threading.Thread(target=_mumble, args=(stranger,), daemon=True).start()
        port = stranger.getsockname()[1]
        code, sentence = said(call, "flower", "--port", str(port))
    assert (code, f"does not answer on port {port}" in sentence) == (1, True)


def _mumble(server: socket.socket) -> None:
    connection, _ = server.accept()
    with connection:
        connection.recv(4096)
        connection.sendall(b"mumble\r\n")


def test_a_port_goes_with_flower_alone(call: Newsmill) -> None:
    assert call("doctor", "--port", "5555").exit_code == 2
    assert call("doctor", "--live", "cook").exit_code == 2


def test_wrong_settings_are_bad_health_and_no_traceback(call: Newsmill, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSMILL_CONCURRENCY", "none")
    assert said(call) == (1, "the settings cannot be used")


@pytest.mark.parametrize("file", ["newsmill.toml", ".env"])
def test_settings_in_another_encoding_are_bad_health_and_no_traceback(call: Newsmill, tmp_path: Path, file: str) -> None:
    (tmp_path / file).write_bytes("# für".encode("latin-1"))
    assert said(call) == (1, "the settings cannot be used")
    result = call("status")
    assert (result.exit_code, "newsmill.toml or .env: not in UTF-8" in result.stderr) == (2, True)


def test_the_check_of_scheduler_and_flower_imports_no_database() -> None:
    program = (
        "import sys; from tasks.cli import newsmill\n"
        "try: newsmill(['doctor', '--live', 'scheduler'])\n"
        "except SystemExit: pass\n"
        "assert not {'sqlalchemy', 'celery', 'redis', 'aiohttp'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
