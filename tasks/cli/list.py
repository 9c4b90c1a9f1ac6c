"""`newsmill list`: stored articles, newest first."""

import sys
from dataclasses import asdict

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tasks.cli.job_names import complete_job
from tasks.cli.moments import SINCE, UNTIL
from tasks.cli.opening import open_ledger
from tasks.cli.output import one_line, write, write_json
from worker.article_json import iso
from worker.store.library import Listed, Wanted, browse, count, snapshot

DEFAULT_LIMIT = 20  # a screenful


@click.command("list", epilog="Example: newsmill list --search '人工智能 GDP' --since 7d")
@click.option("--job", metavar="NAME", shell_complete=complete_job, help="Only articles that this job brought.")
@click.option("--host", metavar="HOST", help="Only articles of this host, as the list shows it.")
@click.option("--since", type=SINCE, help="Only articles fetched since then: 2026-11-23, or an age such as 12h or 7d.")
@click.option("--until", type=UNTIL, help="Only articles fetched until then; a bare date includes its day.")
@click.option("--search", "words", metavar="WORDS", help="Only articles with all these words or phrases in title or text.")
@click.option("--limit", type=click.IntRange(min=1), default=DEFAULT_LIMIT, show_default=True, help="At most so many.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array.")
def command(
    *, job: str | None, host: str | None, since: float | None, until: float | None, words: str | None, limit: int, as_json: bool
) -> None:
    """List stored articles, those fetched last first; `newsmill show ID` shows one.

    On a terminal a table, else tab-separated lines: id, fetched, published, host, title, URL.
    """
    _, engine = open_ledger()
    with snapshot(engine) as connection:
        found = browse(connection, job=job, host=host, since=since, until=until, words=words, limit=limit)
        total = count(connection, Wanted(job=job, host=host, since=since, until=until, words=words))
    if as_json:
        write_json([_values(listed) for listed in found])
    elif sys.stdout.isatty():
        Console().print(_table(found) if found else "No article is stored that fits.")
    else:
        write("".join("\t".join(_fields(listed)) + "\n" for listed in found).encode("utf-8", "replace"))
    if total > len(found):
        click.echo(f"{len(found)} of {total}: --limit {total} shows them all.", err=True)


def _values(listed: Listed) -> dict[str, object]:
    return asdict(listed) | {"outcome": listed.outcome.value, "fetched_at": iso(listed.fetched_at)}


def _fields(listed: Listed) -> tuple[str, ...]:
    published = listed.published_at or ""
    return (
        str(listed.id),
        iso(listed.fetched_at),
        published,
        listed.host,
        one_line(listed.title),
        one_line(listed.canonical_url),
    )


def _table(found: list[Listed]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name, justify in (("id", "right"), ("fetched", "left"), ("published", "left"), ("host", "left"), ("images", "right")):
        table.add_column(name, justify=justify, no_wrap=True)  # type: ignore[arg-type]  # the literals are rich's own
    table.add_column("title", overflow="fold")
    for listed in found:
        cells = (str(listed.id), iso(listed.fetched_at)[:16].replace("T", " "), (listed.published_at or "")[:10], listed.host,
                 f"{listed.images}/{listed.wanted_images}" if listed.wanted_images else "", one_line(listed.title))  # fmt: skip
        table.add_row(*(Text(cell) for cell in cells))  # as text: a title may look like markup
    return table
