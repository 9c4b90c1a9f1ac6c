"""`newsmill export`: many articles, as files or lines."""

import errno
import sys
from importlib.metadata import version
from pathlib import Path
from typing import IO

import click
from sqlalchemy import Engine

from config.settings import Settings
from tasks.cli.exporting import MarkdownFolders, whole_file, write_csv, write_jsonl
from tasks.cli.exporting_warc import WarcCopies
from tasks.cli.job_names import complete_job
from tasks.cli.moments import SINCE, UNTIL
from tasks.cli.opening import archive_of, open_ledger
from tasks.cli.tracked import tracked
from worker.article_json import iso
from worker.store.archived import archived
from worker.store.library import Wanted, articles, count, snapshot

FORMATS = ("jsonl", "csv", "markdown", "parquet", "warc")
STDOUT = "-"
NOT_FOR_STDOUT = {
    "markdown": "Markdown comes as folders with images: give --to a folder.",
    "parquet": "Parquet is read from its end, which a pipe does not have: give --to a file.",
}

DISK_TROUBLE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)  # the call was right


@click.command("export", epilog="Example: newsmill export --format markdown --to ./articles --since 7d")
@click.option("--format", "kind", type=click.Choice(FORMATS), default="jsonl", show_default=True, help="See above.")
@click.option("--to", "target", required=True, metavar="PATH", help="A file; a folder for markdown; - for stdout.")
@click.option("--job", metavar="NAME", shell_complete=complete_job, help="Only articles that this job brought.")
@click.option("--host", metavar="HOST", help="Only articles of this host, as `newsmill list` shows it.")
@click.option("--since", type=SINCE, help="Only articles fetched since then: 2026-11-23, or an age such as 12h or 7d.")
@click.option("--until", type=UNTIL, help="Only articles fetched until then; a bare date includes its day.")
@click.option(
    "--one-per-cluster", is_flag=True, help="Of copies of one article only the canonical one, of those that are asked for."
)
def command(
    *,
    kind: str,
    target: str,
    job: str | None,
    host: str | None,
    since: float | None,
    until: float | None,
    one_per_cluster: bool,
) -> None:
    """Export stored articles, in the order they came in.

    \b
    jsonl     one article JSON a line
    csv       a table: metadata, plain text, addresses of images
    markdown  a folder for each article: article.md and its images, the links leading to these copies
    parquet   a table with every key of the article JSON, in typed columns
    warc      the pages of the current versions and their images as they came from the web; it replays

    What cannot be read is named and left out; the exit code is 1 then.
    """
    if not target:  # a variable of somebody's shell that is not set: no word for the current folder
        raise click.UsageError("--to: give a file, a folder for markdown, or - for stdout.")
    if target == STDOUT and kind in NOT_FOR_STDOUT:
        raise click.UsageError(NOT_FOR_STDOUT[kind])
    chosen, engine = open_ledger()
    wanted = Wanted(job=job, host=host, since=since, until=until, one_per_cluster=one_per_cluster)
    export = _Export(chosen, engine, wanted)
    try:
        n = export.folders(Path(target)) if kind == "markdown" else export.file(kind, target)
    except BrokenPipeError:
        raise  # somebody's `| head`: click ends quietly
    except OSError as error:
        mistake = click.ClickException if error.errno in DISK_TROUBLE else click.UsageError
        raise mistake(f"--to {target}: {error.strerror or error}.") from error
    click.echo(f"{n:,} {'article' if n == 1 else 'articles'} exported{'' if target == STDOUT else f' to {target}'}.", err=True)
    sys.exit(1 if export.complaints else 0)


class _Export:
    """One export of the articles *wanted*; *complaints* counts what could not be read, each said on stderr."""

    def __init__(self, chosen: Settings, engine: Engine, wanted: Wanted) -> None:
        self._chosen = chosen
        self._engine = engine
        self._wanted = wanted
        self.complaints = 0
        with snapshot(engine) as connection:
            self._total = count(connection, wanted)

    def folders(self, folder: Path) -> int:
        """Write Markdown below *folder*; return how many articles."""
        folders = MarkdownFolders(folder, self._engine, archive_of(self._chosen), complain=self._complain)
        return folders.write(tracked(articles(self._engine, self._wanted), total=self._total, what="articles"))

    def file(self, kind: str, target: str) -> int:
        """Write one file, or to stdout; return how many articles."""
        if target == STDOUT:
            return self._to(sys.stdout.buffer, kind, name="")
        with whole_file(Path(target)) as stream:
            return self._to(stream, kind, name=Path(target).name)

    def _to(self, stream: IO[bytes], kind: str, *, name: str) -> int:
        if kind == "warc":
            software = f"newsmill/{version('newsmill')}"
            copies = WarcCopies(
                archive_of(self._chosen), software=software, subject=_subject(self._wanted), complain=self._complain
            )
            kept = tracked(archived(self._engine, self._wanted), total=self._total, what="articles")
            return copies.write(kept, stream, name=name)
        found = tracked(articles(self._engine, self._wanted), total=self._total, what="articles")
        match kind:
            case "csv":
                return write_csv(found, stream, mark=bool(name))  # what reads a pipe is no Excel
            case "parquet":
                from tasks.cli.exporting_parquet import write_parquet  # 12 MB of library that the other formats do without

                return write_parquet(found, stream)
        return write_jsonl(found, stream)

    def _complain(self, sentence: str) -> None:
        click.echo(sentence, err=True)
        self.complaints += 1


def _subject(wanted: Wanted) -> str:
    """Return in a few words which articles were asked for."""
    parts = [f"job {wanted.job}" if wanted.job is not None else "", f"host {wanted.host}" if wanted.host is not None else ""]
    parts.append(f"fetched since {iso(wanted.since)}" if wanted.since is not None else "")
    parts.append(f"fetched before {iso(wanted.until)}" if wanted.until is not None else "")
    parts.append("one per cluster of copies" if wanted.one_per_cluster else "")
    narrowed = ", ".join(part for part in parts if part)
    return f"Newsmill's articles: {narrowed or 'all of them'}"
