"""`newsmill up`: all of it for one machine."""

import os

import click

from config.settings import Settings
from tasks.cli.foreground import Told, chosen, keep_running, log_to_stderr, say
from tasks.cli.opening import SettingsMistake, open_ledger
from tasks.companion import Companion
from tasks.valkey_server import is_free
from worker.errors import OwnTrouble

PORT = 5555  # Flower's own
FURTHER = 20  # ports looked at when that is taken


@click.command("up", epilog="Example: newsmill up --processes 2 --port 5555")
@click.option("--processes", type=click.IntRange(min=1), help="Worker processes; one per core without it.")
@click.option("--concurrency", type=click.IntRange(min=1), help="Articles at once in a process.")
@click.option("--port", type=click.IntRange(1, 65_535), help=f"Flower's port; without it {PORT}, or the next that is free.")
@click.option("--no-flower", is_flag=True, help="Without Flower, the page to watch.")
@click.option("--no-scheduler", is_flag=True, help="Without the clock of the crawl jobs.")
def command(processes: int | None, concurrency: int | None, port: int | None, *, no_flower: bool, no_scheduler: bool) -> None:
    """Run everything in the foreground: Redis if none is configured, worker processes, scheduler and Flower.

    What dies is started again. Ctrl-C, TERM or a closed terminal stops all in order, within 30 s; Ctrl-C again at once.
    """
    settings, engine = open_ledger()
    engine.dispose()
    settings = chosen(settings, processes=processes, concurrency=concurrency)
    log_to_stderr(settings)
    told = Told()
    companions: list[Companion] = []
    where = "newsmill status --watch"
    if not no_scheduler:
        companions.append(Companion("scheduler"))
    if not no_flower:
        port, beginning = _flower(settings, port)
        found = _port(port)
        companions.append(Companion("flower", lambda: ("--port", str(port or _free_port()))))
        where = f"http://127.0.0.1:{found}{beginning}/crawls in a moment, or {where}"
    say(
        f"Starting {', '.join([f'{settings.processes} + 1 worker processes', *(one.name for one in companions)])}.",
        f"  watch    {where}",
        "  ingest   newsmill enqueue https://…, or the jobs of newsmill crawl list",
        "  stop     Ctrl-C, once more to hurry",
    )
    keep_running(settings, told, companions)


def _flower(settings: Settings, port: int | None) -> tuple[int | None, str]:
    """Return the port that Flower is to have, by option or by its own variable, and what its paths begin with.

    Raises SettingsMistake for what it would refuse: it would be started for nothing, again and again.
    """
    from tasks.flower.options import configure, prefix  # Flower itself, which --no-flower does without

    try:
        configure(settings, port=port, address=None)
    except ValueError as mistake:
        raise SettingsMistake(str(mistake)) from mistake
    return port or int(os.environ.get("FLOWER_PORT") or 0) or None, prefix()


def _port(wanted: int | None) -> int:
    """Return the port for Flower. Raises OwnTrouble when the very one that was asked for is taken."""
    if wanted is None:
        found = _free_port()
        if found != PORT:
            say(f"Port {PORT} is taken: Flower takes {found}.")
        return found
    if not is_free(wanted):
        raise OwnTrouble(f"port {wanted} is taken: give another --port, or none to have one chosen, or --no-flower")
    return wanted


def _free_port() -> int:
    """Return Flower's usual port or the next that is free; the usual one when none is, and Flower will say so."""
    return next((port for port in range(PORT, PORT + FURTHER) if is_free(port)), PORT)
