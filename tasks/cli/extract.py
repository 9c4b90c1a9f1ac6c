"""`newsmill extract`: HTML in, article JSON out; no network, no store."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from tasks.cli.extracting import Answer, FileMistake, Page, article_of, pages_of, read_bytes
from tasks.cli.output import write_json, write_line
from tasks.cli.site_rules import rules_in_use

STDIN = "-"


@click.command("extract", epilog="Example: newsmill extract page.html --url https://news.example/a.html")
@click.argument("file", metavar="FILE|-", required=False)
@click.option("--url", metavar="URL", help="Where the page comes from: its relative addresses start there.")
@click.option("--content-type", metavar="CT", help="The Content-Type that it came with, such as 'text/html; charset=gbk'.")
@click.option(
    "--batch", type=click.Path(path_type=Path), metavar="IN.jsonl", help="Many pages: one JSON object a line (- for stdin)."
)
@click.option("--json", "_as_json", is_flag=True, help="The output is JSON in any case.")
def command(*, file: str | None, url: str | None, content_type: str | None, batch: Path | None, _as_json: bool) -> None:
    """Extract the article of an HTML page and print it as JSON; a page that is none has no text and a `reason`.

    With --batch each line names a page by "id", "url" (may be null), "file" (may end in .gz; relative to the batch file
    or to the working directory) and perhaps "content_type"; out comes one line for each, in order, with its "id".
    Exits 1 when a file cannot be read.
    """
    if (file is None) == (batch is None):
        raise click.UsageError("Give either a FILE (or - for standard input) or --batch IN.jsonl.")
    if batch is not None:
        if url is not None or content_type is not None:
            raise click.UsageError('With --batch each line has its own "url" and "content_type".')
        sys.exit(_batch(batch))
    try:
        body = sys.stdin.buffer.read() if file == STDIN else read_bytes(Path(str(file)))
    except FileMistake as error:
        raise click.UsageError(str(error)) from error
    write_json(article_of(Page(body=body, url=url, content_type=content_type), rules_in_use()))


def _batch(batch: Path) -> int:
    """Print one line for each of *batch*; return the exit code."""
    exit_code = 0
    try:
        for answer in _watched(pages_of(batch, rules_in_use())):
            write_line(answer.values)
            if answer.mistake:
                click.echo(answer.mistake, err=True)
                exit_code = 1
    except FileMistake as error:
        raise click.UsageError(str(error)) from error
    return exit_code


def _watched(answers: Iterator[Answer]) -> Iterator[Answer]:
    """Show progress when somebody watches, and the answers go elsewhere."""
    if sys.stdout.isatty() or not sys.stderr.isatty():
        return answers
    from tasks.cli.tracked import tracked  # rich is a fifth of this command's start

    return tracked(answers, total=None, what="pages")
