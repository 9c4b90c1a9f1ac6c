"""Where a command has a page from: a file, the archive, or the web."""

import sys
import time
from dataclasses import dataclass
from pathlib import Path

import click

from tasks.cli.extracting import FileMistake, read_bytes
from worker.exchange import Exchange, Fetched

STDIN = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A page as it came, and *origin*, in words, where from; that of a file has the status 0."""

    fetched: Fetched
    origin: str


def page_at(target: str, *, url: str | None, content_type: str | None = None) -> Source:
    """Return the page that *target* names: a URL, from the archive when it is there, or a file that came from *url*.

    Ends the command with exit 2 and a sentence when it cannot be meant. Raises IngestError when the page cannot be had.
    """
    if not is_url(target):
        try:
            return from_file(target, url=url or "", content_type=content_type)
        except FileMistake as error:
            hint = "" if Path(target).exists() or target == STDIN else "; a URL begins with http:// or https://"
            raise click.UsageError(f"{error}{hint}") from error
    refuse_options_of_files(url, content_type)
    from tasks.cli.page_by_url import known_or_asked  # here, since database and web take a second to load

    return known_or_asked(target)


def is_url(target: str) -> bool:
    """Return whether *target* is meant as a web address, not as a file."""
    return target.lower().startswith(("http://", "https://"))


def refuse_options_of_files(url: str | None, content_type: str | None) -> None:
    """End the command with exit 2 when options that are for files were given with a URL."""
    if url is not None or content_type is not None:
        raise click.UsageError("--url and --content-type are for a FILE; a URL says so itself.")


def from_file(name: str, *, url: str, content_type: str | None) -> Source:
    """Return the page in the file *name* (`-`: standard input), taken for what *url* answered. Raises FileMistake."""
    body = sys.stdin.buffer.read() if name == STDIN else read_bytes(Path(name))
    headers = (("Content-Type", content_type),) if content_type else ()
    page = page_of(url, status=0, reason="", headers=headers, body=body, at=time.time())
    return Source(fetched=page, origin="standard input" if name == STDIN else f"the file {name}")


def page_of(url: str, *, status: int, reason: str, headers: tuple[tuple[str, str], ...], body: bytes, at: float) -> Fetched:
    """Return the fetch that gave a page, as far as it matters to a reader."""
    exchange = Exchange(
        url=url,
        method="GET",
        request_headers=(),
        status=status,
        reason=reason,
        headers=headers,
        wire_body=b"",
        body=body,
        address=None,
        started_at=at,
    )
    return Fetched(url=url, hops=(), exchange=exchange)
