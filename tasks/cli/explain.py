"""`newsmill explain`: every decision on the way from a URL or a saved page to what is known of it, and why."""

import sys

import click

from tasks.cli.explain_page import explain_page
from tasks.cli.explaining import explained
from tasks.cli.output import write_json, write_text
from tasks.cli.page_source import is_url, page_at, refuse_options_of_files
from tasks.cli.site_rules import rules_in_use


@click.command("explain", epilog="Example: newsmill explain https://news.example/a.html")
@click.argument("target", metavar="URL|FILE|-")
@click.option("--url", metavar="URL", help="Where the page in FILE comes from.")
@click.option("--content-type", metavar="CT", help="The Content-Type that FILE came with, such as 'text/html; charset=gbk'.")
@click.option("--fetch", is_flag=True, help="Ask the site now, although the archive has the page.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
def command(*, target: str, url: str | None, content_type: str | None, fetch: bool, as_json: bool) -> None:
    """Explain why a page was read as it was: for each fact the candidates, which one won, and why.

    A URL that is known is read from the archive; any other is asked for, politely, and nothing of it is stored. Exits 1
    when the page cannot be had.
    """
    rules_of = rules_in_use()
    if is_url(target):
        refuse_options_of_files(url, content_type)
        from tasks.cli.page_by_url import values_of_url  # here, since database and web take a second to load

        values, source = values_of_url(target, fetch=fetch)
    else:
        if fetch:
            raise click.UsageError("--fetch is for a URL.")
        source = page_at(target, url=url, content_type=content_type)
        values = {"url": url}
    if source is not None:
        values |= explained(source, rules_of(source.fetched.url))
    if as_json:
        write_json(values)
    else:
        write_text("\n".join(explain_page(values)))
    sys.exit(1 if source is None else 0)
