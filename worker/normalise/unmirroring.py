"""The text that a corrupted mirror was made of: annotations dropped, damage repaired, Simplified characters, wide punctuation."""

import re
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from worker.models import Restored
from worker.normalise.annotations import ANNOTATION, is_reading
from worker.normalise.mirror import Mirror, mirror_of
from worker.normalise.misaligned import realigned, remnants
from worker.normalise.script import is_traditional, simplified
from worker.normalise.tree import retold
from worker.normalise.width import is_folded, widened

OFTEN = 0.8  # of its occurrences a character is annotated, if the mirror does it; by hand it is once
# Two forms that the scheme of 1986 kept for names, and texts in GB 2312 cannot have: mirrors are made of such texts.
_MERGED = str.maketrans("锺馀", "钟余")
LISTED = 100  # of what was kept, repaired and left damaged: the one true mirror has one


@dataclass(slots=True)
class _Account:
    """What was done to a page; *line* counts the blocks of the body from 0, and is None outside it."""

    removed: int = 0
    kept: list[str] = field(default_factory=list)
    repairs: list[dict[str, Any]] = field(default_factory=list)
    unresolved: list[dict[str, Any]] = field(default_factory=list)


def unmirrored(said: Restored, text: str) -> tuple[Restored, dict[str, Any]] | None:
    """Return what a page *said*, whose body is *text*, before a mirror corrupted it, with an account; None when it is none.

    `annotations` of so many `types` of characters stand in the body; `removed` are those that were dropped from it, with the
    few that only repairs brought to light. `kept` lists those that the mirror does not make, `repairs` and `unresolved`
    damaged runs of characters with their line (a block of the body, from 0; null outside it). All is plain JSON.
    """
    mirror = mirror_of(text)
    if mirror is None:
        return None
    account = _Account()
    tell = partial(_unmirrored, mirror=mirror, wide=is_folded(text), account=account)
    restored = retold(said, partial(tell, line=None), tell_of=lambda line: partial(tell, line=line))
    return restored, {
        "annotations": mirror.annotations,
        "types": len(mirror.dictionary),
        "density": round(mirror.density, 3),
        "removed": account.removed,
        "kept": account.kept[:LISTED],
        "repairs": account.repairs[:LISTED],
        "unresolved": account.unresolved[:LISTED],
    }


def _unmirrored(text: str, *, line: int | None, mirror: Mirror, wide: bool, account: _Account) -> str:
    text, repairs = realigned(text, mirror)
    account.repairs += [{"line": line, "text": repair.text, "restored": _simplified(repair.restored)} for repair in repairs]
    pieces, end = [], 0
    for start, stop in remnants(text):  # damage is left to the eye as it is, but for its script
        account.unresolved.append({"line": line, "text": text[start:stop]})
        pieces += [_sound(text[end:start], line, mirror, wide, account), text[start:stop]]
        end = stop
    pieces.append(_sound(text[end:], line, mirror, wide, account))
    return _simplified("".join(pieces))


def _simplified(text: str) -> str:
    return simplified(text).translate(_MERGED)


def _sound(text: str, line: int | None, mirror: Mirror, wide: bool, account: _Account) -> str:
    """Return undamaged *text* without the mirror's annotations, and with *wide* punctuation if that was folded."""

    def without(found: re.Match[str]) -> str:
        char, syllable = found[1], found[2]
        if is_reading(char, syllable) and is_traditional(char) and mirror.rates.get(char, OFTEN) >= OFTEN:
            account.removed += line is not None
            return char
        account.kept.append(found[0])
        return found[0]

    text = ANNOTATION.sub(without, text)
    return widened(text) if wide else text
