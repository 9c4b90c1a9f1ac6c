"""Pages and images over real connections: what is asked, and what comes back."""

import asyncio
import gzip
import time
import zlib
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import brotli
import pytest
import zstandard

from tests.integration.fetch.loopback import (
    PAGE,
    OpenGovernor,
    Origin,
    after,
    page,
    raw,
    redirect,
    reply,
)
from worker.errors import (
    Blocked,
    ClientError,
    Gone,
    IngestError,
    InvalidUrl,
    RateLimited,
    ServerError,
    TooLarge,
    WrongType,
)
from worker.exchange import Validators
from worker.fetch.client import WebClient

pytestmark = pytest.mark.anyio


async def test_a_page_comes_back_with_everything_that_went_over_the_wire(origin: Origin, client: WebClient) -> None:
    wire = gzip.compress(PAGE)
    origin.answers["/a?b=1"] = reply(
        200, wire, ("Content-Encoding", "gzip"), ("ETag", '"v1"'), ("X-Twice", "1"), ("X-Twice", "2")
    )
    before = time.time()
    fetched = await page(client, origin.url("/a?b=1#top"))
    exchange = fetched.exchange
    assert fetched.url == exchange.url == origin.url("/a?b=1")
    assert (fetched.hops, fetched.not_modified) == ((), False)
    assert (exchange.wire_body, exchange.body) == (wire, PAGE)
    assert (exchange.status, exchange.reason, exchange.method) == (200, "Whatever", "GET")
    assert [value for name, value in exchange.headers if name == "X-Twice"] == ["1", "2"]
    assert exchange.address == "127.0.0.1"
    assert before <= exchange.started_at <= time.time()


async def test_the_exchange_tells_the_request_as_it_was_sent(origin: Origin, client: WebClient) -> None:
    origin.answers["/"] = reply(200, PAGE)
    exchange = (await page(client, origin.url("/"))).exchange
    sent = origin.asked[0].headers
    assert {name.lower(): value for name, value in exchange.request_headers} == sent
    assert sent["host"] == origin.host
    assert sent["user-agent"].startswith("Newsmill/")
    assert sent["accept-encoding"] == "gzip, deflate, br, zstd"
    assert not {"cookie", "referer", "authorization", "if-none-match"} & set(sent)


@pytest.mark.parametrize(
    ("coding", "wire"),
    [
        ("gzip", gzip.compress(PAGE)),
        ("deflate", zlib.compress(PAGE)),
        ("br", brotli.compress(PAGE)),
        ("zstd", zstandard.compress(PAGE)),
    ],
    ids=["gzip", "deflate", "br", "zstd"],
)
async def test_every_coding_that_is_asked_for_is_undone(origin: Origin, client: WebClient, coding: str, wire: bytes) -> None:
    origin.answers["/"] = reply(200, wire, ("Content-Encoding", coding))
    assert (await page(client, origin.url("/"))).exchange.body == PAGE


async def test_a_chunked_body_comes_back_whole(origin: Origin, client: WebClient) -> None:
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (PAGE[:100], PAGE[100:])) + b"0\r\n\r\n"
    origin.answers["/"] = raw(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks, "keep"
    )
    assert (await page(client, origin.url("/"))).exchange.body == PAGE


async def test_identity_asks_for_no_coding(origin: Origin, client: WebClient) -> None:
    origin.answers["/"] = reply(200, PAGE)
    await page(client, origin.url("/"), identity=True)
    assert origin.asked[0].headers["accept-encoding"] == "identity"


async def test_cookies_are_not_carried(origin: Origin, client: WebClient) -> None:
    origin.answers["/"] = reply(200, PAGE, ("Set-Cookie", "who=you; Path=/"))
    await page(client, origin.url("/"))
    await page(client, origin.url("/"))
    assert "cookie" not in origin.asked[1].headers


async def test_connections_are_used_again(origin: Origin, client: WebClient) -> None:
    origin.answers["/"] = reply(200, PAGE)
    for _ in range(3):
        await page(client, origin.url("/"))
    assert origin.connections == 1


@pytest.mark.parametrize(
    "url", ["ftp://news.example/", "news.example", "http://", "http://user:secret@127.0.0.1/", "http://[::1%25lo]/"]
)
async def test_what_is_no_http_url_is_invalid(client: WebClient, url: str) -> None:
    with pytest.raises(InvalidUrl):
        await page(client, url)


# ---------------------------------------------------------------- statuses


