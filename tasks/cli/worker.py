"""`newsmill worker`: worker processes, supervised for ever."""

import logging.config
import os
import signal
import sys
import threading

import click

from config.logs import log_settings
from tasks.broker import Broker
from tasks.cli.opening import open_ledger
from tasks.supervisor import Supervisor


@click.command("worker", epilog="Example: newsmill worker --processes 2 --concurrency 32")
@click.option("--processes", type=click.IntRange(min=1), help="Worker processes; one per core without it.")
@click.option("--concurrency", type=click.IntRange(min=1), help="Articles at once in a process.")
def command(processes: int | None, concurrency: int | None) -> None:
    """Run worker processes, and restart what dies. Ctrl-C or TERM ends them in order, within 25 s."""
    settings, engine = open_ledger()
    engine.dispose()
    logging.config.dictConfig(log_settings(level=settings.log_level or "INFO", terminal=sys.stderr.isatty()))
    given = {"processes": processes, "concurrency": concurrency}
    settings = settings.model_copy(update={name: value for name, value in given.items() if value is not None})
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    click.echo(
        f"Starting {settings.processes} + 1 processes. Ctrl-C ends them; `newsmill status --watch` shows progress.", err=True
    )
    with Broker(settings) as broker:
        Supervisor(
            settings,
            redis_url=broker.url,
            environment=broker.environment(os.environ),
            name="",
            keep_redis=broker.keep,
            stopping=told,
        ).run()
