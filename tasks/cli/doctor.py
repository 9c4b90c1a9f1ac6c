"""`newsmill doctor`: check the set-up, and say how to mend what is wrong."""

import sys
from dataclasses import asdict

import click

from tasks.cli.checkup import Finding, examine
from tasks.cli.output import one_line, write_json


@click.command("doctor", epilog="Example: newsmill doctor")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array of findings.")
def command(*, as_json: bool) -> None:
    """Check settings, home, database, totals, clock, Redis and archive. Repairs nothing; exits 1 when something is bad."""
    findings = list(examine())
    if as_json:
        write_json([asdict(finding) for finding in findings])
    else:
        for finding in findings:
            _tell(finding)
    sys.exit(0 if all(finding.ok for finding in findings) else 1)


def _tell(finding: Finding) -> None:
    mark = click.style("ok ", fg="green") if finding.ok else click.style("bad", fg="red", bold=True)
    click.echo(f"{mark}  {finding.subject:<9} {one_line(finding.said)}")
    if finding.mend:
        click.echo(f"{'':15}{finding.mend}")
