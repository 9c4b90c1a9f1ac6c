"""What somebody who watches should not have to find out: each alarm a sentence that says what to do."""

from collections.abc import Iterator

from rich.filesize import decimal

from config.broker import ARTICLES
from tasks.cli.moments import span
from tasks.cli.output import one_line
from tasks.cli.watched import View

OLD_S = 3_600.0  # due for so long: the queue grows faster than it is worked off, or nobody can take it
STALLED_S = 300.0  # the rate looks back so far: nothing has ended in that time
FREE_BYTES = 1_000_000_000  # less is a few hours of archive
SHOWN = 3  # hosts that are held; `failures --summary --pending` has them all


def alarms(view: View) -> Iterator[str]:
    """Yield what is not as it should be, the worst first."""
    total = view.total
    due_s = total["oldest_due_s"]
    if not view.roles.get(ARTICLES) and (due_s is not None or total["in_flight"] or total["next_due_s"] is not None):
        yield "no worker is running: start `newsmill up`"
    elif due_s is not None and due_s > STALLED_S and not total["per_minute"]:
        yield f"nothing has ended for {span(STALLED_S)} although URLs are due: `newsmill doctor` may say why"
    if not view.redis:
        yield "Redis does not answer: workers wait for it, and nothing is lost"
    if due_s is not None and due_s > OLD_S:
        yield f"the oldest has been due for {span(due_s)}: more workers, or a host with a long queue"
    yield from _held(view)
    if (free := view.disk.get("free")) is not None and free < FREE_BYTES:
        yield f"only {decimal(free)} are left on the disk"


def _held(view: View) -> Iterator[str]:
    ranked = sorted(view.held.items(), key=lambda one: (-one[1][1], one[0]))
    for host, (held, urls) in ranked[:SHOWN]:
        waits = f"{urls:,} {'URL waits' if urls == 1 else 'URLs wait'}"
        if held.asked_s >= held.breaker_s:
            yield f"{one_line(host)} has asked to be left alone for another {span(held.asked_s)}: {waits}"
        else:
            yield f"{one_line(host)} fails: its breaker is open for another {span(held.breaker_s)}, {waits}"
    if more := ranked[SHOWN:]:
        yield f"{len(more):,} more {'host is' if len(more) == 1 else 'hosts are'} held"
