"""Text as every database takes it: PostgreSQL refuses NUL, and half a surrogate pair is no UTF-8 at all.

Both come from outside: escapes in JSON-LD (`\\u0000`, `\\ud83d`), bytes above ASCII in HTTP headers (surrogateescape).
"""

import json
import re
from typing import Any

from sqlalchemy import Dialect, Text, TypeDecorator

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_NUL_ESCAPE = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")  # after an even number of backslashes


def storable(text: str) -> str:
    """Return *text* without NUL, half surrogate pairs replaced by U+FFFD. Idempotent."""
    return _UNSTORABLE.sub(lambda found: "" if found[0] == "\x00" else "\ufffd", text)


def storable_json(value: object) -> str:
    """Return *value* as JSON, its texts storable; other than ASCII unescaped, or Chinese would take twice the room."""
    return _NUL_ESCAPE.sub(r"\1", storable(json.dumps(value, ensure_ascii=False, separators=(",", ":"))))


class StorableText(TypeDecorator[str]):
    """A text column that stores what is `storable` of what it is given."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Return the value to bind."""
        return None if value is None else storable(value)
