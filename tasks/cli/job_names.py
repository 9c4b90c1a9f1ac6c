"""The names of jobs, where a shell completes them."""

import os
import re
import shlex

import click
from click.shell_completion import CompletionItem
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from tasks.cli.opening import SettingsMistake, load_settings, open_engine
from tasks.cli.output import one_line
from worker.errors import OwnTrouble
from worker.store.jobs import known_names
from worker.store.library import snapshot

_PLAIN = re.compile(r"[\w@%+:,./-]+")  # what no shell reads more into


def complete_job(_ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the jobs of the ledger whose names begin with *incomplete*; none, and no word, when it cannot be asked.

    Nothing is made or migrated for a Tab.
    """
    try:
        return [CompletionItem(_typed(name)) for name in _names() if name.startswith(incomplete) and name == one_line(name)]
    except (SettingsMistake, OwnTrouble, DBAPIError):  # DBAPIError: no database, or not migrated yet
        return []


def _names() -> list[str]:
    chosen = load_settings()
    file = make_url(chosen.database).database if chosen.database_url is None else None
    if file is not None and not os.path.exists(file):  # noqa: PTH110  # Path's raises where one may not look
        return []
    with snapshot(open_engine(chosen)) as connection:
        return known_names(connection)


def _typed(name: str) -> str:
    """Return *name* as it is to stand in the command line: zsh and fish quote by themselves, bash leaves it to us."""
    asks = os.environ.get("_NEWSMILL_COMPLETE", "")
    return shlex.quote(name) if asks.startswith("bash") and not _PLAIN.fullmatch(name) else name
