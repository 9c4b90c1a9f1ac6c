"""Characters that nobody sees, put inside words so that the text cannot be searched or compared. Pure functions."""

import re
from typing import Any

from worker.models import Restored
from worker.normalise.script import HAN
from worker.normalise.tree import retold

FEWEST = 10  # of them; German typesetters part a ligature by one now and then
SHARE = 0.02  # of the letters have one behind them: every tenth word; hyphenation of words is dropped as layout before

# The joiners, the grapheme joiner, the Mongolian vowel separator, the invisible operators and the Hangul fillers; what else
# is invisible goes as layout before. Persian, Hindi and emoji need the joiners, but never between two of these letters.
SIGNS = "\u034f\u115f\u1160\u180e\u200c\u200d\u2061-\u2064\u206a-\u206f\u3164\uffa0"
_SIGN = re.compile(f"[{SIGNS}]")
_LETTER = rf"[0-9A-Za-z\u00c0-\u024f\u0370-\u03ff\u0400-\u052f{HAN}\u3041-\u30ff]"
_NOISE = re.compile(rf"(?<={_LETTER})[{SIGNS}]+(?={_LETTER})")


def rid_of_invisible(said: Restored, text: str) -> tuple[Restored, dict[str, Any]] | None:
    """Return what a page *said*, whose body is *text*, without invisible characters in words; None when it has hardly any."""
    if _SIGN.search(text) is None:
        return None
    found = len(_NOISE.findall(text))
    if found < max(FEWEST, SHARE * len(text)):
        return None
    return retold(said, lambda part: _NOISE.sub("", part), code=False), {"removed": found}
