"""Flower's options: our defaults, over them FLOWER_… variables, over them what the command and the settings say."""

import os
from ipaddress import ip_address

from flower.command import apply_env_options
from flower.options import options
from tornado.options import Error

from config.settings import Settings
from tasks.flower.rows import format_task

LOOPBACK = "127.0.0.1"
DEFAULTS: dict[str, object] = {
    "address": LOOPBACK,
    "format_task": format_task,
    "max_tasks": 20_000,  # 6.2 kB each: 125 MB
    "natural_time": True,
    "purge_offline_workers": 600,  # s; longer than any restart, and the processes of `newsmill run` do not pile up
    "tasks_columns": "uuid,state,args,result,received,runtime,worker,name",
}


def configure(s: Settings, *, port: int | None, address: str | None) -> None:
    """Set Flower's options, which are this process's. Raises ValueError, with a sentence that repeats no password, for what cannot be used or is not safe.

    Without a password Flower listens on this machine only, and shows none of its buttons, which it would refuse to obey.
    """
    for name, value in DEFAULTS.items():
        setattr(options, name, value)
    try:
        apply_env_options()
    except (ValueError, TypeError, Error) as error:
        raise ValueError(f"a FLOWER_… variable cannot be used: {error}") from error
    if port is not None:
        options.port = port
    if address is not None:
        options.address = address
    options.basic_auth = _credentials(s)
    if not is_guarded() and not options.unix_socket and not is_this_machine(options.address):
        raise ValueError(
            f"without a password Flower listens on this machine only, not on {options.address or 'every address'}: "
            "set NEWSMILL_FLOWER_AUTH=user:password first"
        )
    options.read_only = options.read_only or s.flower_read_only or not (is_guarded() or _api_is_open())


def is_guarded() -> bool:
    """Return whether Flower asks who is there."""
    return bool(options.basic_auth or options.auth)


def is_this_machine(host: str) -> bool:
    """Return whether *host*, as in a URL or alone, can mean no other machine: `localhost` or a loopback address."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.removeprefix("[").removesuffix("]")).is_loopback
    except ValueError:
        return False  # a name, or none: every address


def prefix() -> str:
    """Return what every path of Flower begins with: nothing, or `/` and FLOWER_URL_PREFIX."""
    return f"/{options.url_prefix.strip('/')}" if options.url_prefix else ""


def _credentials(s: Settings) -> list[str]:
    """Return the `user:password` pairs that open Flower: ours, else those of Flower's own variable."""
    if s.flower_auth is not None:
        named, pairs = "NEWSMILL_FLOWER_AUTH", [s.flower_auth]
    else:
        named, pairs = "FLOWER_BASIC_AUTH", [pair for pair in options.basic_auth or [] if pair]
    for pair in pairs:
        user, _, password = pair.partition(":")
        if not user or not password or not pair.isascii() or not pair.isprintable():  # Flower compares ASCII only
            raise ValueError(f"{named}: write it as user:password, in ASCII")
    return pairs


def _api_is_open() -> bool:
    """Return whether the operator has opened Flower's API, which its buttons use, to everybody who can reach it."""
    return os.environ.get("FLOWER_UNAUTHENTICATED_API", "").lower() in ("y", "yes", "t", "true", "on", "1")
