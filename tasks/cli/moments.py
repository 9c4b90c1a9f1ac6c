"""Points in time as people write them on a command line, and spans of time as they read them."""

import re
import time
from datetime import datetime, timedelta

import click

_AGO = re.compile(r"(\d{1,6})\s*([smhdw])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_UNITS = ((86_400, 3_600, "d"), (3_600, 60, "h"), (60, 1, "min"), (1, 1, "s"))  # each with the next smaller one


def span(seconds: float) -> str:
    """Return a span of time, rounded, in the largest unit that it fills: `45 s`, `2 min`, `1 h`, `3 d`."""
    size, unit = next(((size, unit) for size, less, unit in _UNITS if seconds >= size - less / 2), (1, "s"))
    return f"{max(0.0, seconds) / size:.0f} {unit}"


class Moment(click.ParamType[float]):
    """ISO 8601 (this machine's zone without an offset), or an age such as 30m, 12h, 7d; gives epoch seconds.

    A bare date is its first instant, or with *through* the one after its last, so that `--until` a day includes it.
    """

    name = "time"

    def __init__(self, *, through: bool = False) -> None:
        self._through = through

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return *value* as epoch seconds; a value that is no time ends the command with a sentence."""
        if isinstance(value, int | float):
            return float(value)
        said = str(value).strip()
        if ago := _AGO.fullmatch(said):
            return time.time() - int(ago[1]) * _SECONDS[ago[2]]
        try:
            moment = datetime.fromisoformat(said)
            if self._through and _DAY.fullmatch(said):
                moment += timedelta(days=1)
            return moment.timestamp()
        except (ValueError, OverflowError, OSError):
            self.fail(f"{said!r} is no time: use 2026-11-23, 2026-11-23T08:00+01:00, or an age such as 30m, 12h, 7d.", param, ctx)


SINCE = Moment()
UNTIL = Moment(through=True)
