"""Which stored articles are copies of each other: clusters of those that are the same, links between those that are near.

A cluster holds the articles that are `SAME` along some chain of pairs. Everything here only adds to what is known of
articles: none is changed, dropped or merged, and no URL ends otherwise for it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, delete, insert, select, text, update

from worker.models import Extraction, Likeness
from worker.normalise.likeness import NEAR, SAME, agreement
from worker.store import schema
from worker.store.bands import enter_bands, remove_bands

MOST_LINKS = 20  # to near copies, made for one article
MOST_REGROUPED = 64  # members of a cluster compared pair by pair: 2,000 pairs take 5 ms
LOCK = 0x636F7079  # "copy": our key among PostgreSQL's advisory locks

_TABLE = schema.likeness
_EXACT = (
    select(_TABLE.c.article_id)
    .where(_TABLE.c.exact == bindparam("exact"), _TABLE.c.algo == bindparam("algo"), _TABLE.c.article_id != bindparam("but"))
    .limit(1)
)
_INSERT = insert(_TABLE)
_AMONG = _TABLE.c.article_id.in_(bindparam("ids", expanding=True))
_NUMBERS = select(_TABLE.c.article_id, _TABLE.c.cluster_id).where(_AMONG)
_PUT = update(_TABLE).where(_AMONG).values(cluster_id=bindparam("number"))
_NEW = insert(schema.cluster).returning(schema.cluster.c.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """What is known of an article among its copies; the canonical one is no mirror, earlier than the others, and longer."""

    likeness: Likeness
    mirror: bool
    first_at: float


def copy_of(extraction: Extraction, likeness: Likeness | None, *, fetched_at: float) -> Copy | None:
    """Return what an article is among its copies; None when its text is too short for it to have any."""
    if likeness is None:
        return None
    mirror = "mirror" in extraction.quality  # another damage is of the page itself, which may be the original all the same
    return Copy(likeness=likeness, mirror=mirror, first_at=_first_at(extraction.published_at, fetched_at))


def _first_at(published_at: str | None, fetched_at: float) -> float:
    """Return when an article is known to have been there first; a bare date counts from its beginning in UTC."""
    try:
        said = datetime.fromisoformat(published_at or "")
        at = (said if said.tzinfo else said.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return fetched_at
    return min(at, fetched_at)  # what is dated ahead was there when it was fetched


def enter(connection: Connection, articles: Mapping[int, Copy | None]) -> None:
    """Enter *articles*, by id, into the clusters where they belong now; None takes one out. Idempotent.

    To be called as the last step of a transaction: on PostgreSQL it waits for other transactions that do the same, since two
    copies that are committed at the same moment would not see each other. Who holds that lock waits for nobody, as these
    tables are written under it alone.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
    known = select(_TABLE).where(_TABLE.c.article_id.in_(articles))
    before = {row.article_id: row for row in connection.execute(known)}
    for article_id, copy in articles.items():
        was, columns = before.get(article_id), _columns(copy) if copy is not None else None
        if was is None or columns is None or not columns.items() <= was._asdict().items():
            _enter(connection, article_id, copy, was)


def _enter(connection: Connection, article_id: int, copy: Copy | None, was: Row[Any] | None) -> None:
    left = _take_out(connection, was) if was is not None else None
    if copy is not None:
        connection.execute(_INSERT, {"article_id": article_id, **_columns(copy)})
        _join(connection, article_id, copy.likeness)
    if left is not None:  # after it has joined: one that was edited finds its cluster where it was
        _regroup(connection, left)


def _columns(copy: Copy) -> dict[str, object]:
    alike = copy.likeness
    return {"algo": alike.algo, "exact": alike.exact, "signature": alike.signature, "letters": alike.letters,
            "mirror": copy.mirror, "first_at": copy.first_at}  # fmt: skip


