"""How much harm the chaos tests do: a short form inside `make test`, the whole in `make chaos`."""

import os
from typing import TypeVar

LONG = os.environ.get("CHAOS") == "long"

Value = TypeVar("Value")


def sized(short: Value, long: Value) -> Value:
    """Return *long* under `make chaos`, else *short*."""
    return long if LONG else short
