"""Messages: an id and a URL to show, on the queue of their kind. What Redis does not take, the ledger keeps."""

from collections.abc import Iterable

from kombu import Connection, Producer
from kombu.exceptions import OperationalError

from config.broker import ARTICLES, IMAGES, LISTINGS, SUSPECTS
from tasks.celery import app
from worker.models import Kind
from worker.store.publishing import Due
from worker.urls import MAX_LENGTH, masked

TASKS = {
    Kind.ARTICLE: ("tasks.article.ingest", ARTICLES),
    Kind.IMAGES: ("tasks.images.fetch", IMAGES),
    Kind.LISTING: ("tasks.crawl.run", LISTINGS),
}


def shown(url: str) -> str:
    """Return *url* for a message: masked, and as its host is asked there, still a URL: masks may make it longer than one may be."""
    return masked(url)[:MAX_LENGTH]


class Publisher:
    """Sends messages to the Redis at *url*, over one connection that is opened anew after trouble."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: Connection | None = None
        self._producer: Producer | None = None

    def publish(self, rows: Iterable[Due]) -> list[int]:
        """Send a message for each row; return the ids whose message Redis did not take."""
        refused: list[int] = []
        for row in rows:
            if not refused:  # one time-out is enough for all of them
                try:
                    self._send(row)
                    continue
                except (OperationalError, OSError):
                    self.close()
            refused.append(row.url_id)
        return refused

    def close(self) -> None:
        """Drop the connection; the next message opens another. Idempotent."""
        if self._connection is not None:
            self._connection.release()
        self._connection = self._producer = None

    def _send(self, row: Due) -> None:
        if self._producer is None:
            self._connection = app.connection_for_write(self._url)
            self._producer = app.amqp.Producer(self._connection)
        task, queue = TASKS[row.kind]
        app.send_task(
            task,
            args=(row.url_id, shown(row.url)),
            queue=SUSPECTS if row.suspect else queue,
            producer=self._producer,
            retry=False,
            ignore_result=True,
        )
