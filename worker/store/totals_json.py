"""The totals under the names that programs rely on: `status --json`, and whoever else shows progress."""

from typing import Any

from sqlalchemy import Connection

from worker.models import State
from worker.store.totals import Totals, due_count, living, oldest_due_s, per_minute


def totals_json(connection: Connection, totals: Totals, *, now: float, job: str | None = None) -> dict[str, Any]:
    """Return *totals* (of *job*, or of everything) with the age of its queue, its rate and ETA.

    *oldest_due_s* is null when nothing is due; *eta_s* when nothing has ended lately or all that is left is due later,
    in *next_due_s*. `known` counts URLs that another job had brought before, beside the sum; *workers* the processes alive.
    """
    rate = per_minute(connection, now=now, job=job)
    pending = totals.states[State.PENDING]
    due_s = oldest_due_s(connection, now=now, job=job) if pending else None
    due, next_at = due_count(connection, now=now, job=job) if pending else (0, None)
    under_way = due + totals.states[State.IN_FLIGHT]
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
        "oldest_due_s": round(due_s, 1) if due_s is not None else None,
        "per_minute": round(rate, 1),
        "eta_s": 0.0 if not totals.unfinished else round(60 * under_way / rate, 1) if rate and under_way else None,
        "next_due_s": round(next_at - now, 1) if next_at is not None else None,
        "workers": living(connection, now=now),
    }
