"""What a damaged page said before it was damaged, beside what it says.

Each kind of damage has a gate of its own, which looks at the whole article: an ordinary one passes none and comes back as it
is. The original is never changed, and what was done is counted in `quality`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any

from worker.models import Extraction, Restored
from worker.normalise.invisible import SIGNS, rid_of_invisible
from worker.normalise.lookalikes import OTHER_LETTERS, in_one_alphabet
from worker.normalise.mojibake import unspoilt
from worker.normalise.script import HAN
from worker.normalise.spacing import closed_up
from worker.normalise.tree import lines_of
from worker.normalise.unmirroring import unmirrored


class Holds(IntEnum):
    """What a text holds, each with all before it: what a repair takes, so that most texts are looked through only once."""

    NOTHING = 0  # that could be damage
    ACCENTED = 1  # a letter that begins misread UTF-8 or GB 2312
    FOREIGN = 2  # a letter that is not Latin, or an invisible character
    RARE = 3  # a Chinese character, or an invisible one


_ANY = re.compile(f"[\u00c2-\u00f4{OTHER_LETTERS}{HAN}{SIGNS}]")
_FOREIGN = re.compile(f"[{OTHER_LETTERS}{HAN}{SIGNS}]")
_RARE = re.compile(f"[{HAN}{SIGNS}]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """A kind of damage: *repair* gives what was said and an account, or None; it has nothing to do without what it *takes*."""

    name: str
    takes: Holds
    repair: Callable[[Restored, str], tuple[Restored, dict[str, Any]] | None]


# In this order, as each clears the sight for those after it: the encoding, then signs and blanks, then letters and words.
REPAIRS = (
    Repair(name="mojibake", takes=Holds.ACCENTED, repair=unspoilt),
    Repair(name="invisible", takes=Holds.RARE, repair=rid_of_invisible),
    Repair(name="spacing", takes=Holds.RARE, repair=closed_up),
    Repair(name="lookalikes", takes=Holds.FOREIGN, repair=in_one_alphabet),
    Repair(name="mirror", takes=Holds.RARE, repair=unmirrored),
)


def restored(extraction: Extraction) -> Extraction:
    """Return *extraction* with what it said before damage, and an account of that in `quality`; itself when it is sound.

    For whole articles: what is joined of several pages is restored once, at the end. Idempotent; never raises.
    """
    text = "\n".join(lines_of(extraction.document))
    if text.isascii() or extraction.reason is not None:
        return extraction
    said = Restored(
        document=extraction.document,
        title=extraction.title,
        captions=tuple(image.caption for image in extraction.images),
        editors=extraction.editors,
        authors=extraction.authors,
    )
    accounts: dict[str, Any] = {}
    holds = _holds(text)
    for damage in REPAIRS:
        if holds >= damage.takes and (repaired := damage.repair(said, text)) is not None:
            said, accounts[damage.name] = repaired
            text = "\n".join(lines_of(said.document))
            holds = _holds(text)
    return replace(extraction, restored=said, quality={**extraction.quality, **accounts}) if accounts else extraction


def _holds(text: str) -> Holds:
    if _ANY.search(text) is None:
        return Holds.NOTHING
    if _FOREIGN.search(text) is None:
        return Holds.ACCENTED
    return Holds.FOREIGN if _RARE.search(text) is None else Holds.RARE
