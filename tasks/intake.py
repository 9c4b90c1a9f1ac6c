"""URLs as people bring them: arguments, files, standard input; accepted into the ledger in batches."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from sqlalchemy import Engine

from worker.errors import InvalidUrl
from worker.models import State
from worker.store.accept import Accepted, Candidate, accept
from worker.store.transaction import transaction
from worker.urls import canonicalise, fingerprint, host_of, masked

BLANKS = " \t\r\n\f"  # around a URL, as `canonicalise` passes them over
SHOWN = 200  # characters of a line that is no URL: enough to find it
BATCH = 2_000  # URLs a transaction: a SIGKILL loses at most what was not yet called accepted


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One URL as it was brought, and where it stood: a line of a file, or the n-th argument."""

    place: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Invalid:
    """A line that is no URL to ingest, and why."""

    line: Line
    reason: str

    def __str__(self) -> str:
        shown = masked(self.line.text)[:SHOWN]
        return f"{self.line.place}: {self.reason}" if shown in self.reason else f"{self.line.place}: {shown!r}: {self.reason}"


@dataclass(slots=True)
class Intake:
    """What became of the URLs that were brought: row ids of new and known ones, and the lines refused."""

    new: list[int] = field(default_factory=list)
    known: dict[int, State] = field(default_factory=dict)
    invalid: list[Invalid] = field(default_factory=list)
    repeated: int = 0  # lines that brought a URL of an earlier line once more, in whatever form
    brought: dict[int, str] = field(default_factory=dict)  # row id → URL as given


def lines_of(arguments: Sequence[str], source: str | None) -> Iterator[Line]:
    """Yield the URLs of the command line, then those of *source* (a file, or "-"), one a line; blank and # lines are passed over.

    Raises FileNotFoundError and other OSError of the file.
    """
    for n, text in enumerate(arguments, 1):
        yield Line(place=f"argument {n}", text=text)
    if source is None:
        return
    if source == "-":
        yield from _numbered(sys.stdin, "line")
        return
    with Path(source).open(encoding="utf-8-sig", errors="replace") as file:
        yield from _numbered(file, f"{source}, line")


def _numbered(file: Iterable[str], place: str) -> Iterator[Line]:
    for n, raw in enumerate(file, 1):
        text = raw.strip()
        if text and not text.startswith("#"):
            yield Line(place=f"{place} {n}", text=text)


def take_in(engine: Engine, lines: Iterable[Line], *, job: str, urgent: bool) -> Intake:
    """Accept *lines* batch by batch, each durable before the next is read; return what became of them."""
    account = Intake()
    rest = iter(lines)
    while batch := list(islice(rest, BATCH)):
        candidates = [candidate for line in batch if (candidate := _candidate(line, account)) is not None]
        with transaction(engine) as tx:
            answers = accept(tx, candidates, job=job, urgent=urgent)
        for candidate, answer in zip(candidates, answers, strict=True):
            _note(account, candidate, answer)
    return account


def _candidate(line: Line, account: Intake) -> Candidate | None:
    try:
        key = canonicalise(line.text)
    except InvalidUrl as error:
        account.invalid.append(Invalid(line=line, reason=error.detail))
        return None
    return Candidate(url=line.text.strip(BLANKS), fingerprint=fingerprint(key), host=host_of(key))


def _note(account: Intake, candidate: Candidate, answer: Accepted) -> None:
    if answer.url_id in account.brought:
        account.repeated += 1
        return
    account.brought[answer.url_id] = candidate.url
    if answer.new:
        account.new.append(answer.url_id)
    else:
        account.known[answer.url_id] = answer.state
