"""The page at a URL, for a command: from the archive, or from the web, asked once and politely; nothing is stored."""

import asyncio
from typing import Any
from urllib.parse import urlsplit

import click
from sqlalchemy import Connection

from config.settings import Settings
from tasks.cli.alone import Alone
from tasks.cli.opening import archive_of, open_ledger
from tasks.cli.page_source import Source, page_of
from tasks.runtime import user_agent
from worker.article_json import iso
from worker.errors import Deferred, InvalidUrl, PermanentError, RobotsDisallowed, TransientError
from worker.exchange import Fetched
from worker.fetch.client import WebClient
from worker.fetch.egress import Egress, verifying_context
from worker.fetch.guard import Guard
from worker.store.archived import latest_page
from worker.store.following import standing_of
from worker.store.library import snapshot
from worker.urls import canonicalise, fingerprint, masked


def known_or_asked(url: str) -> Source:
    """Return the page at *url*, from the archive when it is there. Raises IngestError when it cannot be had."""
    chosen, engine = open_ledger()
    with snapshot(engine) as connection:
        archived = from_archive(connection, chosen, url)
    return archived or from_web(chosen, url)


def values_of_url(url: str, *, fetch: bool) -> tuple[dict[str, Any], Source | None]:
    """Return what is known of *url* before its page is read, and the page; None, with the error among the values, without one."""
    chosen, engine = open_ledger()
    try:
        with snapshot(engine) as connection:
            values = standing_values(connection, url)
            source = None if fetch else from_archive(connection, chosen, url)
    except InvalidUrl as error:
        raise click.UsageError(error.detail) from error
    if source is not None:
        robots = "not asked: the page comes from the archive (--fetch asks the site)"
        return values | {"robots": robots}, source
    try:
        source = from_web(chosen, url)
    except RobotsDisallowed as error:
        return values | {"robots": f"refused: {error.detail}", "http": {"error": error.cause, "detail": error.detail}}, None
    except (PermanentError, TransientError, Deferred) as error:
        cause = getattr(error, "cause", None)
        return values | {"http": {"error": cause, "detail": error.detail}}, None
    allowed = "allowed" if chosen.obey_robots else "not asked: NEWSMILL_OBEY_ROBOTS is false"
    return values | {"robots": allowed}, source


def standing_values(connection: Connection, url: str) -> dict[str, Any]:
    """Return what *url* is known under, and where it stands in the ledger. Raises InvalidUrl."""
    canonical = canonicalise(url)
    stands = standing_of(connection, url)
    ledger = None
    if stands is not None:
        ledger = {
            "state": stands.state.value,
            "cause": stands.cause,
            "detail": stands.detail,
            "job": stands.job,
            "tries": stands.tries,
            "next_at": iso(stands.next_at) if stands.next_at is not None else None,
            "paused": stands.paused,
            "article_id": stands.article_id,
            "title": stands.title or None,
        }
    return {"url": masked(url), "canonical_url": canonical, "fingerprint": fingerprint(canonical).hex(), "ledger": ledger}


def from_archive(connection: Connection, chosen: Settings, url: str) -> Source | None:
    """Return what *url* answered last, None when nothing of it is archived. Raises InvalidUrl, OwnTrouble and TooLarge."""
    record = latest_page(connection, url)
    if record is None:
        return None
    kept = archive_of(chosen).read(record, max_bytes=chosen.max_page_bytes)
    page = page_of(record.url, status=kept.status, reason=kept.reason, headers=kept.headers, body=kept.body, at=record.at)
    return Source(fetched=page, origin=f"the archive, {record.file} at {record.offset:,}")


def from_web(chosen: Settings, url: str) -> Source:
    """Return what *url* answers now: robots.txt is asked, the guard looks at every address, nothing is stored.

    Raises what `worker.fetch.client.WebClient.page` raises.
    """
    return Source(fetched=asyncio.run(asked(chosen, url)), origin="the web, just now")


async def asked(chosen: Settings, url: str) -> Fetched:
    """Ask for *url* as a worker would, but for the turns: there is nobody else to wait for. Raises what `WebClient.page` raises."""
    guard = Guard(allow_networks=chosen.allow_networks, allow_ports=chosen.allow_ports)
    alone = Alone(chosen.host_interval)
    async with Egress(guard, proxy_url=chosen.proxy_url, deadline_s=chosen.fetch_deadline, tls=verifying_context()) as egress:
        web = WebClient(
            egress,
            alone,
            user_agent=user_agent(chosen),
            obey_robots=chosen.obey_robots,
            deadline_s=chosen.fetch_deadline,
            max_page_bytes=chosen.max_page_bytes,
            max_image_bytes=chosen.max_image_bytes,
            pace=alone.pace,
        )
        await alone.turn(urlsplit(url).netloc, "")
        return await web.page(url, ref="", validators=None, identity=False)
