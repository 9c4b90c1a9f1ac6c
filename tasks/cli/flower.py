"""`newsmill flower`: the web page to watch it all."""

import os
import signal
import sys
import threading
from socket import gethostname
from typing import NoReturn

import click
from flower.options import options

from tasks.broker import Broker
from tasks.celery import app as celery
from tasks.cli.foreground import ending_signals, log_to_stderr, say
from tasks.cli.opening import SettingsMistake, load_settings, open_ledger
from tasks.flower.launch import build, run
from tasks.flower.options import configure, is_guarded, prefix

END_S = 2.0  # at the end, a question to workers or Redis may still be under way in a thread: nobody waits for its answer


@click.command("flower", epilog="Example: newsmill flower --port 5555")
@click.option("--port", type=click.IntRange(0, 65_535), help="Where it listens; 5555 without it, any free one for 0.")
@click.option("--address", help="On which address; another than this machine's own needs a password. [127.0.0.1]")
def command(port: int | None, address: str | None) -> None:
    """Show what goes on in a web page: workers, tasks, queues, and all jobs live on its Crawls tab.

    NEWSMILL_FLOWER_AUTH=user:password lets in who knows it; without it Flower listens on this machine only, without
    buttons. NEWSMILL_FLOWER_READ_ONLY takes the buttons away. Flower's own FLOWER_… variables work too, such as
    FLOWER_URL_PREFIX behind a proxy. Ctrl-C or TERM ends it.
    """
    try:
        configure(load_settings(), port=port, address=address)
    except ValueError as mistake:
        raise SettingsMistake(str(mistake)) from mistake
    settings, engine = open_ledger()
    log_to_stderr(settings)
    ending = ending_signals()
    for number in ending:
        signal.signal(number, _leave)
    with Broker(settings) as broker:
        celery.conf.update(broker_url=broker.url)
        flower = build(celery, engine, settings.sources)
        try:
            bound = flower.start_http_server()
        except OSError as error:
            raise click.ClickException(f"{_address()} cannot be used: {error.strerror}. Choose another --port.") from error
        options.port = bound or options.port
        say(f"Flower is at {_address()}, {_open_to()}. Ctrl-C ends it.")
        goes_on = run(flower, redis_url=broker.url, keep_redis=broker.keep, ending=ending)
    engine.dispose()
    if not goes_on:
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606  # ourselves, as we were started
    impatience = threading.Timer(END_S, os._exit, args=(0,))
    impatience.daemon = True
    impatience.start()


def _leave(*_: object) -> NoReturn:
    raise SystemExit(0)


def _address() -> str:
    """Return where a browser finds the Crawls tab."""
    if options.unix_socket:
        return f"the socket {options.unix_socket}"
    host = options.address or gethostname()  # on every address
    scheme = "https" if options.certfile else "http"
    place = f"[{host}]" if ":" in host else host
    return f"{scheme}://{place}:{options.port}{prefix()}/crawls"


def _open_to() -> str:
    return "for whoever has the password" if is_guarded() else "for this machine only (no NEWSMILL_FLOWER_AUTH is set)"
