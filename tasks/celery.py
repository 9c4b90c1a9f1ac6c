"""The Celery application: `celery -A tasks.celery worker`. The supervisor starts it with the right pool and queues."""

from typing import Any

from celery import Celery

from config.broker import celery_settings
from config.settings import settings
from tasks.broker import redis_url

app = Celery("newsmill", include=["tasks.article", "tasks.images", "tasks.crawl", "tasks.ledger", "tasks.telemetry"])


@app.add_defaults
def _configured() -> dict[str, Any]:
    """Return the configuration, on first use: importing this module asks nobody anything."""
    return celery_settings(redis_url(settings()))
