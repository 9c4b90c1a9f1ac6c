"""When each crawl job runs next, for a page that asks all the time: a timetable is worked out again only when it must be."""

from pathlib import Path

from config.sources import CrawlJob
from tasks.schedule import Timetable, next_slot


class NextRuns:
    """The next runs of the jobs in the sources file at *path*."""

    def __init__(self, path: Path) -> None:
        self._timetable = Timetable(path.absolute())
        self._known: dict[str, tuple[CrawlJob, float | None, float | None]] = {}

    def jobs(self) -> dict[str, CrawlJob]:
        """Return the jobs of the file, as it is now, by name."""
        return {job.name: job for job in self._timetable.jobs()}

    def of(self, job: CrawlJob, *, now: float, last_slot: float | None) -> float | None:
        """Return when *job* runs next (epoch seconds; *now* if it is due), None if it never does again."""
        known = self._known.get(job.name)
        if known is not None:
            known_job, known_slot, at = known
            if known_job == job and known_slot == last_slot and (at is None or at > now):
                return at
        at = next_slot(job, now=now, last_slot=last_slot)
        self._known[job.name] = (job, last_slot, at)
        return at
