"""The rules for single sites as commands open them; an operator's mistakes become one sentence each."""

import os
from collections.abc import Callable
from pathlib import Path

import click

from config.sites import SitesMistake
from tasks.site_rules import site_rules
from worker.extract.site_rules import SiteBook, SiteRules

USUAL = Path("config/sites.toml")  # as the settings have it
SAYING = (Path(".env"), Path("newsmill.toml"))  # what else may name another file

FIRST = """\
[[site]]
host = "*.example.org"
body = "div.article-text"
remove = [".newsletter"]
"""


def rules_in_use() -> Callable[[str], SiteRules | None]:
    """Return what gives the rules for a URL, as the settings name them; there are none without the file.

    Settings take longer to load than a page to read, so they are looked at only when they, or the file, may be there.
    Ends the command with exit 2 and a sentence for each mistake.
    """
    if not ("NEWSMILL_SITES" in os.environ or USUAL.exists() or any(file.exists() for file in SAYING)):
        return SiteBook().find
    from tasks.cli.opening import load_settings

    path = load_settings().sites
    return SiteBook(read_rules(path) if path.exists() else ()).find


def read_rules(path: Path) -> tuple[SiteRules, ...]:
    """Return the rules of the file at *path*. Ends the command with exit 2 and a sentence for each mistake, or how to make a file."""
    try:
        return site_rules(path)
    except SitesMistake as mistaken:
        for mistake in mistaken.mistakes:
            click.echo(f"{path}:{mistake.line}: {mistake.sentence}", err=True)
        raise click.exceptions.Exit(2) from mistaken
    except FileNotFoundError as error:
        raise FileMistake(
            f"{path}: there is no such file. Make one with rules such as the following, or say by NEWSMILL_SITES where it is.\n\n{FIRST}"
        ) from error
    except OSError as error:
        raise FileMistake(f"{path}: {error.strerror}") from error


class FileMistake(click.ClickException):
    """The file of rules cannot be read; the message is a sentence."""

    exit_code = 2
