"""The composition root: one event loop, one set of clients and stores for each worker process."""

import asyncio
import logging
import os
import random
import signal
import threading
import time
from collections.abc import Coroutine
from functools import cache, partial
from importlib.metadata import version
from typing import Any, TypeVar

from redis import Redis as SyncRedis
from redis.asyncio import Redis

from config.broker import ARTICLES
from config.settings import Settings, settings
from tasks.broker import redis_url
from tasks.lifeline import Lifeline
from tasks.publish import Publisher
from tasks.reconciler import Reconciler
from tasks.schedule import tick
from tasks.site_rules import SiteFile
from worker.errors import OwnTrouble
from worker.fetch.client import WebClient
from worker.fetch.egress import Egress, verifying_context
from worker.fetch.governor import RedisGovernor
from worker.fetch.guard import Guard
from worker.images import ImageFetcher
from worker.ingest import Ingestor
from worker.listings import Listings
from worker.pages import Pages
from worker.quarantine import Quarantine
from worker.store import claims, totals
from worker.store.archive import open_archive
from worker.store.database import open_database
from worker.store.ledger import SqlLedger
from worker.store.migrate import migrate
from worker.store.seen import RedisSeen
from worker.store.transaction import Transaction, transaction
from worker.store.writer import Writer
from worker.urls import host_of

log = logging.getLogger(__name__)

FINISH_S = 15.0  # after TERM, what is under way has this long; then it is handed back
ARTICLE_SLACK_S = 60.0  # beyond the budgets of page and images: turns, further pages, the commit
HORIZON_S = 5.0  # a turn this far ahead is waited for on the loop; a later one goes back to the ledger
REDIS_TIMEOUT_S = 4.0  # without one, a black-holed Redis would hang an article for good


Result = TypeVar("Result")


def user_agent(s: Settings) -> str:
    """Return the User-Agent: it names the project and, if set, whom to contact."""
    contact = f" (+{s.contact})" if s.contact else ""
    return s.user_agent or f"Newsmill/{version('newsmill')}{contact}"


