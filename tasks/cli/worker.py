"""`newsmill worker`: worker processes, supervised for ever."""

import click

from tasks.cli.foreground import Told, chosen, keep_running, log_to_stderr, say
from tasks.cli.opening import open_ledger


@click.command("worker", epilog="Example: newsmill worker --processes 2 --concurrency 32")
@click.option("--processes", type=click.IntRange(min=1), help="Worker processes; one per core without it.")
@click.option("--concurrency", type=click.IntRange(min=1), help="Articles at once in a process.")
def command(processes: int | None, concurrency: int | None) -> None:
    """Run worker processes, and restart what dies.

    Ctrl-C or TERM ends them in order, within 25 s; a second one at once.
    """
    settings, engine = open_ledger()
    engine.dispose()
    settings = chosen(settings, processes=processes, concurrency=concurrency)
    log_to_stderr(settings)
    told = Told()
    say(f"Starting {settings.processes} + 1 processes. Ctrl-C ends them; `newsmill status --watch` shows progress.")
    keep_running(settings, told, ())
