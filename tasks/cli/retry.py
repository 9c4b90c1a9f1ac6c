"""`newsmill retry`: ask once more, and now, for what ended without an article or waits for another try."""

from collections.abc import Iterable, Iterator

import click

from tasks.broker import redis_url
from tasks.cli.failures import filters
from tasks.cli.heaped import by_cause, in_words
from tasks.cli.holds import lift_holds
from tasks.cli.opening import open_ledger
from tasks.cli.output import one_line, write_line, write_text
from tasks.cli.tracked import tracked
from worker.store.database import clock
from worker.store.failures import Heap, Which, heaps, replay, try_now
from worker.store.library import snapshot

SHOWN = 20  # lines of causes and hosts; --json has them all


@click.command("retry", epilog="Example: newsmill retry --cause timeout --host news.example --since 7d")
@filters
@click.option("--dry-run", is_flag=True, help="Only say which would be asked for, by cause and host.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
def command(*, cause: str | None, host: str | None, job: str | None, since: float | None, dry_run: bool, as_json: bool) -> None:
    """Put URLs that were rejected, have failed or are dead back into the queue, with fresh tries: all, or those that are named.

    Those that wait for another try are due now, unless --since is given; with --host also those that wait because that host
    did not answer. What a host has asked for itself (Retry-After) stands, and so does a pause of a job. Nothing is fetched
    by this: workers go on with them.
    """
    settings, engine = open_ledger()
    which = Which(cause=cause, host=host, job=job, since=since)
    with snapshot(engine) as connection:
        ended = heaps(connection, which.ended())
        waiting = heaps(connection, which.waiting(clock(connection)))
    retried = hurried = 0
    if not dry_run:
        if host is not None and (ended or waiting):
            lift_holds(settings.cache_url or redis_url(settings), [host])
        retried = _swept(replay(engine, which), ended)
        hurried = _swept(try_now(engine, which), waiting)
    if as_json:
        write_line(
            {"dry_run": dry_run, "matched": _urls(ended), "retried": retried, **_values(ended)}
            | {"waiting": {"matched": _urls(waiting), "hurried": hurried, **_values(waiting)}}
        )
    elif not ended and not waiting:
        click.echo("Nothing matches.", err=True)
    elif dry_run:
        _tell(_lines(ended), _urls(ended), "would be asked for once more")
        _tell(_lines(waiting), _urls(waiting), "would be tried now instead of later")
    else:
        _tell(_causes(ended), retried, "is asked for once more" if retried == 1 else "are asked for once more")
        _tell(_causes(waiting), hurried, "is tried now instead of later" if hurried == 1 else "are tried now instead of later")


def _swept(batches: Iterable[int], found: list[Heap]) -> int:
    """Go through *batches* with a bar; return their sum."""
    ones = (1 for n in batches for _ in range(n))
    return sum(tracked(ones, total=_urls(found), what="retrying"))


def _tell(lines: Iterator[str], n: int, what: str) -> None:
    """Print *lines*, and below them of how many URLs what is true; nothing if there are no lines."""
    told = list(lines)
    for line in told:
        write_text(line)
    if told:
        write_text(f"{n:,} {what}.")


def _causes(found: list[Heap]) -> Iterator[str]:
    for cause, urls in by_cause(found).most_common():
        yield f"{urls:>9,}  {in_words(cause)}"


def _lines(found: list[Heap]) -> Iterator[str]:
    for heap in found[:SHOWN]:
        yield f"{heap.urls:>9,}  {in_words(heap.cause):<17}  {one_line(heap.host)}"
    if rest := found[SHOWN:]:
        yield f"{_urls(rest):>9,}  of {len(rest):,} more causes and hosts"


def _urls(found: list[Heap]) -> int:
    return sum(heap.urls for heap in found)


def _values(found: list[Heap]) -> dict[str, object]:
    return {
        "causes": dict(by_cause(found).most_common()),
        "hosts": [{"cause": heap.cause, "host": heap.host, "urls": heap.urls} for heap in found],
    }
