"""The totals under the names that programs rely on: `status --json`, and whoever else shows progress."""

from typing import Any

from sqlalchemy import Connection

from worker.models import State
from worker.store.jobs import standing_of
from worker.store.totals import Totals, due_count, living, oldest_due_s, per_minute, waiting_causes


def totals_json(connection: Connection, totals: Totals, *, now: float, job: str | None = None) -> dict[str, Any]:
    """Return *totals* (of *job*, or of everything) with the age of its queue, its rate and ETA.

    *oldest_due_s* is null when nothing is due; *eta_s* when nobody works, nothing has ended lately or all that is left is due
    later, in *next_due_s*. *waiting* counts those due for another try later, by the cause of the last one. `known` counts URLs
    that another job had brought before, beside the sum; *workers* the processes alive; *standing* how *job* stands (running,
    paused, cancelled).
    """
    pending, workers = totals.states[State.PENDING], living(connection, now=now)
    due, next_at = due_count(connection, now=now, job=job) if pending else (0, None)
    due_s = oldest_due_s(connection, now=now, job=job) if pending else None
    rate = per_minute(connection, now=now, job=job)
    waiting = waiting_causes(connection, now=now, job=job) if next_at is not None else {}
    return {
        **counts_json(totals),
        "oldest_due_s": round(due_s, 1) if due_s is not None else None,
        **pace_json(totals, rate=rate, due=due, next_at=next_at, workers=workers, now=now),
        "waiting": dict(sorted(waiting.items())),
        "workers": workers,
        **({"standing": standing_of(connection, job)} if job is not None else {}),
    }


def counts_json(totals: Totals) -> dict[str, Any]:
    """Return *totals* alone: how many URLs and images stand where."""
    counts: dict[str, Any] = {state.value: totals.states[state] for state in State}
    return {
        "accepted": totals.accepted,
        **counts,
        "rejected": dict(sorted(totals.rejected.items())),
        "failed": dict(sorted(totals.failed.items())),
        "known": totals.known,
        "images": {
            **totals.images,
            "skipped": dict(sorted(totals.images_skipped.items())),
            "failed": dict(sorted(totals.images_failed.items())),
        },
    }


def pace_json(totals: Totals, *, rate: float, due: int, next_at: float | None, workers: int, now: float) -> dict[str, Any]:
    """Return how *totals* go on, of whose pending URLs *due* are due now and the next at *next_at*.

    *rate* is URLs a minute; without *workers* it says nothing about what is to come.
    """
    under_way = due + totals.states[State.IN_FLIGHT]
    estimate = round(60 * under_way / rate, 1) if rate and under_way and workers else None
    return {
        "per_minute": round(rate, 1),
        "eta_s": 0.0 if not totals.unfinished else estimate,
        "next_due_s": round(next_at - now, 1) if next_at is not None else None,
    }
