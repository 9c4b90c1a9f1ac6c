"""The `newsmill` command. Each subcommand lives in a module of its own and is imported only when it is called."""

from difflib import get_close_matches
from importlib import import_module
from typing import Any

import click
from click.shell_completion import CompletionItem

from tasks.lifeline import Lifeline
from worker.errors import IngestError

# command → (module, one line for the list of commands)
COMMANDS = {
    "run": ("tasks.cli.run", "the main job in one call: ingest URLs and wait for them"),
    "enqueue": ("tasks.cli.enqueue", "accept URLs and return"),
    "crawl": ("tasks.cli.crawl", "the crawl jobs: list, run one now, check the file"),
    "up": ("tasks.cli.up", "all of it for one machine, in the foreground"),
    "scheduler": ("tasks.cli.scheduler", "the clock of the crawl jobs"),
    "worker": ("tasks.cli.worker", "worker processes, supervised"),
    "flower": ("tasks.cli.flower", "a web page to watch it all: Flower, with the Crawls tab"),
    "status": ("tasks.cli.status", "the ledger's totals"),
    "failures": ("tasks.cli.failures", "what ended without an article, and why"),
    "retry": ("tasks.cli.retry", "ask once more for what ended without an article"),
    "pause": ("tasks.cli.pause", "let a job or batch wait"),
    "resume": ("tasks.cli.resume", "let a paused or cancelled job go on"),
    "cancel": ("tasks.cli.cancel", "drop what is pending of a job or batch"),
    "list": ("tasks.cli.list", "stored articles, newest first"),
    "show": ("tasks.cli.show", "one stored article"),
    "image": ("tasks.cli.image", "one stored image's bytes"),
    "export": ("tasks.cli.export", "many articles, as files or lines"),
    "reparse": ("tasks.cli.reparse", "extract again from the archive, without fetching"),
    "extract": ("tasks.cli.extract", "HTML in, article JSON out; no network, no store"),
    "explain": ("tasks.cli.explain", "why a page was read as it was: the candidates for each fact"),
    "sites": ("tasks.cli.site_check", "rules for single sites: check the file, try them on a page"),
    "migrate": ("tasks.cli.migrate", "bring the database to the current schema"),
    "doctor": ("tasks.cli.doctor", "check the set-up"),
    "completion": ("tasks.cli.completion", "the script for a shell's Tab key"),
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

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; for one that there is not, say which may be meant."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            near = get_close_matches(args[0], COMMANDS, n=1)
            if not near:
                raise
            raise click.UsageError(f"{error.message} Did you mean {near[0]!r}?", ctx) from error

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what the work raised on purpose ends it with a sentence and exit 1."""
        try:
            return super().invoke(ctx)
        except IngestError as error:
            raise click.ClickException(error.detail) from error

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return the words that a Tab may mean; those of commands from the table, since importing them all takes a second."""
        names = [CompletionItem(name, help=line) for name, (_, line) in COMMANDS.items() if name.startswith(incomplete)]
        return names + click.Command.shell_complete(self, ctx, incomplete)

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="newsmill")
def newsmill() -> None:
    """Ingest news articles with their images: complete, once, politely."""


def main() -> None:
    """Run the command line. Exit 2 on wrong use, 1 when something did not succeed; no traceback for a user's mistake."""
    Lifeline.inherited()  # a command that `newsmill up` started ends with it
    newsmill()
