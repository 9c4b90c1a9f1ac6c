"""The crawl jobs of `sources.toml`; a file that cannot be used is told with every mistake, its line and what to write instead."""

from collections.abc import Iterable
from pathlib import Path

from config.crawl_job import CrawlJob, JobTable
from config.tables import Mistake, TablesMistake, WhyNot, read_tables

__all__ = ["CrawlJob", "Mistake", "SourcesMistake", "read_sources"]

_ALSO = ("jobs", "source", "sources", "crawl")

SourcesMistake = TablesMistake


def read_sources(path: Path, *, why_not: WhyNot = lambda _url: None) -> tuple[CrawlJob, ...]:
    """Return the jobs of the file at *path* in their order; *why_not* says of a URL why it cannot be asked, if it cannot.

    Raises SourcesMistake with every mistake, and OSError when the file cannot be read.
    """
    found, mistakes = read_tables(path, "job", also=_ALSO)
    tables = [JobTable(values, lines) for values, lines in found]
    jobs = [table.job(why_not) for table in tables]
    _refuse_namesakes(tables)
    mistakes += [mistake for table in tables for mistake in table.mistakes]
    if mistakes:
        raise SourcesMistake(mistakes)
    return tuple(job for job in jobs if job is not None)


def _refuse_namesakes(tables: Iterable[JobTable]) -> None:
    first: dict[str, JobTable] = {}
    for table in tables:
        if table.name is not None and (other := first.setdefault(table.name, table)) is not table:
            table.wrong("name", f"there is a job {table.name!r} in line {other.line} already: give this one another name")
