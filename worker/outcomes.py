"""The contract's table of outcomes, tries and waits: the one place that decides how a failed try goes on."""

import random
from dataclasses import dataclass

from worker.errors import (
    BadEncoding,
    Blocked,
    Cause,
    ClientError,
    ConnectFailed,
    Deferred,
    Gone,
    HostBusy,
    IngestError,
    NameNotFound,
    NameServerTrouble,
    OwnTrouble,
    PermanentError,
    RateLimited,
    ServerError,
    TimedOut,
    TlsFailed,
    TransientError,
    Truncated,
)
from worker.models import Charge, Ended, Later, State

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0

RETRY_AFTER_MIN_S = 1.0  # "0" would have us hammer
RETRY_AFTER_MAX_S = DAY  # a host that says "next year" is asked again tomorrow
MAX_DEFERRALS = 20  # of 429 and 503 with Retry-After, which are not charged as attempts
OWN_TROUBLE_S = (10.0, 5 * MINUTE)  # our own parts: from here, doubling with each deferral, to there


@dataclass(frozen=True, slots=True)
class Rule:
    """*tries* in all; the wait after try n (from 1) is drawn from (0, min(first·2ⁿ⁻¹, cap)], or is `steps[n-1]`."""

    tries: int
    first_s: float = 0.0
    cap_s: float = DAY
    steps: tuple[float, ...] = ()


RULES: dict[type[TransientError], Rule] = {
    ServerError: Rule(tries=5, first_s=MINUTE, cap_s=2 * HOUR),
    RateLimited: Rule(tries=MAX_DEFERRALS, first_s=2 * MINUTE, cap_s=DAY),  # the wait when no Retry-After is given
    NameNotFound: Rule(tries=3, steps=(HOUR, 6 * HOUR, DAY)),
    NameServerTrouble: Rule(tries=6, first_s=30.0, cap_s=HOUR),
    ConnectFailed: Rule(tries=6, first_s=30.0, cap_s=HOUR),
    TlsFailed: Rule(tries=2, steps=(6 * HOUR,)),
    TimedOut: Rule(tries=4, first_s=MINUTE),
    Truncated: Rule(tries=4, first_s=30.0),
    BadEncoding: Rule(tries=2, first_s=30.0),  # the second asks for `identity`
}


def status_error(status: int, retry_after_s: float | None, detail: str = "") -> IngestError | None:
    """Return the error that an HTTP *status* stands for, None for 2xx and 304.

    *retry_after_s* as the response said it, None without the header. Source: RFC 9110 §15, RFC 6585 §4.
    """
    said = detail or f"HTTP {status}"
    match status:
        case 304:
            return None
        case 404 | 410:
            return Gone(said, status=status)
        case 401 | 403 | 407 | 451:
            return Blocked(said, status=status)
        case 429:
            return RateLimited(said, retry_after_s=retry_after_s, status=status)
        case 503 if retry_after_s is not None:
            return RateLimited(said, retry_after_s=retry_after_s, status=status)
        case 408 | 425:
            return ServerError(said, retry_after_s=retry_after_s, status=status)
    if 200 <= status < 300:
        return None
    if 400 <= status < 500:
        return ClientError(said, status=status)
    return ServerError(said, retry_after_s=retry_after_s, status=status)


def verdict(error: IngestError, *, attempts: int, deferrals: int, now: float, rng: random.Random) -> Ended | Later:
    """Return how a URL goes on after *error*, having been charged *attempts* and *deferrals* before this try."""
    match error:
        case HostBusy():
            return Later(wait_s=max(0.0, error.at - now), charge=Charge.NOTHING, detail=error.detail)
        case OwnTrouble():
            low, high = OWN_TROUBLE_S
            return Later(wait_s=rng.uniform(low, min(high, 2 * low)), charge=Charge.NOTHING, detail=error.detail)
        case Deferred():
            return Later(wait_s=OWN_TROUBLE_S[0], charge=Charge.NOTHING, detail=error.detail)
        case PermanentError():
            return Ended(state=State.REJECTED, cause=error.cause, detail=error.detail, status=error.status)
        case TransientError():
            return _transient(error, attempts, deferrals, rng)
    raise AssertionError(f"no rule for {type(error).__name__}")


def _transient(error: TransientError, attempts: int, deferrals: int, rng: random.Random) -> Ended | Later:
    rule = RULES[type(error)]
    charge = Charge.DEFERRAL if isinstance(error, RateLimited) else Charge.ATTEMPT
    made = 1 + (deferrals if charge is Charge.DEFERRAL else attempts)
    if made >= rule.tries:
        return Ended(state=State.FAILED, cause=error.cause, detail=error.detail, status=error.status)
    wait_s = _wait(rule, made, rng)
    if error.retry_after_s is not None:
        wait_s = clamp_retry_after(error.retry_after_s) + rng.uniform(0.0, 1.0)  # not all in the same instant
    return Later(wait_s=wait_s, charge=charge, cause=error.cause, detail=error.detail)


def _wait(rule: Rule, made: int, rng: random.Random) -> float:
    if rule.steps:
        return rule.steps[min(made, len(rule.steps)) - 1]
    # Full jitter (AWS Architecture Blog, "Exponential Backoff And Jitter"); never less than a second.
    return max(1.0, rng.uniform(0.0, min(rule.first_s * 2 ** (made - 1), rule.cap_s)))


def clamp_retry_after(seconds: float) -> float:
    """Return *seconds* within what we are willing to wait: 1 s to 24 h."""
    return min(max(seconds, RETRY_AFTER_MIN_S), RETRY_AFTER_MAX_S)


__all__ = ["MAX_DEFERRALS", "RULES", "Cause", "Rule", "clamp_retry_after", "status_error", "verdict"]
