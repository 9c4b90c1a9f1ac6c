"""The checks of `newsmill doctor`."""

import os
import stat
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import Connection
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from config.settings import Settings
from config.sites import SitesMistake
from tasks.cli.finding import Finding
from tasks.cli.opening import SettingsMistake, archive_of, load_settings, open_engine
from tasks.cli.sites import sites
from tasks.site_rules import site_rules
from worker.errors import OwnTrouble
from worker.store.health import differences, revision, skew_s
from worker.store.library import snapshot
from worker.store.migrate import HEAD

SKEW_S = 2.0  # leases last 15 s and are renewed every 5: clocks further apart eat into them
PROBE_S = 2.0  # for a Redis to answer
PREFIX = "NEWSMILL_"
CORRECT_IT = "Correct it in the environment, .env or newsmill.toml."
NOT_FOR_FILES = ("/proc", "/sys")  # whose permissions promise what the system does not keep
SHOWN = 3  # differences named: the first tell the story


def examine() -> Iterator[Finding]:
    """Yield what each check finds, changing nothing."""
    try:
        chosen = load_settings()
    except SettingsMistake as mistake:
        yield Finding(subject="settings", ok=False, said=mistake.message, mend=CORRECT_IT)
        return
    yield _names()
    yield _home(chosen.home)
    yield from _database(chosen)
    yield from _redis(chosen)
    yield _archive(chosen)
    yield from _site_rules(chosen)
    yield from sites(chosen)


def _names() -> Finding:
    """Look for variables that nobody reads: a slip of the pen is otherwise silent."""
    known = [f"{PREFIX}{name.upper()}" for name in Settings.model_fields]
    strange = sorted(name for name in os.environ if name.startswith(PREFIX) and name not in known)
    if not strange:
        return Finding(subject="settings", ok=True, said="read")
    near = {name: get_close_matches(name, known, n=1) for name in strange}
    named = ", ".join(f"{name} (did you mean {close[0]}?)" if close else name for name, close in near.items())
    return Finding(subject="settings", ok=False, said=f"nobody reads {named}", mend="`.env.example` lists every setting.")


def _site_rules(chosen: Settings) -> Iterator[Finding]:
    """Yield what the file of rules for single sites says, if there is one, or one was named."""
    try:
        rules = site_rules(chosen.sites)
    except FileNotFoundError:
        if "sites" in chosen.model_fields_set:
            # Well enough: the containers name a file that need not be there.
            mend = "If there should be some, correct NEWSMILL_SITES; `newsmill sites check` says how to make the file."
            yield Finding(subject="site rules", ok=True, said=f"none: there is no file {chosen.sites}", mend=mend)
    except SitesMistake as mistaken:
        yield Finding(subject="site rules", ok=False, said=f"{chosen.sites}: {mistaken}", mend="newsmill sites check")
    except OSError as unread:
        yield Finding(subject="site rules", ok=False, said=f"{chosen.sites}: {unread.strerror}", mend="Correct NEWSMILL_SITES.")
    else:
        yield Finding(
            subject="site rules", ok=True, said=f"{chosen.sites}: {len(rules)} {'site' if len(rules) == 1 else 'sites'}"
        )


def _home(home: Path) -> Finding:
    elsewhere = "Set NEWSMILL_HOME to a folder of your own, in the environment, .env or newsmill.toml."
    if not os.path.exists(home):  # noqa: PTH110  # Path's raises where somebody may not look
        above = next(folder for folder in home.parents if os.path.exists(folder))  # noqa: PTH110
        if above.is_dir() and os.access(above, os.W_OK | os.X_OK) and not str(above).startswith(NOT_FOR_FILES):
            return Finding(subject="home", ok=True, said=f"{home} is not there yet; it is made on first use")
        return Finding(subject="home", ok=False, said=f"{home} cannot be made: {above} takes no new folder", mend=elsewhere)
    if not home.is_dir():
        return Finding(subject="home", ok=False, said=f"{home} is a file, not a folder", mend=elsewhere)
    if not os.access(home, os.R_OK | os.W_OK | os.X_OK):
        return Finding(subject="home", ok=False, said=f"you may not write to {home}", mend=elsewhere)
    if home.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        return Finding(subject="home", ok=False, said=f"others may write to {home}", mend=f"chmod go-w {home}")
    return Finding(subject="home", ok=True, said=str(home))


