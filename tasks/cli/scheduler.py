"""`newsmill scheduler`: the clock of the crawl jobs."""

import click

from tasks.broker import Broker
from tasks.cli.foreground import Told, log_to_stderr, say
from tasks.cli.opening import load_settings
from tasks.scheduler import run_clock


@click.command("scheduler", epilog="Example: newsmill scheduler")
def command() -> None:
    """Say every few seconds that it is time to look for crawl jobs that are due; a worker looks.

    Any number may run: what is due stands in the database. Ctrl-C or TERM ends it.
    """
    settings = load_settings()
    log_to_stderr(settings)
    told = Told()
    with Broker(settings) as broker:
        say("The clock ticks for the jobs of `newsmill crawl list`. Ctrl-C ends it.")
        run_clock(broker, settings.home, told.to_stop)
