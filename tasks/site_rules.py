"""The rules for single sites as a process has them: from the file to the words of the work."""

import logging
from dataclasses import asdict
from pathlib import Path

from config.sites import SiteRule, SitesMistake, read_sites
from tasks.watched import stamp_of
from worker.errors import InvalidUrl
from worker.extract.site_rules import SiteBook, SiteRules, host_form, why_no_selector

log = logging.getLogger(__name__)


def site_rules(path: Path) -> tuple[SiteRules, ...]:
    """Return the rules of the file at *path*, in its order. Raises SitesMistake and OSError."""
    return tuple(map(_rules_of, read_sites(path, why_no_host=_why_no_host, why_no_selector=why_no_selector)))


class SiteFile:
    """The rules of the file at *path*, read again when it changes; without the file there are none.

    While it cannot be used, those last read stay. What is wrong with it is logged once, not with every page.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._book = SiteBook()
        self._stamp: tuple[int, ...] | None = None  # of the file that was read last; None: there was none

    def find(self, url: str) -> SiteRules | None:
        """Return the rules for the page at *url* as the file has them now. Never raises."""
        stamp = stamp_of(self._path)
        if stamp != self._stamp:
            self._stamp = stamp
            self._read()
        return self._book.find(url)

    def _read(self) -> None:
        try:
            rules = site_rules(self._path)
            self._book = SiteBook(rules)
            log.info("site_rules", extra={"file": str(self._path), "sites": len(rules)})
        except FileNotFoundError:
            self._book = SiteBook()
        except OSError as error:
            log.error("site_rules_unread", extra={"file": str(self._path), "why": error.strerror})
        except SitesMistake as mistaken:
            for mistake in mistaken.mistakes:
                log.error("site_rule_mistaken", extra={"place": f"{self._path}:{mistake.line}", "why": mistake.sentence})


def _rules_of(rule: SiteRule) -> SiteRules:
    values = asdict(rule)
    del values["line"]
    return SiteRules(**values | {"hosts": tuple(map(host_form, rule.hosts))})


def _why_no_host(host: str) -> str | None:
    try:
        host_form(host)
    except InvalidUrl as error:
        return error.detail
    return None