def _database(chosen: Settings) -> Iterator[Finding]:
    url = make_url(chosen.database) if chosen.database_url is None else None
    if url is not None and url.database and not os.path.exists(url.database):  # noqa: PTH110
        yield Finding(subject="database", ok=True, said="the embedded one is not there yet; it is made on first use")
        return
    try:
        with snapshot(open_engine(chosen)) as connection:
            yield from _inside(connection)
    except SettingsMistake as mistake:
        yield Finding(subject="database", ok=False, said=mistake.message, mend=CORRECT_IT)
    except (OwnTrouble, DBAPIError) as trouble:  # DBAPIError: a file that is no database, a table that is not ours
        mend = "Start the database server, or correct NEWSMILL_DATABASE_URL (NEWSMILL_HOME for the embedded one)."
        yield Finding(subject="database", ok=False, said=_first_line(trouble), mend=mend)


def _first_line(trouble: OwnTrouble | DBAPIError) -> str:
    return str(trouble.orig if isinstance(trouble, DBAPIError) else trouble.detail).split("\n", 1)[0]


def _inside(connection: Connection) -> Iterator[Finding]:
    found = revision(connection)
    if found != HEAD:
        newer = found is not None and found > HEAD
        mend = "Update Newsmill." if newer else "newsmill migrate"
        said = f"its schema is {found or 'not made yet'}, this Newsmill's is {HEAD}"
        yield Finding(subject="database", ok=False, said=said, mend=mend)
        return
    yield Finding(subject="database", ok=True, said=f"{connection.dialect.name}, schema {HEAD}")
    yield _clock(connection)
    yield _totals(connection)


def _clock(connection: Connection) -> Finding:
    skew = skew_s(connection)
    if abs(skew) < SKEW_S:
        return Finding(subject="clock", ok=True, said=f"the database's clock is within {SKEW_S:g} s of this machine's")
    way = "ahead of" if skew > 0 else "behind"
    said = f"the database's clock is {abs(skew):.1f} s {way} this machine's"
    return Finding(subject="clock", ok=False, said=said, mend="Set both machines by NTP.")


def _totals(connection: Connection) -> Finding:
    wrong = differences(connection)
    if not wrong:
        return Finding(subject="totals", ok=True, said="equal a recount of every row")
    named = [f"{' '.join(part for part in line if part)}: {said}, counted {n}" for line, (said, n) in list(wrong.items())[:SHOWN]]
    more = f" and {len(wrong) - SHOWN} more" if len(wrong) > SHOWN else ""
    mend = "This is a bug: please report it. The rows are right, the totals shown are not."
    return Finding(subject="totals", ok=False, said=f"differ from a recount: {'; '.join(named)}{more}", mend=mend)


def _redis(chosen: Settings) -> Iterator[Finding]:
    if chosen.redis_url is None:
        yield Finding(subject="redis", ok=True, said="none configured: an embedded Valkey is started when it is needed")
    else:
        yield _reachable("redis", "NEWSMILL_REDIS_URL", chosen.redis_url)
    if chosen.cache_url is not None:
        yield _reachable("cache", "NEWSMILL_CACHE_URL", chosen.cache_url)


def _reachable(subject: str, variable: str, url: str) -> Finding:
    try:
        with Redis.from_url(url, socket_timeout=PROBE_S, socket_connect_timeout=PROBE_S) as redis:
            redis.ping()
    except (RedisError, OSError, ValueError) as error:  # ValueError: a URL that names no Redis
        mend = f"Start the server, or correct {variable}; what was accepted is safe in the database meanwhile."
        return Finding(subject=subject, ok=False, said=f"does not answer: {error}", mend=mend)
    return Finding(subject=subject, ok=True, said="answers")


def _archive(chosen: Settings) -> Finding:
    try:
        archive_of(chosen).check()
    except (SettingsMistake, OwnTrouble) as error:
        said = error.message if isinstance(error, SettingsMistake) else error.detail
        return Finding(subject="archive", ok=False, said=said, mend="Correct NEWSMILL_ARCHIVE_URL, or the folder's permissions.")
    return Finding(subject="archive", ok=True, said="can be written")
