"""Whether a service of this machine gets on with its work; for orchestrators, which ask often: this imports little."""

import os
import socket
import ssl
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path

from config.broker import ARTICLES, CONTROL
from config.settings import Settings
from worker.errors import OwnTrouble

LATELY_S = 30.0  # six beats of a process, or of the scheduler: as long as a supervisor waits before it kills a silent one
STUCK_S = 300.0  # twice an article's deadline: what is due for longer, while nothing ends, waits for something that is broken
ANSWER_S = 5.0  # for Flower, whose one loop may be busy with a page of 20,000 tasks


@dataclass(frozen=True, slots=True)
class Health:
    """Whether a service is well, and a sentence on why."""

    well: bool
    said: str


def beat_file(home: Path) -> Path:
    """Return the file that the scheduler of this machine touches whenever it has ticked."""
    return home / "run" / f"scheduler-{socket.gethostname()}.beat"


def worker(s: Settings) -> Health:
    """Say whether the worker processes of this machine live and the ledger's work advances."""
    from sqlalchemy.exc import SQLAlchemyError  # which the others do without

    from worker.store import health
    from worker.store.database import clock, open_database, own_trouble, reading

    if s.database_url is None and not os.path.exists(s.home / "newsmill.db"):  # noqa: PTH110  # Path's raises
        return Health(well=False, said="there is no database yet: no worker has begun")
    try:
        engine = open_database(s.database)
    except (SQLAlchemyError, ValueError, ImportError):  # no URL, no number for a port, another kind of database
        return Health(well=False, said="NEWSMILL_DATABASE_URL cannot be used")
    try:
        with own_trouble(), reading(engine).connect() as connection:
            now = clock(connection)
            alive = health.roles(connection, machine=socket.gethostname(), now=now, within_s=LATELY_S)
            advances = health.advances(connection, now=now, within_s=STUCK_S)
    except OwnTrouble as trouble:
        return Health(well=False, said=trouble.detail)
    except SQLAlchemyError:  # a file that is no database
        return Health(well=False, said="the database cannot be read")
    finally:
        engine.dispose()
    silent = [role for role in (ARTICLES, CONTROL) if role not in alive]
    if silent:
        return Health(well=False, said=f"no process of this machine for {' and '.join(silent)} in the last {LATELY_S:.0f} s")
    if not advances:
        return Health(well=False, said=f"URLs have been due for more than {STUCK_S / 60:.0f} minutes and none has ended since")
    return Health(well=True, said="the processes live and the work advances")


def scheduler(beat: Path) -> Health:
    """Say whether the scheduler has touched its *beat* file lately."""
    try:
        age = time.time() - beat.stat().st_mtime
    except OSError:
        return Health(well=False, said="the scheduler has not ticked yet")
    if age > LATELY_S:
        return Health(well=False, said=f"the scheduler has not ticked for {age:.0f} s")
    return Health(well=True, said="the scheduler ticks")


def flower(port: int) -> Health:
    """Say whether Flower answers on *port* of this machine."""
    prefix = os.environ.get("FLOWER_URL_PREFIX", "").strip("/")
    scheme = "https" if os.environ.get("FLOWER_CERTFILE") else "http"
    url = f"{scheme}://127.0.0.1:{port}/{prefix}{'/' if prefix else ''}healthcheck"
    # A proxy of the environment is for elsewhere, and a certificate names another host than this machine's own address.
    plain = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=_unverified()))
    try:
        with plain.open(url, timeout=ANSWER_S) as answer:
            status = answer.status
    except urllib.error.HTTPError as refusal:
        status = refusal.code
        refusal.close()
    except (OSError, HTTPException) as error:
        return Health(well=False, said=f"Flower does not answer on port {port}: {error}")
    return Health(well=status == 200, said=f"Flower answers {status}")


def _unverified() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context
