"""The saved pages of a set, and the fold that each belongs to.

A fold holds whole domains, so that a rule or a model is judged on sites that it was not made on.
"""

import gzip
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

FOLDS = 5


def gold_of(folder: Path) -> list[dict[str, Any]]:
    """Return what is known of every page of the set in *folder*: objects with `id`, `url` (may be None) and gold fields."""
    with (folder / "gold.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def pages_of(folder: Path) -> Iterator[tuple[dict[str, Any], bytes]]:
    """Yield (gold, body as it was served) of every page of the set in *folder*."""
    for gold in gold_of(folder):
        yield gold, gzip.decompress((folder / "pages" / f"{gold['id']}.html.gz").read_bytes())


def site_of(gold: dict[str, Any]) -> str:
    """Return the last two labels of a page's host, its id when no real host is known."""
    host = urlsplit(gold.get("url") or "").hostname or ""
    return ".".join(host.split(".")[-2:]) if "." in host else str(gold["id"])


def fold_of(gold: dict[str, Any]) -> int:
    """Return the fold (0 to `FOLDS` - 1) of a page, which is that of its site."""
    return hashlib.sha256(site_of(gold).encode()).digest()[0] % FOLDS