def _take_out(connection: Connection, was: Row[Any]) -> int | None:
    """Take an article out of everything; return the number of the cluster that it leaves, whose other members stay."""
    article_id, links = was.article_id, schema.near_copy
    own = delete(links).where(links.c.article_id == article_id).returning(links.c.other_id)
    others = connection.execute(own).scalars().all()
    connection.execute(delete(links).where(links.c.article_id.in_(others), links.c.other_id == article_id))
    if was.signature is not None:
        remove_bands(connection, article_id, was.signature)
    gone = delete(_TABLE).where(_TABLE.c.article_id == article_id).returning(_TABLE.c.cluster_id)
    number: int | None = connection.execute(gone).scalar_one()
    return number


def _join(connection: Connection, article_id: int, alike: Likeness) -> None:
    """Find the copies of an article, make its bands known to those to come, and put it beside those it is alike."""
    exact = {"exact": alike.exact, "algo": alike.algo, "but": article_id}
    same = set(connection.execute(_EXACT, exact).scalars())  # one of them, as all are in its cluster
    if alike.signature is not None:
        candidates = enter_bands(connection, article_id, alike.signature, algo=alike.algo)
        likeness = {candidate.article_id: agreement(alike.signature, candidate.signature) for candidate in candidates}
        same |= {other for other, share in likeness.items() if share >= SAME}
        _link(connection, article_id, {other: share for other, share in likeness.items() if NEAR <= share < SAME})
    if same:
        _unite(connection, {article_id, *same})


def _link(connection: Connection, article_id: int, near: Mapping[int, float]) -> None:
    best = sorted(near.items(), key=lambda link: (-link[1], link[0]))[:MOST_LINKS]
    rows = [
        {"article_id": one, "other_id": other, "likeness": likeness}
        for copy_id, likeness in best
        for one, other in ((article_id, copy_id), (copy_id, article_id))
    ]
    if rows:
        connection.execute(insert(schema.near_copy), rows)


def _unite(connection: Connection, ids: Iterable[int]) -> None:
    """Put *ids*, and whatever is in a cluster with one of them, into one cluster: the oldest of theirs."""
    rows = connection.execute(_NUMBERS, {"ids": list(ids)}).all()
    numbers = sorted({row.cluster_id for row in rows if row.cluster_id is not None})
    number = numbers[0] if numbers else _new_cluster(connection)
    if numbers[1:]:
        connection.execute(update(_TABLE).where(_TABLE.c.cluster_id.in_(numbers[1:])).values(cluster_id=number))
    _put(connection, [row.article_id for row in rows if row.cluster_id is None], number)


def _regroup(connection: Connection, number: int) -> None:
    """Part the cluster *number*, which an article has left, where that one alone held it together; the largest part keeps it."""
    facts = (_TABLE.c.article_id, _TABLE.c.algo, _TABLE.c.exact, _TABLE.c.signature)
    query: Select[Any] = (
        select(*facts).where(_TABLE.c.cluster_id == number).order_by(_TABLE.c.article_id).limit(MOST_REGROUPED + 1)
    )
    members = connection.execute(query).all()
    if len(members) > MOST_REGROUPED:  # one of so many is hardly what held them together
        return
    parts: list[list[Row[Any]]] = []
    for member in members:
        touching = [part for part in parts if any(_is_same(member, other) for other in part)]
        parts = [part for part in parts if part not in touching]
        parts.append([*(other for part in touching for other in part), member])
    parts.sort(key=lambda part: (-len(part), part[0].article_id))
    for place, part in enumerate(parts):
        if len(part) == 1:
            _put(connection, [part[0].article_id], None)
        elif place > 0:
            _put(connection, [member.article_id for member in part], _new_cluster(connection))


def _is_same(one: Row[Any], other: Row[Any]) -> bool:
    if one.algo != other.algo:
        return False
    if one.exact == other.exact:
        return True
    both = one.signature is not None and other.signature is not None
    return both and agreement(one.signature, other.signature) >= SAME


def _put(connection: Connection, ids: Sequence[int], number: int | None) -> None:
    connection.execute(_PUT, {"ids": ids, "number": number})


def _new_cluster(connection: Connection) -> int:
    return int(connection.execute(_NEW).scalar_one())
