"""How the sample site behaves: refusing, waiting, breaking off, remembering, and ending when it should."""

import gzip
import http.client
import os
import signal
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from tests.site import behaviour, pictures
from tests.site.catalogue import BY_PATH, REFUSED, RETRIED, Entry, Serving
from tests.site.server import Site, serve

ROOT = Path(__file__).parents[2]


def by_path(entry: Entry) -> str:
    return entry.path


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with serve() as running:
        yield running


@pytest.fixture(scope="module")
def client(site: Site) -> Iterator[httpx.Client]:
    # Some URLs answer in their own good time; none takes more than a few seconds.
    with httpx.Client(base_url=site.base_url, timeout=10) as http_client:
        yield http_client


@pytest.fixture
def fresh() -> Iterator[Site]:
    """A site that nobody has asked for anything yet."""
    with serve() as running:
        yield running


def test_the_flaky_picture_refuses_twice_and_then_comes(fresh: Site) -> None:
    answers = [httpx.get(fresh.url(pictures.FLAKY_PICTURE)) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [503, 503, 200]
    assert answers[0].headers["retry-after"] == "1"


@pytest.mark.parametrize("entry", [entry for entry in REFUSED + RETRIED if entry.serving is Serving.NOTHING], ids=by_path)
def test_a_status_is_answered_as_promised(client: httpx.Client, entry: Entry) -> None:
    assert client.get(entry.path).status_code == entry.status


def test_an_unknown_path_is_not_found(client: httpx.Client) -> None:
    assert client.get("/nobody/wrote/this.html").status_code == 404


def test_the_old_address_moves_permanently_to_an_article(site: Site, client: httpx.Client) -> None:
    answer = client.get("/old/ferry")
    assert answer.status_code == 301
    assert BY_PATH[answer.headers["location"].removeprefix(site.base_url)].outcome == "stored"


def test_the_loop_comes_back_to_where_it_began(site: Site, client: httpx.Client) -> None:
    onward = client.get("/loop/a").headers["location"]
    assert client.get(onward).headers["location"] == site.url("/loop/a")


def test_the_leak_points_into_the_link_local_network(client: httpx.Client) -> None:
    assert urlsplit(client.get("/leak/metadata").headers["location"]).hostname == "169.254.169.254"


def test_the_flaky_article_refuses_twice_and_then_comes(fresh: Site) -> None:
    answers = [httpx.get(fresh.url("/flaky/horta-comunitaria.html")) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [503, 503, 200, 200]
    assert answers[0].headers["retry-after"] == "1"


def test_the_slow_page_lets_its_reader_wait(client: httpx.Client) -> None:
    began = time.monotonic()
    client.get("/cronaca/ponte-pedonale.shtml")
    assert time.monotonic() - began >= behaviour.SLOW_S


@pytest.mark.parametrize(("given", "sent_back"), [("etag", "if-none-match"), ("last-modified", "if-modified-since")])
def test_a_conditional_request_is_answered_not_modified(client: httpx.Client, given: str, sent_back: str) -> None:
    first = client.get("/conditional/molen.html")
    again = client.get("/conditional/molen.html", headers={sent_back: first.headers[given]})
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    assert client.get("/conditional/molen.html", headers={"if-none-match": '"another"'}).status_code == 200


def test_the_live_page_says_something_new_each_time(client: httpx.Client) -> None:
    assert client.get("/live/tide-table.html").text != client.get("/live/tide-table.html").text


@pytest.mark.parametrize(("path", "coding"), [("/packed/czytelnia.html", "gzip"), ("/packed/skidspar.html", "br")])
def test_a_packed_page_is_packed_for_those_who_can_read_it(client: httpx.Client, path: str, coding: str) -> None:
    packed = client.get(path, headers={"accept-encoding": coding})
    plain = client.get(path, headers={"accept-encoding": "identity"})
    assert packed.headers["content-encoding"] == coding
    assert "content-encoding" not in plain.headers
    assert packed.content == plain.content


def raw(site: Site, path: str) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
    connection = http.client.HTTPConnection(urlsplit(site.base_url).netloc, timeout=10)
    connection.request("GET", path)
    return connection, connection.getresponse()


def test_the_cut_gzip_page_is_whole_http_around_half_a_stream(site: Site) -> None:
    connection, response = raw(site, "/broken/cut-gzip.html")
    body = response.read()
    connection.close()
    unpacker = zlib.decompressobj(wbits=31)
    assert len(body) == int(response.headers["content-length"])
    assert unpacker.decompress(body).startswith(b"<!DOCTYPE html>")
    assert not unpacker.eof


def test_the_short_page_ends_before_its_length(site: Site) -> None:
    connection, response = raw(site, "/broken/short.html")
    with pytest.raises(http.client.IncompleteRead):
        response.read()
    connection.close()


def test_the_mislabelled_page_is_no_gzip(site: Site) -> None:
    connection, response = raw(site, "/broken/not-gzip.html")
    assert response.headers["content-encoding"] == "gzip"
    with pytest.raises(gzip.BadGzipFile):
        gzip.decompress(response.read())
    connection.close()


def test_the_bomb_is_small_on_the_wire_and_large_unpacked(site: Site) -> None:
    connection, response = raw(site, "/broken/bomb.html")
    body = response.read()
    connection.close()
    unpacker, unpacked = zlib.decompressobj(wbits=31), 0
    rest = body
    while rest:
        unpacked += len(unpacker.decompress(rest, 1_000_000))
        rest = unpacker.unconsumed_tail
    assert len(body) < 100_000
    assert unpacked > behaviour.BOMB_BYTES


def test_the_endless_page_goes_on_until_its_reader_leaves_and_the_site_lives_on(fresh: Site) -> None:
    connection, response = raw(fresh, "/broken/endless.html")
    assert len(response.read(12_000_000)) == 12_000_000
    response.close()
    connection.close()
    assert httpx.get(fresh.url("/")).status_code == 200


def test_the_pdf_is_one(client: httpx.Client) -> None:
    response = client.get("/files/tide-tables.pdf")
    assert response.headers["content-type"] == "application/pdf"
    assert response.content.startswith(b"%PDF-")


def test_every_request_is_remembered_with_its_headers_and_time(fresh: Site) -> None:
    began = time.time()
    httpx.get(fresh.url("/search?q=harbour"), headers={"User-Agent": "a reader"})
    httpx.get(fresh.url("/robots.txt"))
    assert [request.path for request in fresh.requests] == ["/search?q=harbour", "/robots.txt"]
    (search,) = fresh.seen("/search?q=harbour")
    assert search.headers["user-agent"] == "a reader"
    assert began <= search.at <= time.time()


# ---------------------------------------------------------------- from the command line


def start(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.site.server", *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_server_says_where_it_is_and_ends_on_a_signal(number: signal.Signals) -> None:
    with start() as server:
        assert server.stdout is not None
        base_url = server.stdout.readline().strip()
        assert httpx.get(base_url).status_code == 200
        server.send_signal(number)
        assert server.wait(timeout=10) == 0


def test_the_server_ends_with_its_parent() -> None:
    with start("--parent") as server:
        assert server.stdout is not None
        assert server.stdin is not None
        assert httpx.get(server.stdout.readline().strip()).status_code == 200
        server.stdin.close()
        assert server.wait(timeout=10) == 0


def test_a_taken_port_is_said_in_one_line(site: Site) -> None:
    command = [sys.executable, "-m", "tests.site.server", "--port", site.base_url.rsplit(":", 1)[1]]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)
    assert result.returncode == 1
    assert result.stderr.startswith("cannot listen on 127.0.0.1:")
    assert result.stderr.count("\n") == 1
