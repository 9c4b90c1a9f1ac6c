"""How a wait ends: what came in, and what did not make it, with cause and next try."""

import time
from collections import Counter
from collections.abc import Iterable

import click

from tasks.cli.moments import span
from tasks.cli.output import one_line
from tasks.cli.standing import resuming
from worker.models import State
from worker.store.following import GOOD, Standing
from worker.urls import masked

SHOWN = 10  # articles named in the summary; `newsmill list` shows them all


class Summary:
    """What came of the URLs that were waited for, which of them were *known* and not asked for, and how many lines *invalid*."""

    def __init__(self, found: Iterable[Standing], *, known: Iterable[Standing] = (), invalid: int = 0) -> None:
        self._found, self._known = list(found), list(known)
        self._missing = [standing for standing in self._found if standing.state not in GOOD]
        self._counts = dict(sorted(Counter(standing.state.value for standing in self._found).items()))
        self._others = {"known": len(self._known), "invalid": invalid}
        self._images_stored = sum(standing.images_stored for standing in self._found)
        self._images_wanted = sum(standing.images_wanted for standing in self._found)

    @property
    def good(self) -> bool:
        """Whether every URL is stored, unchanged or a duplicate."""
        return not self._missing

    def values(self) -> dict[str, object]:
        """Return the summary for programs."""
        missing = [
            {
                "url": s.url,
                "state": s.state,
                "cause": s.cause,
                "detail": s.detail,
                "next_at": s.next_at,
                "asked": not still_waits(s),
            }
            for s in self._missing
        ]
        known = [{"url": s.url, "id": s.article_id, "title": s.title} for s in self._known]
        images = {"stored": self._images_stored, "wanted": self._images_wanted}
        return {**self._counts, **self._others, "images": images, "missing": missing, "known_articles": known}

    def tell(self) -> None:
        """Print the summary for people."""
        of_images = f"  images {self._images_stored}/{self._images_wanted}" if self._images_wanted else ""
        click.echo("  ".join(f"{name} {n}" for name, n in {**self._counts, **self._others}.items() if n) + of_images)
        good = [standing for standing in self._found if standing.state in GOOD]
        late = [standing for standing in good if standing.images_stored < standing.images_wanted]
        for standing in [s for s in good if s not in late][:SHOWN]:
            click.echo(f"  {_line(standing)}")
        for standing in self._known[:SHOWN]:
            click.echo(f"  {one_line(f'{masked(standing.url)} known as {standing.article_id}: {standing.title}')}")
        for standing in (*self._missing, *late):
            click.echo(f"  {_line(standing)}")
        if (article_id := next((s.article_id for s in (*good, *self._known) if s.article_id is not None), None)) is not None:
            click.echo(f"Look at one: newsmill show {article_id}")
        if self._known:
            click.echo("What is known was not asked for: `newsmill run --again` asks anew.")
        if any(standing.next_at is not None for standing in (*self._missing, *late)):
            click.echo("`newsmill up` goes on with what is still due.")


def still_waits(standing: Standing) -> bool:
    """Return whether a URL waits for another try, and nobody has asked its host since it was asked for: what it says is old."""
    return standing.state is State.PENDING and standing.cause is not None and not standing.tries


def _line(standing: Standing) -> str:
    why = f" ({standing.detail})" if standing.detail else ""
    paused = f", its job is paused: `{resuming(standing.job)}` goes on with it" if standing.paused else ""
    left_s = max(0.0, standing.next_at - time.time()) if standing.next_at is not None else None
    if still_waits(standing):
        due = f", next try in {span(left_s)}" if left_s is not None else ""
        return one_line(
            f"{masked(standing.url)}  still waiting, not asked this time{due}{paused}; last error {standing.cause}{why}"
        )
    said = f"{standing.state}: {standing.cause}" if standing.cause else standing.state
    if standing.state in GOOD:
        images = f", images {standing.images_stored}/{standing.images_wanted}" if standing.images_wanted else ""
        said = f"{standing.state} as {standing.article_id}: {standing.title}{images}"
    due = f", due in {span(left_s)}" if left_s is not None else ""
    return one_line(f"{masked(standing.url)}  {said}{due}{paused}{why}")