@pytest.mark.parametrize(
    ("status", "error"),
    [
        *((status, Gone) for status in (404, 410)),
        *((status, Blocked) for status in (401, 403, 407, 451)),
        *((status, ClientError) for status in (400, 418)),
        (429, RateLimited),
        *((status, ServerError) for status in (408, 425, 500, 502, 503, 504, 520)),
    ],
)
async def test_a_status_becomes_its_error_for_pages_and_images_alike(
    origin: Origin, client: WebClient, governor: OpenGovernor, status: int, error: type[IngestError]
) -> None:
    origin.answers["/"] = reply(status, PAGE)
    with pytest.raises(error):
        await page(client, origin.url("/"))
    with pytest.raises(error):
        await client.image(origin.url("/"), referer=origin.url("/p"))
    report = "failed" if error is ServerError else "succeeded"
    assert governor.reports == {(origin.host, report): 2}


IN_TEN_MINUTES = "a date, made when the test runs"


@pytest.mark.parametrize(("status", "error"), [(429, RateLimited), (503, RateLimited), (500, ServerError)])
@pytest.mark.parametrize(
    ("value", "low", "high"),
    [
        ("90", 90, 90),
        ("0", 1, 1),
        ("9999999", 86_400, 86_400),
        (IN_TEN_MINUTES, 500, 600),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 1, 1),
    ],
    ids=["seconds", "zero", "forever", "date", "past"],
)
async def test_retry_after_holds_the_whole_host(
    origin: Origin,
    client: WebClient,
    governor: OpenGovernor,
    status: int,
    error: type[IngestError],
    value: str,
    low: float,
    high: float,
) -> None:
    if value == IN_TEN_MINUTES:
        value = format_datetime(datetime.now(UTC) + timedelta(minutes=10), usegmt=True)
    origin.answers["/"] = reply(status, b"", ("Retry-After", value))
    with pytest.raises(error) as caught:
        await page(client, origin.url("/"))
    assert low <= governor.held[origin.host] <= high
    assert isinstance(caught.value, (RateLimited, ServerError))
    assert caught.value.retry_after_s is not None


async def test_too_many_requests_hold_the_host_even_without_a_time(
    origin: Origin, client: WebClient, governor: OpenGovernor
) -> None:
    origin.answers |= {"/429": reply(429), "/nonsense": reply(503, b"", ("Retry-After", "soon"))}
    with pytest.raises(ServerError):
        await page(client, origin.url("/nonsense"))
    assert governor.held == {}
    with pytest.raises(RateLimited) as caught:
        await page(client, origin.url("/429"))
    assert caught.value.retry_after_s is None
    assert governor.held[origin.host] >= 60


# ---------------------------------------------------------------- conditional requests


async def test_a_304_is_not_modified(origin: Origin, client: WebClient) -> None:
    origin.answers["/"] = reply(304)
    known = Validators(etag='W/"v1"', last_modified="Wed, 21 Oct 2015 07:28:00 GMT")
    fetched = await page(client, origin.url("/"), known)
    assert fetched.not_modified
    assert fetched.exchange.body == b""
    assert origin.asked[0].headers["if-none-match"] == 'W/"v1"'
    assert origin.asked[0].headers["if-modified-since"] == known.last_modified


async def test_a_date_is_not_asked_of_the_target_of_a_redirect(origin: Origin, client: WebClient) -> None:
    origin.answers |= {"/a": redirect("/b"), "/b": reply(200, PAGE)}
    await page(client, origin.url("/a"), Validators(etag='"v1"', last_modified="Wed, 21 Oct 2015 07:28:00 GMT"))
    assert origin.asked[1].headers["if-none-match"] == '"v1"'
    assert "if-modified-since" not in origin.asked[1].headers


async def test_a_304_that_nobody_asked_for_is_a_server_error(origin: Origin, client: WebClient) -> None:
    origin.answers["/"] = reply(304)
    with pytest.raises(ServerError):
        await page(client, origin.url("/"))
    with pytest.raises(ServerError):
        await client.image(origin.url("/"), referer=origin.url("/"))


# ---------------------------------------------------------------- types


@pytest.mark.parametrize(
    "kind", ["text/html", "TEXT/HTML; charset=gb2312", "application/xhtml+xml", "text/html,text/html", "html", None]
)
async def test_html_by_any_name_is_a_page(origin: Origin, client: WebClient, kind: str | None) -> None:
    origin.answers["/"] = reply(200, b"\n <!doctype html><p>", kind=kind)
    assert (await page(client, origin.url("/"))).exchange.status == 200


