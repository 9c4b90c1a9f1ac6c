"""The sources file as commands open it; an operator's mistakes become one sentence each."""

from pathlib import Path

import click

from config.sources import CrawlJob, SourcesMistake
from tasks.cli.opening import SettingsMistake
from tasks.schedule import crawl_jobs

FIRST = """\
[[job]]
name = "courier"
feed = "https://news.example/feed.xml"
every = "15m"
"""


def read_jobs(path: Path) -> tuple[CrawlJob, ...]:
    """Return the jobs of the file at *path*. Ends the command with exit 2 and a sentence for each mistake, or how to make a file."""
    try:
        return crawl_jobs(path)
    except SourcesMistake as mistaken:
        for mistake in mistaken.mistakes:
            click.echo(f"{path}:{mistake.line}: {mistake.sentence}", err=True)
        raise click.exceptions.Exit(2) from mistaken
    except FileNotFoundError as error:
        raise SettingsMistake(
            f"{path}: there is no such file. Make one with a job such as the following, or say by NEWSMILL_SOURCES where it is.\n\n{FIRST}"
        ) from error
    except OSError as error:
        raise SettingsMistake(f"{path}: {error.strerror}") from error
