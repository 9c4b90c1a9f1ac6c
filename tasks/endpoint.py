"""The health of this machine's workers over HTTP, for orchestrators and monitors; it answers whatever hangs."""

import asyncio
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType

from tornado.httpserver import HTTPServer
from tornado.web import Application, RequestHandler

from config.settings import Settings
from tasks import health
from tasks.health import Health
from worker.errors import OwnTrouble

log = logging.getLogger(__name__)

JUDGE_S = 5.0  # between judgements, as often as a process shows itself; who asks more often shares one
STALE_S = 20.0  # a judgement takes milliseconds: after three that should have come, what it asks hangs
REQUEST_S = 5.0  # for a request to come in whole
HEAD_BYTES = 8_192  # more than any orchestrator sends


@contextmanager
def health_endpoint(s: Settings) -> Iterator[None]:
    """Serve `/health` while the context lasts, if the settings name a port. Raises OwnTrouble when the port cannot be had."""
    if s.health_port is None:
        yield
    else:
        with Endpoint(s.health_address, s.health_port, lambda: health.worker(s)):
            yield


class Endpoint:
    """Answers `GET /health` with 200 or 503 and `{"well": …, "said": …}`, by the verdict that *judge* last came to.

    *judge* runs in a thread of its own and may hang: then the answer says so. Use as a context manager.
    """

    def __init__(self, address: str, port: int, judge: Callable[[], Health]) -> None:
        self._address, self._port, self._judge = address, port, judge
        self._judged = (time.monotonic(), Health(well=False, said="nothing has been judged yet"))
        self._over = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._serving = threading.Thread(target=self._serve, name="health endpoint", daemon=True)

    def __enter__(self) -> "Endpoint":
        """Begin to judge and to answer. Raises OwnTrouble when the port cannot be had."""
        try:
            family = socket.AF_INET6 if ":" in self._address else socket.AF_INET
            self._socket = socket.create_server((self._address, self._port), family=family)
        except OSError as error:
            self._loop.close()
            raise OwnTrouble(
                f"NEWSMILL_HEALTH_PORT={self._port} on {self._address} cannot be had ({error.strerror}): name another"
            ) from error
        self._socket.setblocking(False)
        threading.Thread(target=self._keep_judging, name="health", daemon=True).start()  # not joined: it may hang
        self._serving.start()
        return self

    def __exit__(self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        """Stop answering."""
        self._over.set()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._serving.join()

    def verdict(self) -> Health:
        """Return the last judgement, or that there has been none for too long."""
        at, judged = self._judged
        age = time.monotonic() - at
        if age > STALE_S:
            return Health(well=False, said=f"the database has not answered for {age:.0f} s")
        return judged

    def _keep_judging(self) -> None:
        while not self._over.is_set():
            try:
                self._judged = (time.monotonic(), self._judge())
            except Exception:  # a bug here must not look like a verdict of yesterday; the log has it
                log.exception("health_failed")
                self._judged = (time.monotonic(), Health(well=False, said="the judgement failed; the log says why"))
            self._over.wait(JUDGE_S)

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        application = Application([("/health", _Answer, {"verdict": self.verdict})], log_function=lambda _handler: None)
        server = HTTPServer(application, idle_connection_timeout=REQUEST_S, body_timeout=REQUEST_S, max_header_size=HEAD_BYTES)
        server.add_socket(self._socket)
        self._loop.run_forever()
        server.stop()
        self._loop.run_until_complete(server.close_all_connections())
        self._loop.close()


class _Answer(RequestHandler):
    def initialize(self, verdict: Callable[[], Health]) -> None:
        self._verdict = verdict

    def get(self) -> None:
        verdict = self._verdict()
        self.set_status(200 if verdict.well else 503)
        self.set_header("Cache-Control", "no-store")
        self.finish({"well": verdict.well, "said": verdict.said})

    head = get
