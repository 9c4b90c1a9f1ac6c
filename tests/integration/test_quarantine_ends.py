"""How a quarantine child that ends by itself is told of."""

import logging
import sys

import pytest

from worker.errors import Bomb
from worker.quarantine import Quarantine

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="its limits are Linux's"),
]

MISNESTED = "".join(f"<b {i}>" for i in range(2_000)) + "".join(f"<i {i}>" for i in range(2_000)) + "x</b>" * 2_000


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def test_a_child_that_gave_up_is_told_with_its_own_exit_status(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger="asyncio"), pytest.raises(Bomb, match=r"exit status (1|-\d+)\)"):
        await Quarantine().extract(MISNESTED, url="https://news.example/a", fetched_at=1.79e9)
    assert not caplog.records  # as "Unknown child process pid 4711"
