"""`newsmill pause`: let a job or batch wait."""

import click

from tasks.cli.job_names import complete_job
from tasks.cli.opening import open_ledger
from tasks.cli.output import write_line, write_text
from tasks.cli.standing import as_json, counted, resuming, swept, totals_of
from worker.models import State
from worker.store.crawls import PAUSED
from worker.store.jobs import pause


@click.command("pause", epilog="Example: newsmill pause politics")
@click.argument("job", shell_complete=complete_job)
@click.option("--json", "json_wanted", is_flag=True, help="Print the counts as JSON.")
def command(job: str, json_wanted: bool) -> None:
    """Let a crawl job or batch wait: nothing of it begins any more, what is in flight ends. `newsmill resume` lets it go on.

    URLs that come in under its name meanwhile wait too, and its timetable opens no run.
    """
    _, engine = open_ledger()
    of = totals_of(engine, job)
    sums = swept(pause(engine, job), of, what="parking")
    in_flight = of.states[State.IN_FLIGHT]
    if json_wanted:
        write_line(as_json(job, PAUSED, sums, in_flight=in_flight))
        return
    write_text(f"{job} is paused: {counted(sums)} will wait until `{resuming(job)}`.")
    if in_flight:
        write_text(f"{in_flight:,} in flight {'ends by itself' if in_flight == 1 else 'end by themselves'}.")
