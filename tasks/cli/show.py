"""`newsmill show`: one stored article."""

import click
from sqlalchemy import Connection

from tasks.cli.article_page import html_page, markdown_page, text_page
from tasks.cli.opening import open_ledger
from tasks.cli.output import one_line, write_json, write_text
from worker.article_json import article_json
from worker.errors import InvalidUrl
from worker.store.library import find, snapshot, standing

FORMATS = ("markdown", "json", "text", "html")


@click.command("show", epilog="Example: newsmill show https://news.example/a.html --format json")
@click.argument("url_or_id", metavar="URL|ID")
@click.option("--format", "wanted", type=click.Choice(FORMATS), help="What to print; markdown without it.")
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
def command(url_or_id: str, wanted: str | None, *, as_json: bool) -> None:
    """Show one stored article, by its id or by any form of its URL.

    Exits 1 when it is not stored, and says where its URL stands.
    """
    if as_json and wanted not in (None, "json"):
        raise click.UsageError(f"--json and --format {wanted} contradict each other.")
    _, engine = open_ledger()
    with snapshot(engine) as connection:
        try:
            article = find(connection, url_or_id)
            missing = _why_not(connection, url_or_id) if article is None else ""
        except InvalidUrl as error:
            raise click.BadParameter(f"neither an id nor a URL: {error.detail}.", param_hint="URL|ID") from error
    if article is None:
        raise click.ClickException(missing)
    match "json" if as_json else wanted:
        case "json":
            write_json(article_json(article))
        case "text":
            write_text(text_page(article))
        case "html":
            write_text(html_page(article))
        case _:
            write_text(markdown_page(article, [image.ref for image in article.images]))


def _why_not(connection: Connection, url_or_id: str) -> str:
    """Return a sentence about an article that is not stored."""
    if url_or_id.isdigit():
        return f"No article has the id {url_or_id}."
    stands = standing(connection, url_or_id)
    if stands is None:
        return f"Not stored, and never asked for: newsmill run '{url_or_id}'"
    cause = f" ({stands.cause})" if stands.cause else ""
    detail = f": {one_line(stands.detail)}" if stands.detail else ""
    return f"Not stored; its URL is {stands.state.value.replace('_', ' ')}{cause}{detail}."
