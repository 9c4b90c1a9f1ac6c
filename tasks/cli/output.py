"""Data on stdout: UTF-8 whatever the locale, and nothing from a page that a terminal would obey."""

import json
import re
import sys
from typing import Any

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_LEFT_BY_JSON = re.compile(r"[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")  # it escapes only what is below a blank


def printable(text: str) -> str:
    """Return *text* without control and direction characters, but with its line breaks and tabs."""
    return _CONTROLS.sub("", text)


def one_line(text: str) -> str:
    """Return *text* as a single printable line."""
    return " ".join(printable(text.replace("\r", " ")).split())


def as_line(value: Any) -> bytes:
    """Return *value* as one line of JSON in UTF-8; a lone surrogate, which has no bytes, as a question mark."""
    return _as_json(value).encode("utf-8", "replace") + b"\n"


def write_line(value: Any) -> None:
    """Write *value* to stdout as one line of JSON."""
    write(as_line(value))


def write_json(value: Any) -> None:
    """Write *value* to stdout as JSON for programs and people."""
    write(_as_json(value, indent=2).encode("utf-8", "replace") + b"\n")


def _as_json(value: Any, *, indent: int | None = None) -> str:
    """Return *value* as JSON in which the controls of terminals, which stand in strings only, are escaped: nothing is lost."""
    return _LEFT_BY_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False, indent=indent))


def write_text(text: str) -> None:
    """Write *text* to stdout, printable, and end it with one line break."""
    write(printable(text).rstrip("\n").encode("utf-8", "replace") + b"\n")


def write(data: bytes) -> None:
    """Write bytes to stdout at once."""
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