class Runtime:
    """Everything a worker process holds. *owner* is its name in the ledger, given by its supervisor."""

    def __init__(self, s: Settings, *, owner: str, supervisor: str, role: str, concurrency: int) -> None:
        self._settings = s
        self._owner, self._supervisor, self._role, self._concurrency = owner, supervisor, role, concurrency
        self._alone = role != ARTICLES
        self._lifeline = Lifeline.inherited()
        self._engine = open_database(s.database)
        migrate(self._engine)
        self._archive = open_archive(s.archive, software=user_agent(s))
        self._writer = Writer(self._engine, before_commit=self._archive.sync)
        self._under_way: set[asyncio.Task[str]] = set()
        self._draining = False
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="loop", daemon=True)
        self._thread.start()
        self._ingestor = self._call(self._open())

    async def _open(self) -> Ingestor:
        s, rng = self._settings, random.Random()
        self._redis = Redis.from_url(
            s.cache_url or redis_url(s), socket_timeout=REDIS_TIMEOUT_S, socket_connect_timeout=REDIS_TIMEOUT_S
        )
        self._governor = governor = RedisGovernor(
            self._redis, interval_s=s.host_interval, concurrency=s.host_concurrency, horizon_s=HORIZON_S
        )
        guard = Guard(allow_networks=s.allow_networks, allow_ports=s.allow_ports)
        self._egress = Egress(guard, proxy_url=s.proxy_url, deadline_s=s.fetch_deadline, tls=verifying_context())
        await self._egress.open()
        web = WebClient(
            self._egress,
            governor,
            user_agent=user_agent(s),
            obey_robots=s.obey_robots,
            deadline_s=s.fetch_deadline,
            max_page_bytes=s.max_page_bytes,
            max_image_bytes=s.max_image_bytes,
            pace=governor.pace,
        )
        self._ledger = SqlLedger(self._engine, self._writer, self._owner)
        images = ImageFetcher(
            fetcher=web,
            archive=self._archive,
            ledger=self._ledger,
            max_images=s.max_images,
            deadline_s=s.images_deadline,
            clock=time.time,
            rng=rng,
        )
        self._beating = asyncio.create_task(self._beat())
        return Ingestor(
            ledger=self._ledger,
            fetcher=web,
            governor=governor,
            archive=self._archive,
            seen=RedisSeen(self._redis, ttl_s=s.seen_ttl),
            pages=Pages(Quarantine(), SiteFile(s.sites.absolute()).find),
            images=images,
            listings=Listings(fetcher=web, governor=governor, archive=self._archive, clock=time.time),
            deadline_s=s.fetch_deadline + s.images_deadline + ARTICLE_SLACK_S,
            clock=time.time,
            rng=rng,
        )

    # ------------------------------------------------------------ what tasks call, from Celery's threads

    def ingest(self, url_id: int, url: str) -> str:
        """Ingest one URL and return how it ended."""
        return self._call(self._watched(url_id, self._ingestor.ingest(url_id, host_of(url), alone=self._alone)))

    def read_listing(self, url_id: int, url: str) -> str:
        """Read a crawl job's feed or site map and return how that ended."""
        told = self._call(self._watched(url_id, self._ingestor.read_listing(url_id, host_of(url), alone=self._alone)))
        log.info("crawl_run", extra={"url": url, "told": told})
        return told

    def fetch_images(self, url_id: int, _url: str) -> str:
        """Fetch an article's late images and return how that ended."""
        return self._call(self._watched(url_id, self._ingestor.fetch_images(url_id, alone=self._alone)))

    def report(self) -> str:
        """Return the totals in a line."""
        with transaction(self._engine) as tx:
            everything, _ = totals.totals(tx.connection)
        return " · ".join(f"{state} {n}" for state, n in everything.states.items() if n) or "nothing accepted yet"

    def tick(self) -> str:
        """Open the slots of the crawl jobs that are due, and return whose."""
        opened = tick(self._engine, self._settings.sources)
        return f"due: {', '.join(opened)}" if opened else "nothing due"

    def reconcile(self) -> str:
        """Do one pass of the reconciler, if nobody leads."""
        url = redis_url(self._settings)
        publisher = Publisher(url)
        with SyncRedis.from_url(url, socket_timeout=REDIS_TIMEOUT_S) as redis:
            one = Reconciler(self._engine, redis, publisher, owner=self._owner, host_interval_s=self._settings.host_interval)
            try:
                return f"published {one.tick()}"
            finally:
                one.resign()
                publisher.close()

    def _call(self, coroutine: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    async def _watched(self, url_id: int, work: Coroutine[Any, Any, str]) -> str:
        """Run *work* so that a shutdown can cancel it; once one has begun, give the row straight back."""
        if self._draining:
            work.close()
            await self._ledger.postpone(url_id, until=time.time())
            return "handed back"
        task = asyncio.create_task(work)
        self._under_way.add(task)
        try:
            return await task
        except asyncio.CancelledError:  # before its claim: nothing of it is ours yet
            await self._ledger.postpone(url_id, until=time.time())
            return "handed back"
        finally:
            self._under_way.discard(task)

    # ------------------------------------------------------------ life and death

    async def _beat(self) -> None:
        """Tell the supervisor that the loop turns, and the ledger that our leases hold."""
        due = 0.0
        while True:
            self._lifeline.beat()
            if time.monotonic() >= due:
                due = time.monotonic() + claims.RENEW_S
                # Not awaited: a slow commit must not look like a stuck loop.
                self._writer.submit(partial(self._renew, held=self._ledger.held))
            if self._archive.lost and not self._draining:
                log.error("archive_lost")  # what the system dropped cannot be flushed again: a new process writes a new file
                os.kill(os.getpid(), signal.SIGTERM)
            await asyncio.sleep(1.0)

    def _renew(self, tx: Transaction, held: frozenset[int]) -> None:
        claims.beat(tx, owner=self._owner, held=held, supervisor=self._supervisor, role=self._role, concurrency=self._concurrency)

    def drain(self) -> None:
        """Take no new claims; what is under way has 15 s, then it is handed back. Returns at once; safe in a signal handler."""
        self._draining = True
        self._loop.call_soon_threadsafe(lambda: self._loop.create_task(self._finish()))

    async def _finish(self) -> None:
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=FINISH_S)
        for task in list(self._under_way):
            task.cancel()

    def close(self) -> None:
        """Close everything, in order: the web, the ledger, the archive. Called once, when no task runs any more."""
        self._call(self._close())
        try:
            self._writer.submit(lambda tx: claims.leave(tx, owner=self._owner)).result(timeout=5)
        except (OwnTrouble, TimeoutError):
            pass  # the reconciler forgets us
        self._writer.close()
        self._archive.close()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=5)
        self._engine.dispose()

    async def _close(self) -> None:
        self._beating.cancel()
        await self._egress.aclose()
        try:
            await self._governor.aclose()
        except OwnTrouble:
            pass  # its slots expire by themselves
        await self._redis.aclose()


@cache
def runtime() -> Runtime:
    """Return this process's runtime, built on first use; the supervisor's words come by the environment."""
    s = settings()
    return Runtime(
        s,
        owner=os.environ.get("NEWSMILL_OWNER", f"stray-{os.getpid()}-{random.randrange(10**9)}"),
        supervisor=os.environ.get("NEWSMILL_SUPERVISOR", ""),
        role=os.environ.get("NEWSMILL_ROLE", ARTICLES),
        concurrency=s.concurrency,
    )
