"""The timetable of the crawl jobs: which slot is due, and opening it. The slots are rows, so any number of clocks may tick."""

import hashlib
import logging
import math
from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from cronsim import CronSim
from sqlalchemy import Engine

from config.sources import CrawlJob, SourcesMistake, read_sources
from tasks.watched import stamp_of
from worker.errors import InvalidUrl
from worker.models import Form, Source
from worker.store.crawls import RUNNING, note_job, open_slot
from worker.store.transaction import transaction
from worker.urls import canonicalise

log = logging.getLogger(__name__)


def tick(engine: Engine, path: Path) -> list[str]:
    """Open the slots that are due of the jobs in the file at *path*; return the names of the jobs. Idempotent.

    Raises OwnTrouble when the database cannot be reached or written.
    """
    return [job.name for job in _timetable(path.absolute()).jobs() if _open_if_due(engine, job)]


def _open_if_due(engine: Engine, job: CrawlJob) -> bool:
    source = source_of(job)
    with transaction(engine) as tx:
        noted = note_job(tx, job.name, source)
        if noted.state != RUNNING:
            return False
        slot = due_slot(job, now=tx.now, seen_at=noted.seen_at, last_slot=noted.last_slot)
        return slot is not None and open_slot(tx, job.name, source, slot)


# ---------------------------------------------------------------- slots


def due_slot(job: CrawlJob, *, now: float, seen_at: float, last_slot: float | None) -> float | None:
    """Return the slot of *job* that is due and not opened yet: the last one of its timetable; those missed before it are passed over.

    *last_slot* is the last one opened. Without any, a job with `every` is due at once, and one with `cron` from *seen_at* on.
    """
    slot = _slot_at(job, now)
    if slot is None:
        return None
    if last_slot is not None and last_slot <= now:  # one that lies ahead was opened by a clock that went wrong
        return slot if slot > last_slot else None
    return slot if job.cron is None or slot > seen_at else None


def next_slot(job: CrawlJob, *, now: float, last_slot: float | None) -> float | None:
    """Return when *job* runs next, *now* if it is due; None if its timetable has no further slot."""
    if due_slot(job, now=now, seen_at=now, last_slot=last_slot) is not None:
        return now
    if job.cron is not None:
        found = next(CronSim(job.cron, _local(job, now)), None)
        return found.timestamp() if found is not None else None
    return _every_at(job, now) + (job.every or 0)


def _slot_at(job: CrawlJob, now: float) -> float | None:
    """Return the last slot of the timetable up to *now*."""
    if job.cron is None:
        return _every_at(job, now)
    slot = next(CronSim(job.cron, _local(job, now + 1), reverse=True), None)
    if slot is None:
        return None
    for later in CronSim(job.cron, slot):  # in an hour that the clocks live twice, backwards misses what forwards finds
        if later.timestamp() > now:
            break
        slot = later
    return slot.timestamp()


def _every_at(job: CrawlJob, now: float) -> float:
    """Return the last slot of `every` up to *now*; each job has an offset of its own, lest all hourly ones fire together."""
    assert job.every is not None
    offset = int.from_bytes(hashlib.sha256(job.name.encode()).digest()[:8]) % job.every
    whole = math.floor(now)
    return float(whole - (whole - offset) % job.every)


def _local(job: CrawlJob, now: float) -> datetime:
    return datetime.fromtimestamp(math.floor(now), ZoneInfo(job.timezone))


# ---------------------------------------------------------------- the file


def crawl_jobs(path: Path) -> tuple[CrawlJob, ...]:
    """Return the jobs of the file at *path*, whose URLs can all be asked. Raises SourcesMistake and OSError."""
    return read_sources(path, why_not=_why_not)


def source_of(job: CrawlJob) -> Source:
    """Return what *job* reads, in the words of the work."""
    return Source(form=Form(job.form), url=job.url, include=job.include, exclude=job.exclude, limit=job.limit)


def _why_not(url: str) -> str | None:
    try:
        canonicalise(url)
    except InvalidUrl as error:
        return error.detail
    return None


class Timetable:
    """The jobs of a sources file, read again when it changes. While it cannot be used, those last read stay.

    What is wrong with it is logged once, not at every tick.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._jobs: tuple[CrawlJob, ...] = ()
        self._stamp: tuple[int, ...] | None = ()  # of the file that was read last; None: there was none

    def jobs(self) -> tuple[CrawlJob, ...]:
        """Return the jobs as the file has them now."""
        stamp = stamp_of(self._path)
        if stamp != self._stamp:
            self._read()
            self._stamp = stamp
        return self._jobs

    def _read(self) -> None:
        try:
            self._jobs = crawl_jobs(self._path)
            log.info("crawl_jobs", extra={"file": str(self._path), "jobs": len(self._jobs)})
        except FileNotFoundError:
            self._jobs = ()
            log.warning("no_crawl_jobs", extra={"file": str(self._path), "why": "there is no such file (NEWSMILL_SOURCES)"})
        except OSError as error:
            log.error("crawl_jobs_unread", extra={"file": str(self._path), "why": error.strerror})
        except SourcesMistake as mistaken:
            for mistake in mistaken.mistakes:
                log.error("crawl_job_mistaken", extra={"place": f"{self._path}:{mistake.line}", "why": mistake.sentence})


_timetable = cache(Timetable)
