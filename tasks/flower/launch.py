"""Flower as a process of ours: its application with our pages in it, and how it runs and ends."""

import asyncio
import logging
import signal
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

from celery import Celery
from flower.app import Flower
from flower.command import extract_settings
from flower.options import options
from flower.urls import settings as flower_settings
from sqlalchemy import Engine
from tornado.ioloop import IOLoop
from tornado.template import DictLoader
from tornado.web import StaticFileHandler, url

from tasks.flower.crawls import CrawlsData, JobData, Page
from tasks.flower.doorkeeper import Doorkeeper
from tasks.flower.live import Live
from tasks.flower.next_runs import NextRuns
from tasks.flower.options import prefix
from tasks.flower.pages import FILES, newsmill_file, templates
from worker.errors import OwnTrouble

log = logging.getLogger(__name__)

KEEP_S = 2.0  # between two looks whether the embedded Valkey lives, as its other users look


def build(celery: Celery, engine: Engine, sources: Path) -> Flower:
    """Return Flower's application for *celery*, its Crawls tab showing the ledger of *engine* and when the jobs of *sources* run.

    Once a process: Flower's options are the process's.
    """
    extract_settings()
    logging.getLogger("tornado.access").propagate = False  # a line for each request of each open page
    logging.getLogger("flower.inspector").setLevel(logging.ERROR)  # four lines each time that no worker is there
    # Flower knows no other way to write the queues, and tells a Redis by the name of the transport alone.
    celery.conf.update(task_queues=list(celery.amqp.queues.values()), broker_transport=None)
    asyncio.set_event_loop(asyncio.new_event_loop())  # Flower takes the current one
    loader = DictLoader(templates(Path(flower_settings["template_path"])))
    methods = {"newsmill_file": newsmill_file}
    app = Doorkeeper(capp=celery, options=options, **flower_settings, template_loader=loader, ui_methods=methods)
    shared = {"live": Live(engine), "next_runs": NextRuns(sources)}
    app.add_handlers(
        r".*",
        [
            url(rf"{prefix()}/crawls", Page, {"template": "crawls.html"}, name="crawls"),
            url(rf"{prefix()}/crawls/data", CrawlsData, shared, name="crawls-data"),
            url(rf"{prefix()}/crawls/job", Page, {"template": "job.html"}, name="crawls-job"),
            url(rf"{prefix()}/crawls/job/data", JobData, shared, name="crawls-job-data"),
            url(rf"{prefix()}/newsmill/(.+)", StaticFileHandler, {"path": str(FILES)}, name="newsmill-file"),
        ],
    )
    return app


def run(app: Flower, *, redis_url: str, keep_redis: Callable[[], str], ending: Iterable[signal.Signals]) -> bool:
    """Run *app* until one of the signals *ending*. Returns False when Redis has moved from *redis_url*: then everything is to be started anew."""
    loop: asyncio.AbstractEventLoop = IOLoop.current().asyncio_loop  # type: ignore[attr-defined]  # of Tornado's one implementation
    for number in ending:
        loop.add_signal_handler(number, loop.stop)
    over, moved = threading.Event(), threading.Event()

    def keep() -> None:
        while not over.wait(KEEP_S):
            if _kept(keep_redis) not in (redis_url, None):
                moved.set()
                loop.call_soon_threadsafe(loop.stop)
                return

    keeper = threading.Thread(target=keep, name="keeper", daemon=True)
    keeper.start()
    app.start()
    logging.getLogger("flower.events").disabled = True  # its thread cannot be stopped, and will miss Redis
    over.set()
    app.stop()
    keeper.join()  # or it would start again what is being stopped
    return not moved.is_set()


def _kept(keep_redis: Callable[[], str]) -> str | None:
    """Return where Redis is, None while it cannot be started."""
    try:
        return keep_redis()
    except OwnTrouble as trouble:
        log.warning("redis_away", extra={"why": trouble.detail})
        return None
