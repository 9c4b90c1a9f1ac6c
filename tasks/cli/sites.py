"""The check of `newsmill doctor` on the sites that work comes from: those of the crawl jobs, and some of the latest URLs."""

import os
from collections.abc import Iterable, Iterator

from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from config.settings import Settings
from config.sources import SourcesMistake
from tasks.cli.finding import Finding
from tasks.cli.opening import SettingsMistake, open_engine
from tasks.cli.reachability import unreachable
from tasks.schedule import crawl_jobs
from worker.errors import ForbiddenAddress, IngestError, NameNotFound, OwnTrouble, RobotsDisallowed, TlsFailed
from worker.store.health import recent_urls
from worker.store.library import snapshot
from worker.urls import host_of

HOSTS = 8  # asked, those of crawl jobs first: enough to tell one site's trouble from ours
RECENT = 3  # of them, at most, that were merely seen lately

SOMEBODY_ANSWERED = (RobotsDisallowed, ForbiddenAddress, NameNotFound)  # the site, our own guard, a name server
NO_WAY_OUT = "Check this machine's network, name server and firewall; NEWSMILL_PROXY_URL where only a proxy leads out."
MEND: dict[type[IngestError], str] = {
    ForbiddenAddress: "Its pages are rejected. If they are meant to be read: NEWSMILL_ALLOW_NETWORKS, NEWSMILL_ALLOW_PORTS.",
    RobotsDisallowed: "The site asks robots not to read this: give the job another source, or agree with the site.",
    NameNotFound: "Correct the address where it was given.",
    TlsFailed: "If its certificate is of an authority of yours, name that by SSL_CERT_FILE.",
    OwnTrouble: NO_WAY_OUT,
}
WAIT = "Nothing, if the site is down: its URLs are tried again by themselves."


def sites(chosen: Settings) -> Iterator[Finding]:
    """Yield what the sources file says, and what is wrong with the sites that work comes from, unless robots.txt is not read.

    A site that is down is its own affair, and no fault of the set-up; all of them at once are.
    """
    try:
        listed = crawl_jobs(chosen.sources)
    except SourcesMistake as mistaken:
        yield Finding(subject="sources", ok=False, said=f"{chosen.sources}: {mistaken}", mend="newsmill crawl check")
        return
    except OSError as unread:
        listed = ()
        meant = "sources" in chosen.model_fields_set
        mend = "Correct NEWSMILL_SOURCES; `newsmill crawl check` says how to make the file." if meant else ""
        yield Finding(subject="sources", ok=not meant, said=f"no crawl jobs: {chosen.sources}: {unread.strerror}", mend=mend)
    else:
        yield Finding(
            subject="sources", ok=True, said=f"{chosen.sources}: {len(listed)} crawl {'job' if len(listed) == 1 else 'jobs'}"
        )
    jobs = {job.url: f"crawl job {job.name}" for job in listed}
    asked = _one_a_host([*jobs, *_recent(chosen)]) if chosen.obey_robots else []
    troubles = unreachable(chosen, asked)
    away = [url for url, error in troubles.items() if not isinstance(error, SOMEBODY_ANSWERED)]
    if len(away) == len(asked) > 1:
        said = f"none of {len(asked)} can be reached: {troubles[away[0]].detail}"
        yield Finding(subject="sites", ok=False, said=said, mend=NO_WAY_OUT)
        return
    told = {url: error for url, error in troubles.items() if url in jobs or not isinstance(error, RobotsDisallowed)}
    for url, error in told.items():
        name = f"{jobs[url]}, {host_of(url)}" if url in jobs else host_of(url)
        yield Finding(subject="sites", ok=True, said=f"{name}: {error.detail}", mend=_mend(error))
    if asked and not told:
        yield Finding(subject="sites", ok=True, said=f"robots.txt can be read: {', '.join(map(host_of, asked))}")


def _one_a_host(urls: Iterable[str]) -> list[str]:
    first: dict[str, str] = {}
    for url in urls:
        first.setdefault(host_of(url), url)
    return list(first.values())[:HOSTS]


def _recent(chosen: Settings) -> list[str]:
    """Return some of the latest URLs; none when the database, of which the doctor speaks elsewhere, cannot be read."""
    file = make_url(chosen.database).database if chosen.database_url is None else None
    if file is not None and not os.path.exists(file):  # noqa: PTH110  # Path's raises where one may not look
        return []
    try:
        with snapshot(open_engine(chosen)) as connection:
            return recent_urls(connection, hosts=RECENT)
    except (SettingsMistake, OwnTrouble, DBAPIError):
        return []


def _mend(error: IngestError) -> str:
    return next((mend for kind, mend in MEND.items() if isinstance(error, kind)), WAIT)
