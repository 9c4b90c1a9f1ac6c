"""TOML files of tables that people write, such as `[[job]]`: every mistake is told with its line, which tomllib keeps of none."""

import codecs
import re
import tomllib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

WhyNot = Callable[[str], str | None]  # says of a text why it cannot be used, if it cannot

_KEY_LINE = re.compile(r"\s*[\"']?([A-Za-z0-9_-]+)[\"']?\s*[=.]")
_AT_LINE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)")


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """What is wrong in which line, and what to write instead."""

    line: int
    sentence: str


class TablesMistake(ValueError):
    """The file cannot be used; *mistakes* says all that is wrong with it, by line."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(sorted(mistakes))
        super().__init__("; ".join(f"line {mistake.line}: {mistake.sentence}" for mistake in self.mistakes))


class Table:
    """One table as it stands in the file; *lines* has the line of each key, and of the table itself under "".

    *examples* has every key that means something, with a line that shows it.
    """

    examples: Mapping[str, str] = {}

    def __init__(self, values: Mapping[str, Any], lines: Mapping[str, int]) -> None:
        self.values = values
        self.lines = lines
        self.mistakes: list[Mistake] = []

    @property
    def line(self) -> int:
        """Where the table begins."""
        return self.lines.get("", 1)

    def wrong(self, key: str, sentence: str) -> None:
        """Note a mistake about *key*."""
        self.mistakes.append(Mistake(self.lines.get(key, self.line), sentence))

    def refuse_strangers(self, kind: str) -> None:
        """Note every key that means nothing to a table of this *kind*."""
        for key in self.values:
            if key not in self.examples:
                self.wrong(key, f"{key} means nothing to a {kind}; {meant(key, self.examples)}")

    def text(self, key: str) -> str | None:
        """Return the text under *key*, None without any."""
        value = self.values.get(key)
        if value is None or isinstance(value, str):
            return value
        self.wrong(key, f"{key} must be text in quotes, such as {self.examples[key]}")
        return None

    def zone(self, key: str) -> str | None:
        """Return the IANA name of a time zone under *key*, None without any."""
        name = self.text(key)
        if name is None:
            return None
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError):  # unknown; not a name at all; a folder of the database, such as "Europe"
            names = available_timezones()
            same = next((known for known in names if known.lower() == name.lower()), None)
            self.wrong(key, f"{name!r} is no time zone; {meant(same or name, names, such_as=self.examples[key])}")
        return name


def read_tables(
    path: Path, kind: str, *, also: Collection[str]
) -> tuple[list[tuple[dict[str, Any], dict[str, int]]], list[Mistake]]:
    """Return values and lines of each `[[kind]]` in the file at *path*, and what is wrong outside of them.

    *also* are words that somebody may write who means `[[kind]]`. Raises TablesMistake when the file is no TOML, and OSError.
    """
    text = _decoded(path.read_bytes())
    content = _parsed(text, kind)
    lines = list(_lines_of_tables(text, kind))
    mistakes: list[Mistake] = []
    found = content.pop(kind, [])
    if not isinstance(found, list) or not all(isinstance(values, dict) for values in found):
        found = []
        mistakes.append(Mistake(_line_of(kind, text), f"a {kind} begins with [[{kind}]], in two pairs of brackets"))
    for key in content:
        if key.lower() in also:
            said = f"{key} means nothing here: a {kind} begins with [[{kind}]]"
        else:
            said = f"{key} belongs to no {kind}: it must stand below a line [[{kind}]]"
        mistakes.append(Mistake(_line_of(key, text), said))
    return [(values, lines[n] if n < len(lines) else {}) for n, values in enumerate(found)], mistakes


def meant(word: str, known: Collection[str], *, such_as: str | None = None) -> str:
    """Return what somebody who wrote *word* may have meant."""
    close = get_close_matches(word, known, n=1)
    if close:
        return f"did you mean {close[0]!r}?"
    return f"write one such as {such_as}" if such_as else f"there are {', '.join(known)}"


def _decoded(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise TablesMistake([Mistake(1, "the file is UTF-16: save it as UTF-8")])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise TablesMistake([Mistake(line, "there is a character that is not UTF-8: save the file as UTF-8")]) from error


def _parsed(text: str, kind: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        said = str(error)
        at = _AT_LINE.search(said)
        line = int(at[1]) if at is not None and at[1] else max(1, len(text.splitlines()))
        reason = _AT_LINE.sub("", said)
        hint = "; a regular expression stands in single quotes, such as '\\d+'" if "Unescaped '\\'" in said else ""
        raise TablesMistake([Mistake(line, f"this is no TOML: {reason}{hint}")]) from error
    except RecursionError as error:
        raise TablesMistake([Mistake(1, f"this is nested too deeply to be {kind}s")]) from error


def _lines_of_tables(text: str, kind: str) -> Iterator[dict[str, int]]:
    """Yield for each `[[kind]]` the line of each of its keys and, under "", its own."""
    begins = re.compile(rf"\s*\[\[\s*[\"']?{kind}[\"']?\s*\]\]")
    current: dict[str, int] | None = None
    for number, line in enumerate(text.split("\n"), 1):
        if begins.match(line):
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
