"""robots.txt over real connections: asked once, obeyed, and never a reason to be rude."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.integration.fetch.loopback import Answer, OpenGovernor, Origin, after, page, raw, redirect, reply, serving, visiting
from worker.errors import (
    ConnectFailed,
    ForbiddenAddress,
    HostBusy,
    IngestError,
    OwnTrouble,
    RateLimited,
    RobotsDisallowed,
    ServerError,
    TimedOut,
    Truncated,
)
from worker.exchange import Fetched
from worker.fetch.client import WebClient
from worker.fetch.robots import MAX_BYTES, agent_of

pytestmark = pytest.mark.anyio

STORY = reply(200, b"<html><p>news</p></html>")


def rules(text: str, kind: str = "text/plain") -> Answer:
    return reply(200, text.encode(), kind=kind)


@pytest.fixture
async def origin() -> AsyncIterator[Origin]:
    async with serving(Origin()) as origin:
        origin.answers |= {"/open": STORY, "/closed": STORY, "/image": reply(200, b"GIF89a", kind="image/gif")}
        yield origin


@pytest.fixture
async def client(governor: OpenGovernor) -> AsyncIterator[WebClient]:
    async with visiting(governor, obey_robots=True) as client:
        yield client


async def test_what_is_disallowed_is_not_fetched_and_the_rest_is(origin: Origin, client: WebClient) -> None:
    origin.answers["/robots.txt"] = rules("User-agent: *\nDisallow: /closed\n")
    await page(client, origin.url("/open"))
    with pytest.raises(RobotsDisallowed):
        await page(client, origin.url("/closed"))
    assert origin.paths == ["/robots.txt", "/open"]


async def test_a_rule_for_us_by_name_comes_before_the_rule_for_all(origin: Origin, client: WebClient) -> None:
    origin.answers["/robots.txt"] = rules("User-agent: newsmill\nDisallow: /closed\n\nUser-agent: *\nDisallow: /\n")
    await page(client, origin.url("/open"))
    with pytest.raises(RobotsDisallowed):
        await page(client, origin.url("/closed"))


@pytest.mark.parametrize(
    ("user_agent", "agent"), [("Newsmill/0.1 (+x)", "Newsmill"), ("Newsmill", "Newsmill"), ("My Bot/2", "My")]
)
def test_the_name_in_robots_txt_is_the_first_word_of_the_user_agent(user_agent: str, agent: str) -> None:
    assert agent_of(user_agent) == agent


async def test_asking_uses_the_turn_that_was_held_and_the_page_takes_another(
    origin: Origin, client: WebClient, governor: OpenGovernor
) -> None:
    origin.answers["/robots.txt"] = rules("")
    await page(client, origin.url("/open"), ref="8")
    assert governor.turns == [(origin.host, "8")]
    await page(client, origin.url("/open"), ref="9")
    assert governor.turns == [(origin.host, "8")]


async def test_a_crowd_asks_once(origin: Origin, client: WebClient) -> None:
    origin.answers["/robots.txt"] = after(0.1, rules("User-agent: *\nDisallow: /closed\n"))
    await asyncio.gather(*(page(client, origin.url("/open"), ref=str(n)) for n in range(20)))
    assert origin.paths.count("/robots.txt") == 1
    assert origin.paths.count("/open") == 20


async def test_when_the_one_who_asks_is_cancelled_another_asks(origin: Origin, client: WebClient) -> None:
    origin.answers["/robots.txt"] = after(0.2, rules(""))
    first = asyncio.create_task(page(client, origin.url("/open"), ref="1"))
    while not origin.asked:
        await asyncio.sleep(0.005)
    others = [asyncio.create_task(page(client, origin.url("/open"), ref=str(n))) for n in range(5)]
    await asyncio.sleep(0)
    first.cancel()
    assert len(await asyncio.gather(*others)) == 5
    assert origin.paths.count("/robots.txt") == 2


async def test_a_turn_that_lies_too_far_ahead_is_the_asker_s_own_business(origin: Origin) -> None:
    class Booked(OpenGovernor):
        async def turn(self, host: str, ref: str, *, patient: bool = False) -> None:
            if ref == "1":
                raise HostBusy(9e9)
            await super().turn(host, ref, patient=patient)

    governor = Booked()
    origin.answers["/robots.txt"] = redirect("/rules")
    origin.answers["/rules"] = rules("")
    async with visiting(governor, obey_robots=True) as client:
        results = await asyncio.gather(
            *(page(client, origin.url("/open"), ref=str(n)) for n in (1, 2, 3)), return_exceptions=True
        )
    assert [type(result) for result in results] == [HostBusy, Fetched, Fetched]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
async def test_a_robots_txt_that_is_not_there_allows_everything(origin: Origin, client: WebClient, status: int) -> None:
    origin.answers["/robots.txt"] = reply(status)
    await page(client, origin.url("/closed"))
    await page(client, origin.url("/open"))
    assert origin.paths.count("/robots.txt") == 1


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (reply(500), ServerError),
        (reply(503), ServerError),
        (reply(429), RateLimited),
        (reply(503, b"", ("Retry-After", "60")), RateLimited),
        (raw(b""), Truncated),
        (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nUser-agent: *\nDisa"), Truncated),
        (reply(200, b"not gzip", ("Content-Encoding", "gzip")), IngestError),
        (after(30, reply()), TimedOut),
    ],
    ids=["500", "503", "429", "retry-after", "nothing", "half", "badly-coded", "silent"],
)
async def test_a_site_that_cannot_say_what_it_allows_allows_nothing_now(
    origin: Origin, governor: OpenGovernor, answer: Answer, error: type[IngestError]
) -> None:
    origin.answers["/robots.txt"] = answer
    async with visiting(governor, obey_robots=True, deadline_s=0.5) as client:
        with pytest.raises(error):
            await page(client, origin.url("/open"))
        assert "/open" not in origin.paths
        origin.answers["/robots.txt"] = rules("")
        await page(client, origin.url("/open"))


async def test_all_who_wait_hear_of_the_failure_of_one_question(origin: Origin, client: WebClient) -> None:
    origin.answers["/robots.txt"] = after(0.1, reply(500))
    results = await asyncio.gather(*(page(client, origin.url("/open"), ref=str(n)) for n in range(10)), return_exceptions=True)
    assert {type(result) for result in results} == {ServerError}
    assert origin.paths == ["/robots.txt"]


async def test_an_unreachable_site_is_a_failed_connection(governor: OpenGovernor, client: WebClient) -> None:
    async with serving(Origin()) as gone:
        url = gone.url("/open")
    with pytest.raises(ConnectFailed):
        await page(client, url)


async def test_five_redirects_lead_to_the_rules_and_take_their_turns(
    origin: Origin, client: WebClient, governor: OpenGovernor
) -> None:
    async with serving(Origin()) as other:
        origin.answers |= {f"/{n}": redirect(f"/{n + 1}") for n in range(1, 4)} | {"/robots.txt": redirect("/1")}
        origin.answers["/4"] = redirect(other.url("/rules"))
        other.answers["/rules"] = rules("User-agent: *\nDisallow: /closed")
        with pytest.raises(RobotsDisallowed):
            await page(client, origin.url("/closed"))
        assert governor.turns == [(origin.host, "17")] * 4 + [(other.host, "17")]


@pytest.mark.parametrize("target", ["/robots.txt", "ftp://127.0.0.1/", "http://169.254.169.254/"])
async def test_rules_that_redirect_to_nowhere_allow_everything(origin: Origin, client: WebClient, target: str) -> None:
    origin.answers["/robots.txt"] = redirect(target)
    await page(client, origin.url("/closed"))


async def test_the_guard_s_word_on_the_site_itself_stands(origin: Origin, governor: OpenGovernor) -> None:
    async with visiting(governor, networks=(), obey_robots=True) as client:
        with pytest.raises(ForbiddenAddress):
            await page(client, origin.url("/open"))
    assert origin.connections == 0


async def test_every_host_on_the_way_is_asked(origin: Origin, client: WebClient) -> None:
    async with serving(Origin()) as other:
        origin.answers |= {"/robots.txt": rules(""), "/away": redirect(other.url("/closed"))}
        other.answers |= {"/robots.txt": rules("User-agent: *\nDisallow: /closed"), "/closed": STORY}
        with pytest.raises(RobotsDisallowed):
            await page(client, origin.url("/away"))
        assert other.paths == ["/robots.txt"]


async def test_images_are_not_a_matter_of_robots_txt(origin: Origin, client: WebClient) -> None:
    origin.answers["/robots.txt"] = rules("User-agent: *\nDisallow: /")
    await client.image(origin.url("/image"), referer=origin.url("/open"))
    assert origin.paths == ["/image"]


async def test_rules_are_read_up_to_their_cap(origin: Origin, client: WebClient) -> None:
    filling = "#" * 99 + "\n"
    text = "User-agent: *\nDisallow: /closed\n" + filling * (MAX_BYTES // 100) + "Disallow: /open\n"
    origin.answers["/robots.txt"] = rules(text)
    await page(client, origin.url("/open"))
    with pytest.raises(RobotsDisallowed):
        await page(client, origin.url("/closed"))


async def test_rules_are_read_whatever_they_are_labelled_or_start_with(origin: Origin, client: WebClient) -> None:
    origin.answers["/robots.txt"] = rules("\ufeffUser-agent: *\nDisallow: /closed", kind="text/html")
    with pytest.raises(RobotsDisallowed):
        await page(client, origin.url("/closed"))


async def test_a_crawl_delay_is_passed_on(origin: Origin, client: WebClient, governor: OpenGovernor) -> None:
    origin.answers["/robots.txt"] = rules("User-agent: *\nCrawl-delay: 7.5\n")
    await page(client, origin.url("/open"))
    assert governor.paces == {origin.host: 7.5}


async def test_trouble_of_ours_on_the_way_is_not_the_site_s(origin: Origin) -> None:
    class Forgetful(OpenGovernor):
        async def pace(self, host: str, seconds: float) -> None:
            raise OwnTrouble("Redis is away")

    origin.answers["/robots.txt"] = rules("")
    async with visiting(Forgetful(), obey_robots=True) as client:
        with pytest.raises(OwnTrouble):
            await page(client, origin.url("/open"))


async def test_with_obedience_off_nothing_is_asked(origin: Origin, governor: OpenGovernor) -> None:
    origin.answers["/robots.txt"] = rules("User-agent: *\nDisallow: /")
    async with visiting(governor, obey_robots=False) as client:
        await page(client, origin.url("/closed"))
    assert origin.paths == ["/closed"]
