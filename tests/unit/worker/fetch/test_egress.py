import socket

import pytest

from worker.errors import ConnectFailed, TimedOut, Truncated
from worker.fetch.egress import _SocketFactory
from worker.fetch.failures import AddressRefused, translated
from worker.fetch.guard import Guard


def info(address: str, port: int) -> tuple[object, ...]:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (address, port)


@pytest.mark.parametrize(
    ("address", "port"), [("127.0.0.1", 80), ("::ffff:127.0.0.1", 443), ("169.254.169.254", 80), ("1.1.1.1", 6379)]
)
def test_no_socket_is_made_for_a_refused_address_even_if_every_check_before_was_passed(address: str, port: int) -> None:
    with pytest.raises(AddressRefused):
        _SocketFactory(Guard((), (80, 443)))(info(address, port))


def test_a_socket_is_made_for_a_public_address() -> None:
    with _SocketFactory(Guard((), (80, 443)))(info("1.1.1.1", 443)) as made:
        assert made.family == socket.AF_INET


@pytest.mark.parametrize(
    ("error", "expected"),
    [(TimeoutError(), TimedOut), (ConnectionResetError(104, "reset\nby peer"), Truncated)],
)
def test_a_bare_system_error_is_told_in_one_line(error: Exception, expected: type[Exception]) -> None:
    told = translated(error, "news.example")
    assert type(told) is expected
    assert "news.example" in told.detail
    assert "\n" not in told.detail
    assert not isinstance(told, ConnectFailed)