@pytest.mark.parametrize("kind", ["application/pdf", "image/jpeg", "text/plain", "application/json", "video/mp4"])
async def test_another_type_is_refused_before_its_body_is_read(origin: Origin, client: WebClient, kind: str) -> None:
    origin.answers["/"] = raw(f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: 900\r\n\r\n".encode(), "hold")
    with pytest.raises(WrongType):
        await page(client, origin.url("/"))


async def test_a_page_without_a_type_must_look_like_one(origin: Origin, client: WebClient) -> None:
    origin.answers["/"] = reply(200, b"%PDF-1.7", kind=None)
    with pytest.raises(WrongType):
        await page(client, origin.url("/"))


@pytest.mark.parametrize("kind", ["image/jpeg", "image/svg+xml", "application/octet-stream", "binary/octet-stream", None])
async def test_an_image_may_hide_its_type(origin: Origin, client: WebClient, kind: str | None) -> None:
    origin.answers["/i"] = reply(200, b"\xff\xd8\xff", kind=kind)
    assert (await client.image(origin.url("/i"), referer=origin.url("/p"))).exchange.body == b"\xff\xd8\xff"


@pytest.mark.parametrize("kind", ["text/html; charset=utf-8", "application/json", "video/mp4"])
async def test_what_is_no_image_is_refused(origin: Origin, client: WebClient, kind: str) -> None:
    origin.answers["/i"] = reply(200, PAGE, kind=kind)
    with pytest.raises(WrongType):
        await client.image(origin.url("/i"), referer=origin.url("/p"))


# ---------------------------------------------------------------- images


async def test_an_image_is_asked_for_with_the_page_that_shows_it_and_without_a_turn(
    origin: Origin, client: WebClient, governor: OpenGovernor
) -> None:
    origin.answers |= {"/i": redirect("/j"), "/j": reply(200, b"GIF89a", kind="image/gif")}
    fetched = await client.image(origin.url("/i"), referer="http://news.example/story?id=1#part2")
    assert fetched.url == origin.url("/j")
    assert {asked.headers["referer"] for asked in origin.asked} == {"http://news.example/story?id=1"}
    assert governor.turns == []
    assert governor.most_under_way == 1


async def test_nothing_of_an_encrypted_page_goes_out_in_the_clear(origin: Origin, client: WebClient) -> None:
    """RFC 9110 §10.1.3: no Referer from https to http, on no hop."""
    origin.answers |= {"/i": redirect("/j"), "/j": reply(200, b"\xff\xd8\xff", kind="image/jpeg")}
    await client.image(origin.url("/i"), referer="https://news.example/story?token=secret")
    assert [asked.headers.get("referer") for asked in origin.asked] == [None, None]


async def test_a_referer_with_credentials_is_sent_nowhere(origin: Origin, client: WebClient) -> None:
    with pytest.raises(InvalidUrl):
        await client.image(origin.url("/i"), referer="http://user:password@news.example/")
    assert origin.connections == 0


async def test_images_have_a_cap_of_their_own(origin: Origin, client: WebClient) -> None:
    origin.answers |= {
        "/fits": reply(200, bytes(1_900_000), kind="image/png"),
        "/not": reply(200, bytes(2_100_000), kind="image/png"),
    }
    assert len((await client.image(origin.url("/fits"), referer=origin.url("/"))).exchange.body) == 1_900_000
    with pytest.raises(TooLarge):
        await client.image(origin.url("/not"), referer=origin.url("/"))


async def test_a_place_is_given_back_whatever_happens(origin: Origin, client: WebClient, governor: OpenGovernor) -> None:
    origin.answers |= {"/a": raw(b""), "/b": reply(500), "/c": after(30, reply())}
    for path in ("/a", "/b"):
        with pytest.raises(IngestError):
            await page(client, origin.url(path))
    task = asyncio.create_task(page(client, origin.url("/c")))
    while "/c" not in origin.paths:
        await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert governor.under_way == 0


@pytest.mark.parametrize("odd", ['"é中"', '"a\r\nX-Forged: y"', '"\x1b[31m"', '"' + "a" * 9_000 + '"'])
async def test_a_validator_that_cannot_be_sent_back_is_left_out(origin: Origin, client: WebClient, odd: str) -> None:
    assert (await page(client, origin.url("/"), Validators(etag=odd, last_modified=odd))).exchange.body == PAGE
    assert not {"if-none-match", "if-modified-since", "x-forged"} & set(origin.asked[0].headers)


async def test_a_type_that_is_none_is_not_quoted_to_people(origin: Origin, client: WebClient) -> None:
    origin.answers["/"] = reply(200, PAGE, ("Content-Type", "application/\x9b2J\u202ex"), kind=None)
    assert (await page(client, origin.url("/"))).exchange.body == PAGE
