"""One crawl job as people write it: what its keys mean, and what is said about those that cannot be meant."""

import re
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from cronsim import CronSim, CronSimError

from config.tables import Table, WhyNot

EXAMPLES = {  # every key of a job, and what it looks like
    "name": 'name = "courier"',
    "feed": 'feed = "https://news.example/feed.xml"',
    "sitemap": 'sitemap = "https://news.example/sitemap.xml"',
    "every": 'every = "15m"',
    "cron": 'cron = "*/15 6-22 * * *"',
    "timezone": 'timezone = "Europe/Berlin"',
    "include": "include = ['/politics/']",
    "exclude": "exclude = ['/live/']",
    "limit": "limit = 100",
}
MAX_NAME = 100  # characters: it stands in tables and on command lines
MAX_EVERY_S = 366 * 86_400  # what is rarer than once a year is a date, and cron says dates
CRON_FIELDS = 5  # a sixth, seconds, would promise more than a clock that ticks every few seconds can keep
_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_DURATION = re.compile(r"([0-9]{1,6})\s*([smhdw])")
NOT_IN_NAMES = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")  # controls, direction marks


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlJob:
    """One job: what it reads, when, and which links it takes. Either *every* (seconds) or *cron* is set.

    *timezone* is that of *cron*; *include* and *exclude* are regular expressions; *limit* bounds the new links of a run.
    """

    name: str
    form: Literal["feed", "sitemap"]
    url: str
    every: int | None
    cron: str | None
    timezone: str
    include: tuple[str, ...]
    exclude: tuple[str, ...]
    limit: int | None
    line: int


class JobTable(Table):
    """One `[[job]]` as it stands in the file."""

    examples = EXAMPLES

    @property
    def name(self) -> str | None:
        """What the job is called, if it is called anything."""
        name = self.values.get("name")
        return name if isinstance(name, str) else None

    def job(self, why_not: WhyNot) -> CrawlJob | None:
        """Return the job; None, with its mistakes noted, when it is none."""
        self.refuse_strangers("job")
        name, form, every = self._name(), self._one_of("feed", "sitemap"), self._one_of("every", "cron")
        found = CrawlJob(
            name=name or "",
            form="sitemap" if form == "sitemap" else "feed",
            url=(self._url(form, why_not) if form else None) or "",
            every=self._every() if every == "every" else None,
            cron=self._cron() if every == "cron" else None,
            timezone=self.zone("timezone") or "UTC",
            include=self._patterns("include"),
            exclude=self._patterns("exclude"),
            limit=self._limit(),
            line=self.line,
        )
        return None if self.mistakes else found

    def _one_of(self, one: str, other: str) -> str | None:
        """Return which of two keys there is."""
        given = [key for key in (one, other) if key in self.values]
        if len(given) == 2:
            self.wrong(other, f"there is {one} and {other}: keep one of them")
        elif not given:
            self.wrong("", f"this job has neither {one} nor {other}: add {EXAMPLES[one]} or {EXAMPLES[other]}")
        return given[0] if len(given) == 1 else None

    def _name(self) -> str | None:
        if "name" not in self.values:
            self.wrong("", f"this job has no name: add {EXAMPLES['name']}")
            return None
        name = self.text("name")
        if name is not None and (not name or name != name.strip() or len(name) > MAX_NAME or NOT_IN_NAMES.search(name)):
            self.wrong("name", f"a name has 1 to {MAX_NAME} characters in one line, and no blanks around it")
        return name

    def _url(self, key: str, why_not: WhyNot) -> str | None:
        said = self.text(key)
        if said is None:
            return None
        url = said.strip()
        if not url.lower().startswith(("http://", "https://")):
            self.wrong(key, f"{url!r} is no web address: write it with http:// or https://, such as {EXAMPLES[key]}")
        elif reason := why_not(url):
            self.wrong(key, f"{key} cannot be asked: {reason}")
        return url

    def _every(self) -> int | None:
        said = self.text("every")
        if said is None:
            return None
        found = _DURATION.fullmatch(said.strip())
        seconds = int(found[1]) * _SECONDS[found[2]] if found else 0
        if not 1 <= seconds <= MAX_EVERY_S:
            self.wrong(
                "every",
                f"{said!r} is no time between 1s and 366d: write a number with s, m, h, d or w, such as {EXAMPLES['every']}",
            )
        return seconds

    def _cron(self) -> str | None:
        said = self.text("cron")
        if said is None:
            return None
        reason = _why_no_cron(said)
        if reason is not None:
            self.wrong(
                "cron",
                f"{said!r}: {reason}; write minute, hour, day of month, month and day of week, such as {EXAMPLES['cron']}",
            )
        return said

    def _patterns(self, key: str) -> tuple[str, ...]:
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(pattern, str) for pattern in value):
            self.wrong(key, f"{key} must be a list of texts, such as {EXAMPLES[key]}")
            return ()
        for pattern in value:
            reason = _why_no_pattern(pattern)
            if reason is not None:
                self.wrong(key, f"{pattern!r} is no regular expression: {reason}")
        return tuple(value)

    def _limit(self) -> int | None:
        limit = self.values.get("limit")
        if limit is None:
            return None
        if type(limit) is not int or limit < 1:  # a bool is an int to Python, and no number to people
            self.wrong("limit", f"limit must be a whole number of at least 1, such as {EXAMPLES['limit']}")
            return None
        return limit


def _why_no_cron(said: str) -> str | None:
    if len(said.split()) != CRON_FIELDS:
        return f"there are {len(said.split())} fields, not {CRON_FIELDS}"
    try:
        first = next(CronSim(said, datetime.now(UTC)), None)
    except CronSimError as error:
        return str(error)
    return None if first else "there is no such day in the next 50 years"


def _why_no_pattern(pattern: str) -> str | None:
    if not pattern:
        return "it is empty, and would be found in every URL"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what another Python may read in another way one day
            re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        return str(error)
    return None
