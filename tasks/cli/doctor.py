"""`newsmill doctor`: check the set-up, and say how to mend what is wrong."""

import sys
import tomllib
from dataclasses import asdict
from typing import Any

import click
from pydantic import ValidationError

from config.settings import settings
from tasks import health
from tasks.cli.output import one_line, write_json

SERVICES = ("worker", "scheduler", "flower")
FLOWER_PORT = 5555  # Flower's own
MEND = "`newsmill doctor` and the service's log say what is wrong."


@click.command("doctor", epilog="Example: newsmill doctor · newsmill doctor --live worker")
@click.option(
    "--live",
    "service",
    is_flag=False,
    flag_value="worker",
    type=click.Choice(SERVICES),
    help="Say only whether that service of this machine gets on with its work (worker without a name); exit 0 or 1.",
)
@click.option("--port", type=click.IntRange(1, 65_535), help=f"Where --live flower finds Flower; {FLOWER_PORT} without it.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array of findings.")
def command(service: str | None, port: int | None, *, as_json: bool) -> None:
    """Check settings, home, database, totals, clock, Redis, archive, and whether the sites that work comes from can be reached.

    Repairs nothing; exits 1 when something is bad, not for a site that is down.
    """
    if port is not None and service != "flower":
        raise click.UsageError("--port goes with --live flower.")
    findings = _examined() if service is None else [_live(service, port or FLOWER_PORT)]
    if as_json:
        write_json(findings)
    else:
        for finding in findings:
            _tell(**finding)
    sys.exit(0 if all(finding["ok"] for finding in findings) else 1)


def _examined() -> list[dict[str, Any]]:
    from tasks.cli.checkup import examine  # half of a second, which --live, asked all day long, does without

    return [asdict(finding) for finding in examine()]


def _live(service: str, port: int) -> dict[str, Any]:
    try:
        chosen = settings()
    except (ValidationError, tomllib.TOMLDecodeError, UnicodeDecodeError):
        found = health.Health(well=False, said="the settings cannot be used")
    else:
        match service:
            case "worker":
                found = health.worker(chosen)
            case "scheduler":
                found = health.scheduler(health.beat_file(chosen.home))
            case _:
                found = health.flower(port)
    return {"subject": service, "ok": found.well, "said": found.said, "mend": "" if found.well else MEND}


def _tell(subject: str, ok: bool, said: str, mend: str) -> None:
    well = click.style("(!)", fg="yellow") if mend else click.style("ok ", fg="green")
    mark = well if ok else click.style("bad", fg="red", bold=True)
    click.echo(f"{mark}  {subject:<9} {one_line(said)}")
    if mend:
        click.echo(f"{'':15}{mend}")
