"""What a check of `newsmill doctor` found."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a check found; *mend* says what to do when it is bad, or well but not all that one would wish."""

    subject: str
    ok: bool
    said: str
    mend: str = ""
