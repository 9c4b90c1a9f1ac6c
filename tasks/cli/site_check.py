"""`newsmill sites`: the rules for single sites: mistakes in the file, and what the rules make of a page."""

import asyncio
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import cast

import click

from tasks.cli.output import one_line, write_json, write_line, write_text
from tasks.cli.site_rules import read_rules
from worker.differences import differences, reading_of
from worker.errors import InvalidUrl
from worker.extract.site_rules import SiteBook
from worker.pages import Pages
from worker.quarantine import Quarantine


@click.group("sites", epilog="Example: newsmill sites check")
def command() -> None:
    """Rules for single sites (NEWSMILL_SITES): mistakes in the file, and what a page says with them and without."""


@command.command("check", short_help="mistakes in the file", epilog="Example: newsmill sites check config/sites.example.toml")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the rules as JSON.")
def check(*, file: Path | None, as_json: bool) -> None:
    """Say whether the file of rules can be used; every mistake is named with its line. Exits 2 when there are any."""
    rules = read_rules(file or _in_use())
    if as_json:
        write_line({"sites": [asdict(one) for one in rules]})
    else:
        click.echo(f"{len(rules)} {'site' if len(rules) == 1 else 'sites'}, all well.")


@command.command(
    "try", short_help="what they make of a page", epilog="Example: newsmill sites try page.html --url https://news.example/a"
)
@click.argument("target", metavar="URL|FILE|-")
@click.option("--url", metavar="URL", help="Where the page in FILE comes from.")
@click.option("--rules", "file", type=click.Path(path_type=Path), metavar="FILE", help="Other rules than those in use.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
def try_them(*, target: str, url: str | None, file: Path | None, as_json: bool) -> None:
    """Show what a page says otherwise by the rules of its site than without them. Nothing is stored.

    A page that is known comes from the archive, any other is fetched, politely. Exits 1 when the page cannot be had, or
    when no rules are for it, 2 when the rules cannot be used.
    """
    from tasks.cli.page_source import page_at  # here, since `sites check` needs nothing of it
    from tasks.cli.reparse_page import otherwise

    named = file or _in_use()
    book = SiteBook(read_rules(named))
    try:
        page = page_at(target, url=url).fetched
    except InvalidUrl as error:
        raise click.UsageError(error.detail) from error
    rules = book.find(page.url)
    if rules is None:
        raise click.ClickException(f"{named}: no rules are for {one_line(page.url) or 'a page without a URL: say it by --url'}.")
    pages = (Pages(Quarantine()), Pages(Quarantine(), lambda _url: rules))
    without, ruled = (asyncio.run(one.read(page)).extraction for one in pages)
    changes = differences(reading_of(without, page.url), reading_of(ruled, page.url))
    changes.pop("quality", None)  # which names the rules
    missed = cast("list[str]", ruled.quality.get("site_rule_missed", []))
    if as_json:
        write_json({"url": page.url, "site_rule": rules.name, "missed": missed, "reason": ruled.reason, "changes": changes})
        return
    lines = [*_verdict(without.reason, ruled.reason), *(otherwise(changes) if ruled.reason is None else ())]
    lines += [f"    {key}: what the rules name is not there" for key in missed]
    write_text("\n".join([f"{rules.name}: {one_line(page.url)}", *(lines or ["    nothing is otherwise"])]))


def _verdict(without: str | None, ruled: str | None) -> Iterator[str]:
    """Yield a line when the rules change the verdict, or the page is no article with them: its text is not worth showing then."""
    if ruled is not None:
        yield f"    no article: {ruled}" + ("" if without is None else "; nor is it one without the rules")
    elif without is not None:
        yield f"    an article; without the rules: {without}"


def _in_use() -> Path:
    from tasks.cli.opening import load_settings

    return load_settings().sites
