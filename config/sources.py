"""The crawl jobs of `sources.toml`; a file that cannot be used is told with every mistake, its line and what to write instead."""

import codecs
import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from config.crawl_job import CrawlJob, JobTable, Mistake, WhyNot

__all__ = ["CrawlJob", "Mistake", "SourcesMistake", "read_sources"]

_JOB_LINE = re.compile(r"\s*\[\[\s*[\"']?job[\"']?\s*\]\]")
_KEY_LINE = re.compile(r"\s*[\"']?([A-Za-z0-9_-]+)[\"']?\s*[=.]")
_AT_LINE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)")


class SourcesMistake(ValueError):
    """The file cannot be used; *mistakes* says all that is wrong with it, by line."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(sorted(mistakes))
        super().__init__("; ".join(f"line {mistake.line}: {mistake.sentence}" for mistake in self.mistakes))


def read_sources(path: Path, *, why_not: WhyNot = lambda _url: None) -> tuple[CrawlJob, ...]:
    """Return the jobs of the file at *path* in their order; *why_not* says of a URL why it cannot be asked, if it cannot.

    Raises SourcesMistake with every mistake, and OSError when the file cannot be read.
    """
    text = _decoded(path.read_bytes())
    content = _parsed(text)
    lines = list(_lines_of_tables(text))
    mistakes: list[Mistake] = []
    found = content.pop("job", [])
    if not isinstance(found, list) or not all(isinstance(values, dict) for values in found):
        found = []
        mistakes.append(Mistake(_line_of("job", text), "a job begins with [[job]], in two pairs of brackets"))
    mistakes += [Mistake(_line_of(key, text), _stray(key)) for key in content]
    tables = [JobTable(values, lines[n] if n < len(lines) else {}) for n, values in enumerate(found)]
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


def _decoded(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise SourcesMistake([Mistake(1, "the file is UTF-16: save it as UTF-8")])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SourcesMistake([Mistake(line, "there is a character that is not UTF-8: save the file as UTF-8")]) from error


def _parsed(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        said = str(error)
        at = _AT_LINE.search(said)
        line = int(at[1]) if at is not None and at[1] else max(1, len(text.splitlines()))
        reason = _AT_LINE.sub("", said)
        hint = "; a regular expression stands in single quotes, such as '\\d+'" if "Unescaped '\\'" in said else ""
        raise SourcesMistake([Mistake(line, f"this is no TOML: {reason}{hint}")]) from error
    except RecursionError as error:
        raise SourcesMistake([Mistake(1, "this is nested too deeply to be crawl jobs")]) from error


def _lines_of_tables(text: str) -> Iterator[dict[str, int]]:
    """Yield for each `[[job]]` the line of each of its keys and, under "", its own: tomllib keeps none of them."""
    current: dict[str, int] | None = None
    for number, line in enumerate(text.split("\n"), 1):
        if _JOB_LINE.match(line):
            if current is not None:
                yield current
            current = {"": number}
        elif current is not None and (key := _KEY_LINE.match(line)):
            current.setdefault(key[1], number)
    if current is not None:
        yield current


def _line_of(key: str, text: str) -> int:
    """Return where the key or table *key* of the file itself begins; 1 when it cannot be seen."""
    begins = re.compile(rf"\s*(?:\[+\s*)?[\"']?{re.escape(key)}[\"']?\s*[\]=.]")
    return next((number for number, line in enumerate(text.split("\n"), 1) if begins.match(line)), 1)


def _stray(key: str) -> str:
    if key.lower() in ("jobs", "source", "sources", "crawl"):
        return f"{key} means nothing here: a job begins with [[job]]"
    return f"{key} belongs to no job: it must stand below a line [[job]]"
