"""Tasks about the ledger itself, run in the one-slot process."""

from tasks.celery import app
from tasks.runtime import runtime


@app.task(name="tasks.ledger.report")
def report() -> str:
    """Return the totals in a line, as Flower's Result column shows it."""
    return runtime().report()


@app.task(name="tasks.ledger.reconcile", send_events=False)  # as often as not there is nothing to tell
def reconcile() -> str:
    """Do one pass of the reconciler now, if no supervisor leads; a nudge, since each supervisor runs the loop."""
    return runtime().reconcile()
