"""Fixtures of the fetch room: an origin, a client that may visit it, and governors over a real Valkey."""

from collections.abc import AsyncIterator

import pytest

from tests.integration.fetch.fleet import Fleet
from tests.integration.fetch.loopback import PAGE, OpenGovernor, Origin, reply, serving, visiting
from worker.fetch.client import WebClient


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def origin() -> AsyncIterator[Origin]:
    """An origin that has one page, at `/`."""
    async with serving(Origin()) as origin:
        origin.answers["/"] = reply(200, PAGE)
        yield origin


@pytest.fixture
def governor() -> OpenGovernor:
    return OpenGovernor()


@pytest.fixture
async def client(governor: OpenGovernor) -> AsyncIterator[WebClient]:
    async with visiting(governor) as client:
        yield client


@pytest.fixture
async def fleet(redis_url: str) -> AsyncIterator[Fleet]:
    fleet = Fleet(redis_url)
    yield fleet
    await fleet.aclose()
