"""`newsmill resume`: let a paused or cancelled job go on."""

import click

from tasks.cli.job_names import complete_job
from tasks.cli.opening import open_ledger
from tasks.cli.output import write_line, write_text
from tasks.cli.standing import as_json, counted, swept, totals_of
from worker.models import State
from worker.store.crawls import RUNNING
from worker.store.jobs import resume


@click.command("resume", epilog="Example: newsmill resume politics")
@click.argument("job", shell_complete=complete_job)
@click.option("--json", "json_wanted", is_flag=True, help="Print the counts as JSON.")
def command(job: str, json_wanted: bool) -> None:
    """Let a paused job or batch go on where it stood; a cancelled crawl job keeps its timetable again.

    What was cancelled stays so: `newsmill retry --job JOB --cause cancelled` asks for it once more.
    """
    _, engine = open_ledger()
    of = totals_of(engine, job)
    sums = swept(resume(engine, job), of, what="resuming")
    if json_wanted:
        write_line(as_json(job, RUNNING, sums, in_flight=of.states[State.IN_FLIGHT]))
    else:
        write_text(f"{job} is running: {counted(sums)} had waited.")
