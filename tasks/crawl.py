"""The tasks of crawl jobs: the clock's tick, and a job's run."""

from tasks.celery import app
from tasks.runtime import runtime


@app.task(name="tasks.crawl.run")
def run(url_id: int, url: str) -> str:
    """Read the feed or site map of the crawl job behind ledger row *url_id*; what is new there enters the ledger."""
    return runtime().read_listing(url_id, url)


@app.task(name="tasks.crawl.tick", send_events=False)  # every few seconds: Flower would show little else
def tick() -> str:
    """Open the slots that are due; idempotent, whoever and how many tick."""
    return runtime().tick()
