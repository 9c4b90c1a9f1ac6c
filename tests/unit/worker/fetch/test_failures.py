"""What the system says of a connection that did not come about, in a sentence for people."""

import asyncio
import errno
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest

from worker.errors import ConnectFailed, OwnTrouble, Truncated
from worker.fetch.failures import translated

HOST = "news.example"
KEY: Any = SimpleNamespace(host=HOST, port=443, ssl=True)


def told(error: OSError) -> str:
    failed = translated(aiohttp.ClientConnectorError(KEY, error), HOST)
    assert isinstance(failed, ConnectFailed)
    return failed.detail


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.ECONNREFUSED, "the connection was refused by 127.0.0.1:8008"),
        (errno.ECONNRESET, "the connection was reset by 127.0.0.1:8008"),
        (errno.EHOSTUNREACH, "127.0.0.1:8008 cannot be reached"),
        (errno.ENETUNREACH, "there is no way to the network of 127.0.0.1:8008"),
        (errno.ETIMEDOUT, "127.0.0.1:8008 did not answer"),
    ],
)
def test_a_failed_connect_is_a_plain_sentence_with_the_address(number: int, sentence: str) -> None:
    assert told(OSError(number, "Connect call failed ('127.0.0.1', 8008)")) == f"{HOST}: {sentence}"


def test_an_ipv6_address_stands_in_brackets() -> None:
    error = OSError(errno.ECONNREFUSED, "Connect call failed ('2001:db8::1', 443, 0, 0)")
    assert told(error) == f"{HOST}: the connection was refused by [2001:db8::1]:443"


def test_of_several_addresses_each_is_told_once() -> None:
    refused = f"[Errno {errno.ECONNREFUSED}] Connect call failed ('192.0.2.1', 443)"
    away = f"[Errno {errno.ENETUNREACH}] Connect call failed ('2001:db8::1', 443, 0, 0)"
    assert told(OSError(f"Multiple exceptions: {refused}, {away}, {refused}")) == (
        f"{HOST}: the connection was refused by 192.0.2.1:443; there is no way to the network of [2001:db8::1]:443"
    )


def test_without_an_address_it_is_still_a_sentence() -> None:
    assert told(OSError(errno.ENETUNREACH, "Network is unreachable")) == f"{HOST}: there is no way to the network of the server"


def test_what_is_not_known_is_told_as_the_system_says_it() -> None:
    assert told(OSError(errno.EMFILE, "Too many open files")) == f"{HOST}: [Errno {errno.EMFILE}] Too many open files"
    assert told(OSError("odd\nthings")) == f"{HOST}: odd things"


def test_a_proxy_that_refuses_is_told_likewise() -> None:
    error = aiohttp.ClientProxyConnectionError(KEY, OSError(errno.ECONNREFUSED, "Connect call failed ('192.0.2.7', 3128)"))
    failed = translated(error, HOST)
    assert isinstance(failed, OwnTrouble)
    assert failed.detail == "the proxy does not answer: the connection was refused by 192.0.2.7:3128"


@pytest.mark.parametrize(
    "error", [ConnectionResetError(errno.ECONNRESET, "x"), aiohttp.ClientOSError(errno.EPIPE, "Broken pipe")]
)
def test_a_connection_that_is_reset_midway_broke_off(error: OSError) -> None:
    failed = translated(error, HOST)
    assert isinstance(failed, Truncated)
    assert failed.detail == f"{HOST} broke off: the connection was reset"


def test_the_words_are_those_that_the_event_loop_really_uses() -> None:
    async def refused() -> OSError:
        async with asyncio.timeout(5), aiohttp.ClientSession() as session:
            with pytest.raises(aiohttp.ClientConnectorError) as caught:
                await session.get("http://127.0.0.1:1/")
        return caught.value.os_error

    assert told(asyncio.run(refused())) == f"{HOST}: the connection was refused by 127.0.0.1:1"
