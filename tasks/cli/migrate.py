"""`newsmill migrate`: bring the database to the current schema."""

import click

from tasks.cli.opening import load_settings, open_engine
from tasks.cli.output import write_json
from worker.store.migrate import HEAD, migrate


@click.command("migrate", epilog="Example: newsmill migrate")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def command(*, as_json: bool) -> None:
    """Bring the database to the current schema, under a lock; every other command does so by itself."""
    changed = migrate(open_engine(load_settings()))
    if as_json:
        write_json({"revision": HEAD, "changed": changed})
    else:
        click.echo(f"The database is {'now' if changed else 'already'} at schema {HEAD}.")
