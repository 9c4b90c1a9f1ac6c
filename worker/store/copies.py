"""Reading which stored articles are copies of which: for one article, and as a condition on many."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Row, Select, func, select, tuple_

from worker.article_json import NearCopy, Relation
from worker.normalise.likeness import agreement
from worker.store import schema

MOST = 20  # copies named of one article
MOST_MEMBERS = 200  # of a cluster looked at for them, the canonical one first


@dataclass(frozen=True, slots=True, kw_only=True)
class Copies:
    """The copies of one article; see `StoredArticle`."""

    cluster: int | None = None
    canonical_copy: int | None = None
    near_copies: tuple[NearCopy, ...] = ()


ALONE = Copies()


def copies_of(connection: Connection, ids: Sequence[int]) -> dict[int, Copies]:
    """Return the copies of the articles *ids*, by id; those without any are left out."""
    table = schema.likeness
    facts = (table.c.article_id, table.c.cluster_id, table.c.exact, table.c.signature)
    query: Select[Any] = select(*facts).where(table.c.article_id.in_(ids))
    rows = connection.execute(query).all()
    members = _members(connection, {row.cluster_id for row in rows if row.cluster_id is not None})
    links = _links(connection, [row.article_id for row in rows])
    found = {}
    for row in rows:
        same = [_same(row, other) for other in members.get(row.cluster_id, ()) if other.article_id != row.article_id]
        near = [
            _near(link) for link in links.get(row.article_id, ()) if row.cluster_id is None or link.cluster_id != row.cluster_id
        ]
        if same or near:
            best = sorted(same, key=_best_first) + sorted(near, key=_best_first)
            canonical = members[row.cluster_id][0].article_id if same else None
            found[row.article_id] = Copies(cluster=row.cluster_id, canonical_copy=canonical, near_copies=tuple(best[:MOST]))
    return found


def is_canonical(article: FromClause, others: FromClause, held: Iterable[ColumnElement[bool]]) -> ColumnElement[bool]:
    """Return the condition that a row of *article* stands for its cluster among those of its copies for which *held* is true.

    *others* is another name of the table `article`, which *held* is about. An article without a copy stands for itself.
    """
    own, other = schema.likeness.alias("own"), schema.likeness.alias("other")
    better = (
        select(other.c.article_id)
        .join(own, own.c.cluster_id == other.c.cluster_id)
        .join(others, others.c.id == other.c.article_id)
        .where(own.c.article_id == article.c.id, tuple_(*_rank(other)) < tuple_(*_rank(own)), *held)
    )
    return ~better.correlate(article).exists()


def _rank(table: FromClause) -> tuple[ColumnElement[Any], ...]:
    """Return the order of a cluster's members, the canonical one first: not a mirror, earlier, longer, and stored before."""
    return (table.c.mirror, table.c.first_at, -table.c.letters, table.c.article_id)


def _members(connection: Connection, clusters: set[int]) -> dict[int, list[Row[Any]]]:
    """Return the members of *clusters*, by cluster, the canonical one first."""
    if not clusters:
        return {}
    table, article = schema.likeness, schema.article
    place = func.row_number().over(partition_by=table.c.cluster_id, order_by=_rank(table)).label("place")
    placed = select(table.c.article_id, place).where(table.c.cluster_id.in_(clusters)).subquery()
    query: Select[Any] = (
        select(table.c.article_id, table.c.cluster_id, table.c.exact, table.c.signature, article.c.url)
        .join(placed, placed.c.article_id == table.c.article_id)
        .join(article, article.c.id == table.c.article_id)
        .where(placed.c.place <= MOST_MEMBERS)
        .order_by(placed.c.place)
    )
    found: dict[int, list[Row[Any]]] = {}
    for row in connection.execute(query):
        found.setdefault(row.cluster_id, []).append(row)
    return found


def _links(connection: Connection, ids: Sequence[int]) -> dict[int, list[Row[Any]]]:
    """Return the near copies of the articles *ids*, by article: the likest ones, as many to each as may be of its cluster too."""
    link, table, article = schema.near_copy, schema.likeness, schema.article
    place = func.row_number().over(partition_by=link.c.article_id, order_by=(link.c.likeness.desc(), link.c.other_id))
    placed = select(link, place.label("place")).where(link.c.article_id.in_(ids)).subquery()
    query: Select[Any] = (
        select(placed.c.article_id, placed.c.other_id, placed.c.likeness, table.c.cluster_id, article.c.url)
        .join(table, table.c.article_id == placed.c.other_id)
        .join(article, article.c.id == placed.c.other_id)
        .where(placed.c.place <= MOST_MEMBERS)
    )
    found: dict[int, list[Row[Any]]] = {}
    for row in connection.execute(query):
        found.setdefault(row.article_id, []).append(row)
    return found


def _same(row: Row[Any], other: Row[Any]) -> NearCopy:
    likeness = 1.0 if row.exact == other.exact else agreement(row.signature, other.signature)
    return NearCopy(id=other.article_id, url=other.url, relation=Relation.SAME, likeness=round(likeness, 2))


def _near(link: Row[Any]) -> NearCopy:
    return NearCopy(id=link.other_id, url=link.url, relation=Relation.NEAR, likeness=round(link.likeness, 2))


def _best_first(copy: NearCopy) -> tuple[float, int]:
    return -copy.likeness, copy.id
