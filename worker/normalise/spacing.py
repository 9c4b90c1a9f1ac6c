"""Blanks between the characters of Chinese text, put there so that it cannot be searched. Pure functions."""

import re
from typing import Any

from worker.models import Restored
from worker.normalise.script import HAN
from worker.normalise.tree import retold

FEWEST = 100  # places between two Han characters; a spaced headline or a short poem decides nothing
SHARE = 0.85  # of them hold a blank: text for learners, parted by words, has one in 0.6, verse in 0.2

_BLANK = re.compile(rf" (?<=[{HAN}] )(?=[{HAN}])")
_TOGETHER = re.compile(rf"[{HAN}](?=[{HAN}])")
_MARK = "，。、；：？！（）《》“”‘’…—"
_INSERTED = re.compile(rf" (?<=[{HAN}{_MARK}] )(?=[{HAN}{_MARK}])")


def closed_up(said: Restored, text: str) -> tuple[Restored, dict[str, Any]] | None:
    """Return what a page *said*, whose body is *text*, without the blanks inside Chinese; None when it is set as usual."""
    blanks = len(_BLANK.findall(text))
    if blanks < FEWEST or blanks < SHARE * (blanks + len(_TOGETHER.findall(text))):
        return None
    return retold(said, lambda part: _INSERTED.sub("", part), code=False), {"removed": blanks}
