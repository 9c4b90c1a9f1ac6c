"""The Crawls tab: its page, and the numbers that the page asks for."""

from flower.views import BaseHandler
from tornado.web import authenticated

from tasks.flower.overview import Live
from worker.errors import OwnTrouble

# Nothing but our own files: whatever a job is called, no script of it runs. Bootstrap's icons are `data:` images.
POLICY = "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"


class Crawls(BaseHandler):  # type: ignore[misc]  # Flower ships no types
    """The page, empty: its script fetches the numbers and keeps them fresh."""

    @authenticated
    def get(self) -> None:
        """Answer with the page."""
        self.set_header("Content-Security-Policy", POLICY)
        self.render("crawls.html")


class CrawlsData(BaseHandler):  # type: ignore[misc]  # likewise
    """The numbers as JSON, as `tasks.flower.overview` says; 503 with `trouble`, a sentence, while the ledger does not answer."""

    def initialize(self, live: Live) -> None:
        """Take what reads the ledger."""
        self._live = live

    @authenticated
    async def get(self) -> None:
        """Answer with the numbers."""
        self.set_header("Content-Type", "application/json; charset=UTF-8")
        self.set_header("Cache-Control", "no-store")
        try:
            self.finish(await self._live.json())
        except OwnTrouble as trouble:
            self.set_status(503)
            self.finish({"trouble": trouble.detail})
