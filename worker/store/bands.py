"""The index over signatures: which articles share a band with one, however many articles there are.

Its statements are put together once: that takes longer than they do.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, delete, func, insert, select, text

from worker.normalise.likeness import BANDS, bands_of
from worker.store import schema

FULL_BAND = 1_000  # members: four shingles that so many articles have are their sites', not their own
MOST_CANDIDATES = 200  # compared, those that share most bands: half a millisecond

_TABLE, _LIKENESS = schema.likeness_band, schema.likeness
_NAMES = tuple(f"b{band}" for band in range(BANDS))
_ANY = _TABLE.c.band.in_([bindparam(name, type_=_TABLE.c.band.type) for name in _NAMES])

_SIZES = select(_TABLE.c.band, func.count().label("n")).where(_ANY).group_by(_TABLE.c.band)
_SHARED = (
    select(_TABLE.c.article_id, func.count().label("n"))
    .where(_ANY)
    .group_by(_TABLE.c.article_id)
    .order_by(func.count().desc(), _TABLE.c.article_id)
    .limit(MOST_CANDIDATES)
    .subquery()
)
_CANDIDATES: Select[Any] = (
    select(*(_LIKENESS.c[name] for name in ("article_id", "signature")))
    .join(_SHARED, _SHARED.c.article_id == _LIKENESS.c.article_id)
    .where(_LIKENESS.c.algo == bindparam("algo"))
)
_ROWS = ", ".join(f"(:article_id, :{name})" for name in _NAMES)
_ADD = text(f"INSERT INTO likeness_band (article_id, band) VALUES {_ROWS}")  # noqa: S608  names of parameters
_REMOVE = delete(_TABLE).where(_ANY, _TABLE.c.article_id == bindparam("of"))


def enter_bands(connection: Connection, article_id: int, signature: bytes, *, algo: int) -> Sequence[Row[Any]]:
    """Enter the bands of an article that are not full, and return those that shared one before: `article_id`, `signature`."""
    bands = bands_of(signature)
    named = dict(zip(_NAMES, bands, strict=True))
    members = {row.band: row.n for row in connection.execute(_SIZES, named)}
    open_ = [band for band in bands if members.get(band, 0) <= FULL_BAND]
    found: Sequence[Row[Any]] = ()
    if shared := [band for band in open_ if band in members]:
        asked = dict(zip(_NAMES, shared + shared[:1] * (BANDS - len(shared)), strict=True))  # one band twice is one band
        found = connection.execute(_CANDIDATES, asked | {"algo": algo}).all()
    if len(open_) == BANDS:
        connection.execute(_ADD, named | {"article_id": article_id})
    elif open_:
        connection.execute(insert(_TABLE), [{"band": band, "article_id": article_id} for band in open_])
    return found


def remove_bands(connection: Connection, article_id: int, signature: bytes) -> None:
    """Take the bands of an article, whose signature was *signature*, out of the index. Idempotent."""
    connection.execute(_REMOVE, dict(zip(_NAMES, bands_of(signature), strict=True)) | {"of": article_id})
