"""`newsmill image`: one stored image's bytes."""

import re
import sys
from pathlib import Path

import click

from tasks.cli.opening import archive_of, open_ledger
from tasks.cli.output import write
from worker.store.library import picture, picture_record, snapshot


@click.command("image", epilog="Example: newsmill image 9f86d081…0f00a08 --to picture.jpg")
@click.argument("sha256", metavar="SHA256")
@click.option("--to", "target", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write to FILE.")
def command(sha256: str, target: Path | None) -> None:
    """Write the bytes of a stored image to stdout or a file; `newsmill show URL --format json` names each image's SHA-256."""
    wanted = sha256.lower()
    if not re.fullmatch("[0-9a-f]{64}", wanted):
        raise click.BadParameter("a SHA-256 has 64 hexadecimal digits.", param_hint="SHA256")
    if target is None and sys.stdout.isatty():
        raise click.UsageError("An image is nothing for a terminal: use --to FILE.")
    settings, engine = open_ledger()
    with snapshot(engine) as connection:
        facts, record = picture(connection, wanted), picture_record(connection, wanted)
    if facts is None or record is None:
        raise click.ClickException(f"No image with the SHA-256 {wanted} is stored.")
    body = archive_of(settings).read(record, max_bytes=facts.bytes).body
    if target is None:
        write(body)
        return
    try:
        target.write_bytes(body)
    except OSError as error:
        raise click.ClickException(f"{target}: {error.strerror}") from error
    click.echo(f"{target}: {facts.media_type}, {len(body):,} bytes", err=True)
