"""The contract's table of outcomes, tries and waits: one test a row."""

import random

import pytest

from worker.errors import (
    BadEncoding,
    BadRedirect,
    Blocked,
    Bomb,
    Cause,
    ClientError,
    ConnectFailed,
    ForbiddenAddress,
    Gone,
    HostBusy,
    IngestError,
    InvalidUrl,
    NameNotFound,
    NameServerTrouble,
    NotArticle,
    OwnTrouble,
    RateLimited,
    RobotsDisallowed,
    ServerError,
    TimedOut,
    TlsFailed,
    TooLarge,
    TransientError,
    Truncated,
    WrongType,
)
from worker.models import Charge, Ended, Later, State
from worker.outcomes import status_error, verdict

NOW = 1_000_000.0
MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0


def decide(error: IngestError, *, attempts: int = 0, deferrals: int = 0, seed: int = 1) -> Ended | Later:
    return verdict(error, attempts=attempts, deferrals=deferrals, now=NOW, rng=random.Random(seed))


@pytest.mark.parametrize(
    ("statuses", "error", "cause"),
    [
        ((404, 410), Gone, Cause.GONE),
        ((401, 403, 407, 451), Blocked, Cause.BLOCKED),
        ((400, 402, 405, 406, 409, 418, 422, 499), ClientError, Cause.CLIENT_ERROR),
    ],
)
def test_a_refusing_status_is_rejected_at_once(statuses: tuple[int, ...], error: type[IngestError], cause: Cause) -> None:
    for status in statuses:
        raised = status_error(status, None)
        assert type(raised) is error
        end = decide(raised)
        assert isinstance(end, Ended)
        assert (end.state, end.cause, end.status) == (State.REJECTED, cause, status)


@pytest.mark.parametrize("status", [408, 425, 500, 502, 504, 507, 522, 599, 503])
def test_a_server_in_trouble_is_tried_five_times(status: int) -> None:
    error = status_error(status, None)
    assert type(error) is ServerError
    for attempts in range(4):
        later = decide(error, attempts=attempts)
        assert isinstance(later, Later)
        assert later.charge is Charge.ATTEMPT
        assert 1 <= later.wait_s <= min(MINUTE * 2**attempts, 2 * HOUR)
    end = decide(error, attempts=4)
    assert isinstance(end, Ended)
    assert (end.state, end.cause) == (State.FAILED, Cause.SERVER_ERROR)


@pytest.mark.parametrize(("status", "said"), [(429, None), (429, 7.0), (503, 7.0)])
def test_a_host_that_limits_us_is_asked_twenty_times_without_a_charge(status: int, said: float | None) -> None:
    error = status_error(status, said)
    assert type(error) is RateLimited
    later = decide(error, attempts=3, deferrals=18)
    assert isinstance(later, Later)
    assert later.charge is Charge.DEFERRAL
    if said is not None:
        assert said <= later.wait_s <= said + 1
    end = decide(error, deferrals=19)
    assert isinstance(end, Ended)
    assert (end.state, end.cause) == (State.FAILED, Cause.RATE_LIMITED)


@pytest.mark.parametrize(("said", "least", "most"), [(0.0, 1, 2), (-5.0, 1, 2), (9 * DAY, DAY, DAY + 1)])
def test_what_retry_after_says_is_kept_between_a_second_and_a_day(said: float, least: float, most: float) -> None:
    error = status_error(429, said)
    assert error is not None
    later = decide(error)
    assert isinstance(later, Later)
    assert least <= later.wait_s <= most


def test_a_server_error_that_says_when_is_believed() -> None:
    later = decide(ServerError("500", retry_after_s=90.0))
    assert isinstance(later, Later)
    assert 90 <= later.wait_s <= 91


def test_a_good_status_is_no_error() -> None:
    assert [status_error(status, None) for status in (200, 203, 206, 304)] == [None] * 4


@pytest.mark.parametrize(
    ("error", "tries", "waits", "cause"),
    [
        (NameServerTrouble(), 6, [30.0 * 2**n for n in range(5)], Cause.DNS),
        (ConnectFailed(), 6, [30.0 * 2**n for n in range(5)], Cause.CONNECT),
        (TimedOut(), 4, [60.0, 120.0, 240.0], Cause.TIMEOUT),
        (Truncated(), 4, [30.0, 60.0, 120.0], Cause.TRUNCATED),
        (BadEncoding(), 2, [30.0], Cause.BAD_ENCODING),
    ],
)
def test_a_network_fault_is_tried_again_with_full_jitter(
    error: TransientError, tries: int, waits: list[float], cause: Cause
) -> None:
    for attempts, bound in enumerate(waits):
        drawn = []
        for seed in range(200):
            later = decide(error, attempts=attempts, seed=seed)
            assert isinstance(later, Later)
            assert later.charge is Charge.ATTEMPT
            drawn.append(later.wait_s)
        assert 1 <= min(drawn) < 0.2 * bound
        assert 0.8 * bound < max(drawn) <= bound
    end = decide(error, attempts=tries - 1)
    assert isinstance(end, Ended)
    assert (end.state, end.cause) == (State.FAILED, cause)


@pytest.mark.parametrize(
    ("error", "waits", "cause"),
    [(NameNotFound(), [HOUR, 6 * HOUR], Cause.DNS), (TlsFailed(), [6 * HOUR], Cause.TLS)],
)
def test_what_takes_people_to_mend_is_tried_slowly(error: TransientError, waits: list[float], cause: Cause) -> None:
    for attempts, wait_s in enumerate(waits):
        later = decide(error, attempts=attempts)
        assert isinstance(later, Later)
        assert later.wait_s == wait_s
    end = decide(error, attempts=len(waits))
    assert isinstance(end, Ended)
    assert (end.state, end.cause) == (State.FAILED, cause)


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (RobotsDisallowed(), Cause.ROBOTS),
        (ForbiddenAddress(), Cause.FORBIDDEN_ADDRESS),
        (BadRedirect(), Cause.REDIRECTS),
        (WrongType(), Cause.WRONG_TYPE),
        (TooLarge(), Cause.TOO_LARGE),
        (Bomb(), Cause.BOMB),
        (NotArticle(), Cause.NOT_ARTICLE),
        (InvalidUrl(), Cause.INVALID_URL),
    ],
)
def test_what_cannot_help_to_try_again_is_rejected_at_once(error: IngestError, cause: Cause) -> None:
    end = decide(error)
    assert isinstance(end, Ended)
    assert (end.state, end.cause) == (State.REJECTED, cause)


def test_our_own_trouble_is_never_charged_to_the_url() -> None:
    for attempts in (0, 100):
        later = decide(OwnTrouble("database: gone"), attempts=attempts, deferrals=attempts)
        assert isinstance(later, Later)
        assert later.charge is Charge.NOTHING
        assert 10 <= later.wait_s <= 5 * MINUTE


def test_a_busy_host_is_asked_again_at_the_very_time_of_its_turn() -> None:
    later = decide(HostBusy(NOW + 12.5), attempts=100)
    assert later == Later(wait_s=12.5, charge=Charge.NOTHING)


def test_every_transient_error_has_a_rule() -> None:
    for kind in TransientError.__subclasses__():
        assert isinstance(decide(kind()), Later), kind
