"""Feeds and site maps over real connections: as polite and guarded as pages, and taken by any name."""

import gzip

import pytest

from tests.integration.fetch.loopback import OpenGovernor, Origin, raw, redirect, reply, visiting
from worker.errors import BadRedirect, ForbiddenAddress, Gone, InvalidUrl, RobotsDisallowed, ServerError, TooLarge, WrongType
from worker.exchange import Validators
from worker.fetch.client import WebClient

pytestmark = pytest.mark.anyio

FEED = b'<rss version="2.0"><channel><item><link>/1</link></item></channel></rss>'
KNOWN = Validators(etag='"v1"', last_modified="Wed, 21 Oct 2015 07:28:00 GMT")


async def test_a_feed_is_asked_for_as_one_and_comes_back_whole(origin: Origin, client: WebClient) -> None:
    origin.answers["/feed"] = reply(200, gzip.compress(FEED), ("Content-Encoding", "gzip"), kind="application/rss+xml")
    fetched = await client.listing(origin.url("/feed"), ref="7", validators=None)
    assert (fetched.url, fetched.exchange.body, fetched.not_modified) == (origin.url("/feed"), FEED, False)
    sent = origin.asked[0].headers
    assert sent["accept"].startswith("application/atom+xml, application/rss+xml, application/feed+json")
    assert "text/html" not in sent["accept"]
    assert sent["user-agent"].startswith("Newsmill/")
    assert not {"if-none-match", "if-modified-since", "referer"} & set(sent)


@pytest.mark.parametrize(
    "kind",
    [
        *("application/atom+xml; charset=utf-8", "text/xml", "application/json", "application/gzip", "text/plain"),
        *("text/html", "application/octet-stream", "application/zip", "nonsense", None),
    ],
)
async def test_a_listing_may_have_almost_any_type(origin: Origin, client: WebClient, kind: str | None) -> None:
    origin.answers["/feed"] = reply(200, FEED, kind=kind)
    assert (await client.listing(origin.url("/feed"), ref="7", validators=None)).exchange.body == FEED


@pytest.mark.parametrize("kind", ["image/png", "video/mp4", "audio/mpeg", "font/woff2", "application/pdf; x=y"])
async def test_what_is_surely_no_listing_is_refused_before_its_body_is_read(origin: Origin, client: WebClient, kind: str) -> None:
    origin.answers["/feed"] = raw(f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: 900\r\n\r\n".encode(), "hold")
    with pytest.raises(WrongType) as refused:
        await client.listing(origin.url("/feed"), ref="7", validators=None)
    assert refused.value.detail == f"{kind.partition(';')[0]} is neither a feed nor a site map"


async def test_a_listing_that_has_not_changed_is_not_sent_again(origin: Origin, client: WebClient) -> None:
    origin.answers["/feed"] = reply(304)
    fetched = await client.listing(origin.url("/feed"), ref="7", validators=KNOWN)
    assert fetched.not_modified
    assert origin.asked[0].headers["if-none-match"] == KNOWN.etag
    assert origin.asked[0].headers["if-modified-since"] == KNOWN.last_modified


@pytest.mark.parametrize("validators", [None, Validators(), Validators(etag='"\x00"')])
async def test_a_304_to_a_request_without_conditions_is_a_server_error(
    origin: Origin, client: WebClient, validators: Validators | None
) -> None:
    origin.answers["/feed"] = reply(304)
    with pytest.raises(ServerError):
        await client.listing(origin.url("/feed"), ref="7", validators=validators)


async def test_a_304_behind_a_redirect_to_which_no_condition_went_is_a_server_error(origin: Origin, client: WebClient) -> None:
    origin.answers |= {"/old": redirect("/feed"), "/feed": reply(304)}
    with pytest.raises(ServerError):
        await client.listing(origin.url("/old"), ref="7", validators=Validators(last_modified=KNOWN.last_modified))


async def test_robots_txt_is_asked_and_each_further_request_takes_a_turn(origin: Origin, governor: OpenGovernor) -> None:
    origin.answers |= {
        "/robots.txt": reply(200, b"User-agent: *\nDisallow: /private/", kind="text/plain"),
        "/old": redirect("/feed"),
        "/feed": reply(200, FEED),
        "/private/feed": reply(200, FEED),
    }
    async with visiting(governor, obey_robots=True) as client:
        fetched = await client.listing(origin.url("/old"), ref="7", validators=None)
        assert (fetched.hops, fetched.exchange.body) == ((origin.url("/old"),), FEED)
        assert origin.paths == ["/robots.txt", "/old", "/feed"]
        assert governor.turns == [(origin.host, "7")] * 2  # the first has been taken by the caller
        with pytest.raises(RobotsDisallowed):
            await client.listing(origin.url("/private/feed"), ref="8", validators=None)


async def test_redirects_are_guarded_and_end(origin: Origin, client: WebClient) -> None:
    origin.answers |= {"/leak": redirect("http://169.254.169.254/"), "/a": redirect("/b"), "/b": redirect("/a")}
    with pytest.raises(ForbiddenAddress):
        await client.listing(origin.url("/leak"), ref="7", validators=None)
    with pytest.raises(BadRedirect):
        await client.listing(origin.url("/a"), ref="7", validators=None)


async def test_a_listing_has_the_cap_of_a_page(origin: Origin, client: WebClient) -> None:
    origin.answers |= {"/fits": reply(200, bytes(900_000)), "/not": reply(200, bytes(1_100_000))}
    assert len((await client.listing(origin.url("/fits"), ref="7", validators=None)).exchange.body) == 900_000
    with pytest.raises(TooLarge):
        await client.listing(origin.url("/not"), ref="7", validators=None)


async def test_statuses_and_bad_addresses_are_errors_as_for_pages(origin: Origin, client: WebClient) -> None:
    with pytest.raises(Gone):
        await client.listing(origin.url("/nowhere"), ref="7", validators=None)
    with pytest.raises(InvalidUrl):
        await client.listing("ftp://news.example/feed", ref="7", validators=None)
