"""`newsmill run`: the main job in one call."""

import json
import logging.config
import os
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import click
from sqlalchemy import Engine

from config.broker import ARTICLES
from config.logs import log_settings
from config.settings import Settings
from tasks.broker import Broker
from tasks.cli.opening import open_ledger
from tasks.cli.output import one_line
from tasks.cli.progress import IngestProgress
from tasks.intake import Intake, lines_of, take_in
from tasks.supervisor import Supervisor
from worker.models import State
from worker.store.accept import bring_forward, reopen
from worker.store.database import clock, own_trouble, reading
from worker.store.following import GOOD, Standing, anybody_works, fresh, standings
from worker.store.transaction import transaction
from worker.urls import masked

JOB = "run"
QUIET = "ERROR"  # the log's level: the bar and the summary say what people want to know
POLL_S = 0.25
PATIENCE_S = 30.0  # with a trouble of our own parts: a restart of Redis or a database takes less
STALLED_S = 300.0  # twice an article's deadline: even the slowest has ended by then
INTERRUPTED = 130  # what shells return for Ctrl-C
SHOWN = 10  # articles named in the summary; `newsmill list` shows them all
LOOK_S = 2.0  # between looks for workers of others, who may stop at any time


@click.command("run", epilog="Example: newsmill run https://news.example/a.html https://news.example/b.html")
@click.argument("urls", nargs=-1, metavar="URL...")
@click.option("--from", "source", metavar="FILE|-", help="Read URLs from a file, or from standard input, one a line.")
@click.option("--wait", default=60.0, show_default=True, metavar="S", help="Do not wait for what is due later than this.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
def command(urls: tuple[str, ...], source: str | None, wait: float, as_json: bool) -> None:
    """Ingest URLs with their images now: start what is needed, show progress, and stop what was started.

    Exits 0 when every URL is stored, unchanged, a duplicate or known; 1 when some are not.
    """
    if not urls and source is None:
        raise click.UsageError("Give at least one URL, or --from FILE (or --from - for standard input).")
    settings, engine = open_ledger()
    logging.config.dictConfig(log_settings(level=settings.log_level or QUIET, terminal=sys.stderr.isatty()))
    account, known = _take_in(engine, settings, urls, source)
    for wrong in account.invalid:
        click.echo(str(wrong), err=True)
    asked = [url_id for url_id in account.brought if url_id not in known]
    with transaction(engine) as tx:
        found = standings(tx.connection, asked)
    if asked:
        try:
            with _ended_in_order():
                found = _Waiting(settings, engine, wait).until_done(asked)
        except KeyboardInterrupt:
            click.echo("Interrupted: what was accepted is safe in the ledger; `newsmill worker` goes on with it.", err=True)
            sys.exit(INTERRUPTED)
    good = _summary(found.values(), known=len(known), invalid=len(account.invalid), as_json=as_json)
    sys.exit(0 if good and not account.invalid else 1)


def _take_in(engine: Engine, settings: Settings, urls: tuple[str, ...], source: str | None) -> tuple[Intake, set[int]]:
    """Accept the URLs, first in the ledger; return the account and the ids that are fresh enough to be left alone."""
    try:
        account = take_in(engine, lines_of(urls, source), job=JOB, urgent=True)
    except OSError as error:
        raise click.UsageError(f"Cannot read {source}: {error.strerror}.") from error
    with transaction(engine) as tx:
        known = fresh(tx, account.known, ttl_s=settings.seen_ttl)
        again = [url_id for url_id in account.known if url_id not in known]
        reopen(tx, again, urgent=True)
        bring_forward(tx, again)
    return account, known


@contextmanager
def _ended_in_order() -> Iterator[None]:
    """Let TERM end us as Ctrl-C does: what was started is stopped first."""
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


class _Waiting:
    """Waits for URLs, with a supervisor of our own as soon as nobody else works."""

    def __init__(self, settings: Settings, engine: Engine, wait_s: float) -> None:
        self._settings = settings
        self._engine = engine
        self._wait_s = wait_s
        self._stopping = threading.Event()
        self._supervisor: Supervisor | None = None
        self._thread: threading.Thread | None = None
        self._look_at = 0.0
        self._trouble: str | None = None
        self._troubled_at = 0.0
        self._seen = ""
        self._moved_at = time.monotonic()

    def until_done(self, asked: list[int]) -> dict[int, Standing]:
        """Return where each URL stands once it has ended or is due too far ahead; stop what was started, also on Ctrl-C.

        A trouble of our own parts is told at once, and ends the waiting when it lasts.
        """
        found: dict[int, Standing] = {}
        open_ids = set(asked)
        with Broker(self._settings) as broker, IngestProgress(len(asked)) as bar:
            try:
                while True:
                    self._see_that_somebody_works(broker)
                    with own_trouble(), reading(self._engine).begin() as connection:
                        now = clock(connection)
                        found |= standings(connection, open_ids)
                        open_ids = {i for i in open_ids if not self._settled(found[i], now)}
                    images = sum(s.images_stored for s in found.values())
                    bar.show(len(asked) - len(open_ids), images, _note(found.values()))
                    if not open_ids or self._is_hopeless(f"{images} {Counter(s.state for s in found.values())}"):
                        return found
                    time.sleep(POLL_S if len(open_ids) < 1_000 else 4 * POLL_S)
            finally:
                self._stop()

    def _settled(self, standing: Standing, now: float) -> bool:
        if standing.next_at is None:
            return standing.ended
        return standing.state != State.IN_FLIGHT and standing.next_at > now + self._wait_s

    def _see_that_somebody_works(self, broker: Broker) -> None:
        if self._supervisor is not None or time.monotonic() < self._look_at:
            return
        self._look_at = time.monotonic() + LOOK_S
        with transaction(self._engine) as tx:
            if anybody_works(tx, role=ARTICLES):
                return
        self._supervisor = Supervisor(
            self._settings,
            redis_url=broker.url,
            environment=broker.environment(os.environ | {"NEWSMILL_LOG_LEVEL": self._settings.log_level or QUIET}),
            name=f"run{os.getpid()}",
            keep_redis=broker.keep,
            stopping=self._stopping,
        )
        self._thread = threading.Thread(target=self._supervisor.run, name="supervisor")
        self._thread.start()

    def _is_hopeless(self, seen: str) -> bool:
        """Return whether waiting longer is of no use; say on stderr what is wrong as soon as it is known."""
        now = time.monotonic()
        if seen != self._seen:
            self._seen, self._moved_at = seen, now
        trouble = self._supervisor.trouble if self._supervisor is not None else None
        if self._thread is not None and not self._thread.is_alive():
            trouble = "the supervisor has ended unexpectedly"
        elif trouble is None and now - self._moved_at > STALLED_S:
            trouble = f"nothing has moved for {STALLED_S:.0f} s; `newsmill doctor` may say why"
        if trouble is None:
            self._trouble = None
            return False
        if self._trouble is None:
            self._trouble, self._troubled_at = trouble, now
            click.echo(f"Waiting: {trouble}", err=True)
        return now - max(self._troubled_at, self._moved_at) > PATIENCE_S

    def _stop(self) -> None:
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()


def _note(found: Iterable[Standing]) -> str:
    found = list(found)
    if all(standing.state == State.PENDING for standing in found):
        return "starting workers"
    ends = Counter(standing.state.value for standing in found if standing.ended)
    return "  ".join(f"{state} {n}" for state, n in sorted(ends.items()))


def _summary(found: Iterable[Standing], *, known: int, invalid: int, as_json: bool) -> bool:
    """Print what came in and what did not; return whether everything did."""
    listed = list(found)
    missing = [standing for standing in listed if standing.state not in GOOD]
    late = [standing for standing in listed if standing.state in GOOD and standing.images_stored < standing.images_wanted]
    counts = dict(sorted(Counter(standing.state.value for standing in listed).items()))
    images = {"stored": sum(s.images_stored for s in listed), "wanted": sum(s.images_wanted for s in listed)}
    if as_json:
        lines = [{"url": s.url, "state": s.state, "cause": s.cause, "detail": s.detail, "next_at": s.next_at} for s in missing]
        click.echo(json.dumps({**counts, "known": known, "invalid": invalid, "images": images, "missing": lines}))
        return not missing
    shown = {**counts, "known": known, "invalid": invalid}
    of_images = f"  images {images['stored']}/{images['wanted']}" if images["wanted"] else ""
    click.echo("  ".join(f"{state} {n}" for state, n in shown.items() if n) + of_images)
    for standing in [s for s in listed if s.state in GOOD and s not in late][:SHOWN]:
        click.echo(f"  {_line(standing)}")
    for standing in (*missing, *late):
        click.echo(f"  {_line(standing)}")
    if good := next((s.article_id for s in listed if s.state in GOOD and s.article_id is not None), None):
        click.echo(f"Look at one: newsmill show {good}")
    if any(standing.next_at is not None for standing in (*missing, *late)):
        click.echo("`newsmill worker` goes on with what is still due.")
    return not missing


def _line(standing: Standing) -> str:
    said = f"{standing.state}: {standing.cause}" if standing.cause else standing.state
    if standing.state in GOOD:
        images = f", images {standing.images_stored}/{standing.images_wanted}" if standing.images_wanted else ""
        said = f"{standing.state} as {standing.article_id}: {standing.title}{images}"
    due = f", due in {max(0, standing.next_at - time.time()):.0f} s" if standing.next_at is not None else ""
    why = f" ({standing.detail})" if standing.detail else ""
    return one_line(f"{masked(standing.url)}  {said}{due}{why}")
