"""The servers of the tests keep what they promise."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
import redis
import sqlalchemy

from tests.parts import PostgresServer, ValkeyServer, wait_until

HOLDS_SERVERS = """
import sys, time
from tests.parts import PostgresServer, ValkeyServer
servers = ValkeyServer(), PostgresServer()
for server in servers:
    print(server.process.pid, server.process.folder, flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("turn", [1, 2])
def test_every_test_finds_an_empty_valkey(redis_url: str, turn: int) -> None:
    with redis.Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0
        client.set("left", turn)


def test_a_client_without_the_password_is_refused(valkey: ValkeyServer) -> None:
    with redis.Redis.from_url(f"redis://{valkey.url.partition('@')[2]}") as client, pytest.raises(redis.AuthenticationError):
        client.ping()


def test_a_valkey_of_ones_own_keeps_its_data_over_a_kill(own_valkey: ValkeyServer) -> None:
    with redis.Redis.from_url(own_valkey.url) as client:
        client.set("kept", 1)
        own_valkey.kill()
        with pytest.raises(redis.ConnectionError):
            client.ping()
        own_valkey.start()
        assert client.get("kept") == b"1"


def test_a_frozen_valkey_answers_nothing_until_it_is_thawed(own_valkey: ValkeyServer) -> None:
    with redis.Redis.from_url(own_valkey.url, socket_timeout=0.1, retry=None) as client:
        own_valkey.freeze()
        with pytest.raises(redis.TimeoutError):
            client.ping()
        own_valkey.thaw()
        assert client.ping()


@pytest.mark.parametrize("turn", [1, 2])
def test_every_test_finds_an_empty_database(database_url: str, turn: int) -> None:
    engine = sqlalchemy.create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("CREATE TABLE left_over (turn INTEGER)"))
        assert connection.execute(sqlalchemy.text("SELECT count(*) FROM left_over")).scalar() == 0, turn
    engine.dispose()


def test_a_postgres_of_ones_own_comes_back_after_a_kill(own_postgres: PostgresServer) -> None:
    url = own_postgres.create()
    own_postgres.restart()
    engine = sqlalchemy.create_engine(url)
    with engine.connect() as connection:
        assert connection.execute(sqlalchemy.text("SELECT 1")).scalar() == 1
    engine.dispose()
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(host=str(own_postgres.process.folder), user="postgres", dbname="nowhere")


def test_a_server_that_was_killed_leaves_nothing_behind() -> None:
    server = ValkeyServer()
    server.kill()
    server.close()
    assert not server.process.folder.exists()


def test_the_servers_end_with_a_killed_test_run() -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", HOLDS_SERVERS], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
    )
    assert owner.stdout is not None
    lines = [owner.stdout.readline().split() for _ in range(2)]
    owner.send_signal(signal.SIGKILL)
    owner.wait()
    owner.stdout.close()
    for pid, folder in lines:
        _wait_until_gone(int(pid), Path(folder))


def _wait_until_gone(pid: int, folder: Path) -> None:
    wait_until(lambda: not _alive(pid), f"the server {pid} is gone")
    wait_until(lambda: not folder.exists(), f"its folder {folder} is gone")


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_test_that_leaves_this_machine_is_stopped_and_noted(strayed: list[str]) -> None:
    with socket.socket() as sock, pytest.raises(PermissionError, match="may not leave"):
        sock.connect(("192.0.2.1", 80))
    with pytest.raises(PermissionError, match="may not leave"):
        socket.getaddrinfo("news.example", 80)
    assert strayed == ["connect to 192.0.2.1", "look-up of news.example"]
    strayed.clear()


def test_loopback_and_literals_pass_the_guard(strayed: list[str]) -> None:
    with socket.socket() as server, socket.socket() as client:
        server.bind(("127.0.0.1", 0))
        server.listen()
        client.connect(server.getsockname())
    assert socket.getaddrinfo("192.0.2.1", 80)
    assert socket.getaddrinfo("localhost", 80)
    assert strayed == []
