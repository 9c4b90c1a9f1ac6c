"""The `newsmill` command. Each subcommand lives in a module of its own and is imported only when it is called."""

from importlib import import_module
from typing import Any

import click

from worker.errors import IngestError

# command → (module, one line for the list of commands)
COMMANDS = {
    "run": ("tasks.cli.run", "the main job in one call: ingest URLs and wait for them"),
    "enqueue": ("tasks.cli.enqueue", "accept URLs and return"),
    "worker": ("tasks.cli.worker", "worker processes, supervised"),
    "status": ("tasks.cli.status", "the ledger's totals"),
    "failures": ("tasks.cli.failures", "what ended without an article, and why"),
    "list": ("tasks.cli.list", "stored articles, newest first"),
    "show": ("tasks.cli.show", "one stored article"),
    "image": ("tasks.cli.image", "one stored image's bytes"),
    "export": ("tasks.cli.export", "many articles, as files or lines"),
    "extract": ("tasks.cli.extract", "HTML in, article JSON out; no network, no store"),
    "migrate": ("tasks.cli.migrate", "bring the database to the current schema"),
    "doctor": ("tasks.cli.doctor", "check the set-up"),
}


class _Commands(click.Group):
    """Loads a command's module when it is called, so that `newsmill extract` need not import Celery."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: click.Command = import_module(COMMANDS[name][0]).command
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what the work raised on purpose ends it with a sentence and exit 1."""
        try:
            return super().invoke(ctx)
        except IngestError as error:
            raise click.ClickException(error.detail) from error

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="newsmill")
def newsmill() -> None:
    """Ingest news articles with their images: complete, once, politely."""


def main() -> None:
    """Run the command line. Exit 2 on wrong use, 1 when something did not succeed; no traceback for a user's mistake."""
    newsmill()
