"""What an operator says of single sites, in `sites.toml`: where their pages keep title, body, authors, date and pictures.

A file that cannot be used is told with every mistake, its line and what to write instead.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from config.tables import Mistake, Table, TablesMistake, WhyNot, read_tables

__all__ = ["Mistake", "SiteRule", "SitesMistake", "read_sites"]

EXAMPLES = {  # every key of a site, and what it looks like
    "name": 'name = "courier"',
    "host": 'host = "*.example.org"',
    "path": 'path = "/news/"',
    "title": 'title = "h1.headline"',
    "body": 'body = "div.article-text"',
    "remove": "remove = ['.newsletter', 'aside.related']",
    "authors": 'authors = ".byline a"',
    "date": 'date = "time.published"',
    "modified": 'modified = "time.updated"',
    "lead_image": 'lead_image = "figure.opener img"',
    "images": 'images = "figure.photo"',
    "next_page": 'next_page = "a.next-page"',
    "article": "article = false",
    "language": 'language = "de"',
    "zone": 'zone = "Europe/Berlin"',
}
SELECTORS = ("title", "body", "remove", "authors", "date", "modified", "lead_image", "images", "next_page")
SitesMistake = TablesMistake

_ALSO = ("sites", "rule", "rules", "host")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")  # of BCP 47, what pages are written in


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRule:
    """One site: for pages at *hosts* (`*.` before one means it and all below it) whose path begins with *path*.

    The rest are CSS selectors, the most wanted first; but *article* is the verdict for all these pages, *language*
    (BCP 47) and *zone* (IANA) are theirs.
    """

    name: str
    hosts: tuple[str, ...]
    path: str
    title: tuple[str, ...]
    body: tuple[str, ...]
    remove: tuple[str, ...]
    authors: tuple[str, ...]
    date: tuple[str, ...]
    modified: tuple[str, ...]
    lead_image: tuple[str, ...]
    images: tuple[str, ...]
    next_page: tuple[str, ...]
    article: bool | None
    language: str | None
    zone: str | None
    line: int


def read_sites(path: Path, *, why_no_host: WhyNot, why_no_selector: WhyNot) -> tuple[SiteRule, ...]:
    """Return the rules of the file at *path* in their order; the other two say why a text is no host, or no CSS selector.

    Raises SitesMistake with every mistake, and OSError when the file cannot be read.
    """
    found, mistakes = read_tables(path, "site", also=_ALSO)
    tables = [SiteTable(values, lines) for values, lines in found]
    rules = [(table, table.rule(why_no_host, why_no_selector)) for table in tables]
    _refuse_twins(rules)
    mistakes += [mistake for table in tables for mistake in table.mistakes]
    if mistakes:
        raise SitesMistake(mistakes)
    return tuple(rule for _, rule in rules)


class SiteTable(Table):
    """One `[[site]]` as it stands in the file."""

    examples = EXAMPLES

    def rule(self, why_no_host: WhyNot, why_no_selector: WhyNot) -> SiteRule:
        """Return the rule; what cannot be meant is left out of it, and noted as a mistake."""
        self.refuse_strangers("site")
        hosts = self._hosts(why_no_host)
        selectors = {key: self._selectors(key, why_no_selector) for key in SELECTORS}
        if self.values.keys() <= {"name", "host", "path"}:
            self.wrong("", f"this site has no rule: say what is where, such as {EXAMPLES['body']}")
        return SiteRule(
            name=self.text("name") or (hosts[0] if hosts else ""),
            hosts=hosts,
            path=self._path(),
            article=self._article(),
            language=self._language(),
            zone=self.zone("zone"),
            line=self.line,
            **selectors,
        )

    def _texts(self, key: str) -> tuple[str, ...]:
        """Return one text or a list of them."""
        value = self.values.get(key, [])
        texts = [value] if isinstance(value, str) else value
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            self.wrong(key, f"{key} must be text in quotes or a list of such texts, such as {EXAMPLES[key]}")
            return ()
        return tuple(text.strip() for text in texts)

    def _hosts(self, why_not: WhyNot) -> tuple[str, ...]:
        if not self.values.get("host"):
            self.wrong("host", f"this site has no host: add {EXAMPLES['host']}")
            return ()
        hosts = tuple(host.lower() for host in self._texts("host"))
        for host in hosts:
            bare = host.removeprefix("*.")
            if "/" in host or "*" in bare:
                self.wrong("host", f"{host!r}: write the host alone, such as {EXAMPLES['host']}; what follows it is the path")
            elif (reason := why_not(bare)) is not None:
                self.wrong("host", f"{host!r} is no host: {reason}")
        return hosts

    def _path(self) -> str:
        path = self.text("path")
        if path is None:
            return "/"
        if not path.startswith("/"):
            self.wrong("path", f"a path begins with a slash, such as {EXAMPLES['path']}; it is a beginning, and no pattern")
        return path

    def _selectors(self, key: str, why_not: WhyNot) -> tuple[str, ...]:
        found = self._texts(key)
        for selector in found:
            if (reason := why_not(selector)) is not None:
                self.wrong(key, f"{selector!r} is no CSS selector{reason}; write one such as {EXAMPLES[key]}")
        return found

    def _article(self) -> bool | None:
        value = self.values.get("article")
        if value is not None and not isinstance(value, bool):
            self.wrong("article", "article is true or false, without quotes")
            return None
        return value

    def _language(self) -> str | None:
        language = self.text("language")
        if language is not None and not _LANGUAGE.fullmatch(language):
            self.wrong("language", f"{language!r} is no language tag (BCP 47), such as {EXAMPLES['language']}")
        return language


def _refuse_twins(rules: Iterable[tuple[SiteTable, SiteRule]]) -> None:
    """Note rules that are for the very pages of an earlier one: they would never be applied."""
    first: dict[tuple[str, str], SiteTable] = {}
    for table, rule in rules:
        for host in rule.hosts:
            if (other := first.setdefault((host, rule.path), table)) is not table:
                table.wrong("host", f"{host}{rule.path} has rules in line {other.line} already: write them into one table")
