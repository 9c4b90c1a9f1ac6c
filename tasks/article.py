"""The task of one URL. A message carries the ledger's id and the URL to show; everything else is the ledger's."""

from tasks.celery import app
from tasks.runtime import runtime


@app.task(name="tasks.article.ingest")
def ingest(url_id: int, url: str) -> str:
    """Ingest the article of ledger row *url_id*; *url*, masked, is what Flower shows and whose host is asked."""
    return runtime().ingest(url_id, url)
