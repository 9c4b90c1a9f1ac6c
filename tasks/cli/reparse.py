"""`newsmill reparse`: extract again from the archive, with the extractor as it is now; nothing is fetched."""

import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

import click

from tasks.cli.job_names import complete_job
from tasks.cli.moments import SINCE
from tasks.cli.opening import open_ledger
from tasks.cli.output import write_line, write_text
from tasks.cli.reparse_page import in_short, report
from tasks.cli.reparse_reading import reading
from tasks.cli.tracked import tracked
from worker.extract import VERSION
from worker.reparse import Became, Reparser, Reread
from worker.store.library import snapshot
from worker.store.stale import Stale, count_stale

NOT_DONE = (Became.FAILED, Became.BUSY)  # the next call reads them again
SILENT = (Became.UNCHANGED, Became.NONE)  # nobody need read of each of them


@click.command("reparse", epilog="Example: newsmill reparse --dry-run --job courier --since 7d")
@click.option("--job", metavar="NAME", shell_complete=complete_job, help="Only pages that this job brought.")
@click.option("--host", metavar="HOST", help="Only pages of this host, as `newsmill list` shows it.")
@click.option("--since", type=SINCE, help="Only pages fetched since then: 2026-11-23, or an age such as 12h or 7d.")
@click.option("--again", is_flag=True, help="Also pages that this version of the extractor has read already.")
@click.option("--processes", type=click.IntRange(min=1), help="Processes that read, if there is much; one per core without it.")
@click.option("--dry-run", is_flag=True, help="Only show what would change, field by field.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line, for each page that was read.")
def command(
    *,
    job: str | None,
    host: str | None,
    since: float | None,
    again: bool,
    processes: int | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Extract stored pages again with the present version of the extractor, and store what it says otherwise.

    Nothing is fetched. Pages that were rejected as no article are read too: one may be found there now. An article in whose
    page none is seen any more is named, and stays. Images that are new have the reason not_fetched; `newsmill enqueue
    --again URL` lets the workers bring them. Workers may run meanwhile. A call that was broken off goes on where it was.
    """
    settings, engine = open_ledger()
    stale = Stale(extractor=VERSION, again=again, job=job, host=host, since=since)
    with snapshot(engine) as connection:
        total = count_stale(connection, stale)
        meant = total or count_stale(connection, replace(stale, again=True))
    if not total:
        done = f"version {VERSION} of the extractor has read all that is meant; --again reads it once more."
        click.echo(f"Nothing to do: {done if meant else 'no stored page is meant by this.'}", err=True)
        return
    with reading(total, processes or settings.processes) as read_all:
        reparser = Reparser(engine, read_all)
        read = reparser.preview(stale) if dry_run else reparser.run(stale)
        counts = _shown(tracked(read, total=total, what="pages"), dry_run=dry_run, as_json=as_json)
    sentence = in_short(counts, dry_run=dry_run)
    if as_json:
        click.echo(sentence, err=True)
    else:
        write_text(sentence)
    sys.exit(1 if any(counts[became] for became in NOT_DONE) else 0)


def _shown(read: Iterable[Reread], *, dry_run: bool, as_json: bool) -> Counter[str]:
    """Print what is to be said of each page; return how many became what, changed which field, and miss how many images."""
    counts = Counter[str]()
    for one in read:
        counts[one.became] += 1
        counts["images"] += one.missing
        if one.became is Became.CHANGED:
            counts.update(f"field {name}" for name in one.changes)
        if as_json:
            write_line(_values(one))
        elif one.became not in SILENT and (dry_run or one.became is not Became.CHANGED):
            for line in report(one):
                write_text(line)
    return counts


def _values(one: Reread) -> dict[str, object]:
    return {
        "id": one.article_id,
        "url": one.url,
        "became": one.became.value,
        "title": one.title,
        "changes": one.changes,
        "reason": one.reason or None,
        "images_not_fetched": one.missing,
    }
