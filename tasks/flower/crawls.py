"""The Crawls tab: its pages, and the numbers that the pages ask for."""

from collections.abc import Callable
from functools import partial

from flower.views import BaseHandler
from sqlalchemy import Connection
from tornado.web import authenticated

from tasks.flower.job_view import job_view
from tasks.flower.live import Live
from tasks.flower.next_runs import NextRuns
from tasks.flower.overview import overview
from worker.errors import OwnTrouble

# Nothing but our own files: whatever a job is called, no script of it runs. Bootstrap's icons are `data:` images.
POLICY = "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"


class Page(BaseHandler):  # type: ignore[misc]  # Flower ships no types
    """A page, empty: its script fetches the numbers and keeps them fresh."""

    def initialize(self, template: str) -> None:
        """Take the name of its template."""
        self._template = template

    @authenticated
    def get(self) -> None:
        """Answer with the page."""
        self.set_header("Content-Security-Policy", POLICY)
        self.set_header("Referrer-Policy", "same-origin")
        self.render(self._template)


class Data(BaseHandler):  # type: ignore[misc]  # likewise
    """Numbers as JSON; with `trouble`, a sentence, 404 for what there is not and 503 while the ledger does not answer."""

    def initialize(self, live: Live, next_runs: NextRuns) -> None:
        """Take what reads the ledger, and what knows the timetables."""
        self._live, self._next_runs = live, next_runs

    async def answer(self, key: str, read: Callable[[Connection], object], missing: str = "") -> None:
        """Answer with what *read* finds, shared with all who ask for *key*; with the sentence *missing* when that is None."""
        self.set_header("Content-Type", "application/json; charset=UTF-8")
        self.set_header("Cache-Control", "no-store")
        try:
            found = await self._live.json(key, read)
        except OwnTrouble as trouble:
            self.set_status(503)
            self.finish({"trouble": trouble.detail})
            return
        if found == b"null":
            self.set_status(404)
            self.finish({"trouble": missing})
        else:
            self.finish(found)


class CrawlsData(Data):
    """The numbers of all jobs, as `tasks.flower.overview` says."""

    @authenticated
    async def get(self) -> None:
        """Answer with the numbers."""
        await self.answer("overview", partial(overview, next_runs=self._next_runs))


class JobData(Data):
    """The numbers of the job `name`, as `tasks.flower.job_view` says."""

    @authenticated
    async def get(self) -> None:
        """Answer with the numbers."""
        name = self.get_query_argument("name", "", strip=False)
        read = partial(job_view, name=name, next_runs=self._next_runs)
        await self.answer(f"job {name}", read, f"There is no job {name!r}")
