"""Redirects: followed one by one, each one guarded."""

import pytest

from tests.integration.fetch.loopback import PAGE, Answer, OpenGovernor, Origin, page, raw, redirect, reply, serving, visiting
from worker.errors import (
    BadRedirect,
    ForbiddenAddress,
)
from worker.fetch.client import WebClient

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_followed_and_remembered(
    origin: Origin, client: WebClient, governor: OpenGovernor, status: int
) -> None:
    origin.answers |= {"/a/b": redirect("../c?d=é#e", status), "/c?d=%C3%A9": reply(200, PAGE)}
    fetched = await page(client, origin.url("/a/b"))
    assert fetched.url == origin.url("/c?d=%C3%A9")
    assert fetched.hops == (origin.url("/a/b"),)
    assert fetched.exchange.url == fetched.url
    assert governor.turns == [(origin.host, "17")]  # the first was taken by the caller


async def test_a_location_in_another_charset_keeps_its_bytes(origin: Origin, client: WebClient) -> None:
    location = "/搜索".encode("gbk")
    origin.answers["/"] = raw(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + location + b"\r\n\r\n", "keep")
    origin.answers["/%CB%D1%CB%F7"] = reply(200, PAGE)
    assert (await page(client, origin.url("/"))).url == origin.url("/%CB%D1%CB%F7")


async def test_five_redirects_are_followed_and_not_a_sixth(origin: Origin, client: WebClient) -> None:
    for n in range(7):
        origin.answers[f"/{n}"] = redirect(f"/{n + 1}")
    origin.answers["/7"] = reply(200, PAGE)
    assert len((await page(client, origin.url("/2"))).hops) == 5
    with pytest.raises(BadRedirect):
        await page(client, origin.url("/1"))


@pytest.mark.parametrize(
    "answer",
    [
        redirect("/"),
        redirect("/#again"),
        redirect("ftp://127.0.0.1/"),
        redirect("file:///etc/passwd"),
        redirect("javascript:alert(1)"),
        redirect("http://[/"),
        redirect("http://a:b@127.0.0.1/"),
        reply(302),
        reply(300, PAGE),
        redirect("/proxy", 305),
    ],
    ids=["itself", "fragment", "ftp", "file", "javascript", "broken", "credentials", "no-location", "choices", "use-proxy"],
)
async def test_a_redirect_to_nowhere_is_a_bad_one(origin: Origin, client: WebClient, answer: Answer) -> None:
    origin.answers["/"] = answer
    with pytest.raises(BadRedirect):
        await page(client, origin.url("/"))


async def test_a_circle_is_seen(origin: Origin, client: WebClient) -> None:
    origin.answers |= {"/a": redirect("/b"), "/b": redirect("/c"), "/c": redirect("/a")}
    with pytest.raises(BadRedirect):
        await page(client, origin.url("/a"))
    assert origin.paths == ["/a", "/b", "/c"]


async def test_every_hop_passes_the_guard(governor: OpenGovernor) -> None:
    async with serving(Origin()) as origin, serving(Origin()) as inner, visiting(governor, networks=(), ports=None) as strict:
        with pytest.raises(ForbiddenAddress):
            await page(strict, origin.url("/"))
        assert origin.connections == 0
    async with serving(Origin()) as origin, serving(Origin()) as inner, visiting(governor, ports=(origin.port,)) as client:
        for path, target in {
            "/port": inner.url("/"), "/metadata": "http://169.254.169.254/latest/meta-data/", "/private": "http://10.0.0.1/",
            "/v6": "http://[::1]/", "/number": f"http://2130706433:{inner.port}/",
        }.items():  # fmt: skip
            origin.answers[path] = redirect(target)
            with pytest.raises(ForbiddenAddress):
                await page(client, origin.url(path))
            with pytest.raises(ForbiddenAddress):
                await client.image(origin.url(path), referer=origin.url("/"))
        assert inner.connections == 0
