"""What a page offered for a fact, for a person who asks why the extractor said what it said."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One *value* that the page offers for a fact, its *source* there, whether it was *chosen*, and *why* (or why not)."""

    value: str
    source: str
    chosen: bool
    why: str = ""
