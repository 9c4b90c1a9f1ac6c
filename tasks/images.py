"""The task of an article's late images, all of them in one."""

from tasks.celery import app
from tasks.runtime import runtime


@app.task(name="tasks.images.fetch")
def fetch(url_id: int, url: str) -> str:
    """Fetch the images that ledger row *url_id* waits for; *url* is the article's, masked."""
    return runtime().fetch_images(url_id, url)
