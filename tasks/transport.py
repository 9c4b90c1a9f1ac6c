"""Celery's Redis transport, which drops what is no message instead of ending the process.

Whoever can reach the broker's lists could otherwise stop every worker with one line that is not JSON: kombu lets the
error fly out of its event loop, Celery's consumer ends of it, and the next garbage meets the next process.
"""

import logging
from queue import Empty
from typing import Any

from kombu.transport import redis

log = logging.getLogger(__name__)


class Channel(redis.Channel):
    """Reads on when what it popped is not JSON."""

    def _brpop_read(self, **options: Any) -> Any:
        try:
            return super()._brpop_read(**options)  # type: ignore[misc]  # kombu is untyped, its stubs leave this out
        except ValueError as error:  # not UTF-8, or not JSON
            log.warning("garbage_dropped", extra={"why": type(error).__name__})
            raise Empty from error


class Transport(redis.Transport):
    """Takes only what has the shape of a message (Celery message protocol 2)."""

    Channel = Channel

    def _deliver(self, message: Any, queue: str | None) -> None:
        properties = message.get("properties") if isinstance(message, dict) else None
        if not isinstance(properties, dict) or not properties.keys() >= {"delivery_tag", "delivery_info"}:
            log.warning("garbage_dropped", extra={"why": "no message"})
            return
        super()._deliver(message, queue)
