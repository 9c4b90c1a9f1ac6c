"""`newsmill export`: many articles, as files or lines."""

import sys
from pathlib import Path

import click

from tasks.cli.exporting import MarkdownFolders, whole_file, write_csv, write_jsonl
from tasks.cli.moments import SINCE, UNTIL
from tasks.cli.opening import archive_of, open_ledger
from tasks.cli.tracked import tracked
from worker.store.library import Wanted, articles, count, snapshot

LINES = {"jsonl": write_jsonl, "csv": write_csv}
PLANNED = ("parquet", "warc")
STDOUT = "-"


@click.command("export", epilog="Example: newsmill export --format markdown --to ./articles --since 7d")
@click.option("--format", "wanted", type=click.Choice((*LINES, "markdown", *PLANNED)), help="jsonl without it.")
@click.option("--to", "target", required=True, metavar="PATH", help="A file; a folder for markdown; - for stdout.")
@click.option("--job", metavar="NAME", help="Only articles that this job brought.")
@click.option("--host", metavar="HOST", help="Only articles of this host, as `newsmill list` shows it.")
@click.option("--since", type=SINCE, help="Only articles fetched since then: 2026-11-23, or an age such as 12h or 7d.")
@click.option("--until", type=UNTIL, help="Only articles fetched until then; a bare date includes its day.")
def command(
    *, wanted: str | None, target: str, job: str | None, host: str | None, since: float | None, until: float | None
) -> None:
    """Export stored articles, in the order they came in.

    \b
    jsonl     one article JSON a line
    csv       a table: metadata and plain text
    markdown  a folder for each article: article.md and its images, the links leading to these copies
    """
    kind = wanted or "jsonl"
    if kind in PLANNED:
        raise click.UsageError(f"The format {kind} is not there yet; use jsonl, csv or markdown.")
    if kind == "markdown" and target == STDOUT:
        raise click.UsageError("Markdown comes as folders with images: give --to a folder.")
    chosen, engine = open_ledger()
    asked = Wanted(job=job, host=host, since=since, until=until)
    with snapshot(engine) as connection:
        total = count(connection, asked)
    found = tracked(articles(engine, asked), total=total, what="articles")
    complaints: list[str] = []
    try:
        if kind == "markdown":
            folders = MarkdownFolders(Path(target), engine, archive_of(chosen))
            n, complaints = folders.write(found), folders.complaints
        elif target == STDOUT:
            n = LINES[kind](found, sys.stdout.buffer)
        else:
            with whole_file(Path(target)) as stream:
                n = LINES[kind](found, stream)
    except BrokenPipeError:
        raise  # somebody's `| head`: click ends quietly
    except OSError as error:
        raise click.UsageError(f"--to {target}: {error.strerror}.") from error
    for complaint in complaints:
        click.echo(complaint, err=True)
    click.echo(f"{n:,} articles exported{'' if target == STDOUT else f' to {target}'}.", err=True)
    sys.exit(1 if complaints else 0)
