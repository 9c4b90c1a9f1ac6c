"""What the reconciler asks of the ledger: who leads, what is due, what is believed to lie in Redis."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, and_, exists, func, or_, select, true, update

from worker.models import Kind, State
from worker.store import schema
from worker.store.database import insert_into
from worker.store.transaction import Transaction

BATCH = 5_000  # ids a statement: SQLite takes 32,766 parameters, PostgreSQL 65,535
PROMISED_S = 60.0  # the longest interval a host may ask for: its next turn lies no further ahead
LOOKED_AT = 1_000  # rows a pass looks at, at least: a millisecond or two
LEADER_S = 10.0  # a leader that has not renewed for so long is replaced


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A row to publish: what its message carries, and which queue it belongs on."""

    url_id: int
    kind: Kind
    url: str
    suspect: bool


def lead(tx: Transaction, *, owner: str, name: str = "reconciler") -> tuple[bool, bool]:
    """Take or renew the lead; return (leading, taken over from one who fell silent)."""
    table = schema.lease
    row = tx.connection.execute(select(table).where(table.c.name == name).with_for_update()).one_or_none()
    if row is not None and row.owner != owner and row.until >= tx.now:
        return False, False
    values = {"name": name, "owner": owner, "until": tx.now + LEADER_S}
    statement = insert_into(tx.connection, table).values(values)
    won = tx.connection.execute(
        statement.on_conflict_do_update(
            index_elements=["name"], set_=values, where=or_(table.c.owner == owner, table.c.until < tx.now)
        ).returning(table.c.name)
    ).one_or_none()
    return won is not None, row is not None and row.owner != owner


def resign(tx: Transaction, *, owner: str, name: str = "reconciler") -> None:
    """Give the lead up, if it is ours, so that the next one need not wait."""
    table = schema.lease
    tx.connection.execute(update(table).where(table.c.name == name, table.c.owner == owner).values(owner="", until=tx.now - 1))


def forget_published(tx: Transaction, *, before: float) -> int:
    """Believe no longer that rows published before *before* lie in Redis; return how many."""
    table = schema.url
    return tx.connection.execute(
        update(table)
        .where(schema.stands(State.PENDING), table.c.published_at.is_not(None), table.c.published_at < before)
        .values(published_at=None)
    ).rowcount


def choose_due(tx: Transaction, *, window: int, per_host: int) -> list[Due]:
    """Choose up to *window* due rows and mark them published: those whose promised turn has come, then urgent ones, then all.

    No host gets more than *per_host* rows in Redis at once, nor while so many wait for a turn that it has promised them:
    else each that comes back would make room for another, which comes back with a still later turn, and so on through its
    whole backlog. The next place goes to the host that has the fewest, and among those to the row that has been due the
    longest. Suspects are left to `choose_suspects`.
    """
    chosen: list[Due] = []
    if window <= 0:
        return chosen
    handed_out = _in_redis(tx)
    chosen += _choose(tx, (schema.url.c.promised,), window, per_host, handed_out)
    handed_out.update(_promised(tx))
    for condition in ((schema.url.c.urgent,), ()):
        chosen += _choose(tx, condition, window - len(chosen), per_host, handed_out)
    return chosen


def _choose(
    tx: Transaction, condition: tuple[ColumnElement[bool], ...], window: int, per_host: int, handed_out: Counter[str]
) -> list[Due]:
    """Choose among the due rows that meet *condition* and mark them published; count them into *handed_out*."""
    hosts = _walk(*condition)
    due = exists().where(schema.url.c.host == hosts.c.host, *_ready(tx.now), *condition).correlate(hosts)
    n_hosts = tx.connection.execute(select(func.count()).select_from(hosts).where(due)).scalar_one() if window > 0 else 0
    if not n_hosts:
        return []
    depth = min(per_host, window, math.ceil(max(2 * window, LOOKED_AT) / n_hosts))  # twice a fair share: some give less
    ahead: Counter[str] = Counter()
    candidates: list[tuple[int, Any]] = []
    for row in tx.connection.execute(_first_of_each(tx, hosts, condition, depth)):
        place = handed_out[row.host] + ahead[row.host]
        if place < per_host:
            candidates.append((place, row))
        ahead[row.host] += 1
    chosen = [row for _, row in sorted(candidates, key=lambda c: (c[0], c[1].next_at))[:window]]
    handed_out.update(row.host for row in chosen)
    return _mark_published(tx, chosen)


def _walk(*condition: ColumnElement[bool]) -> CTE:
    """Return the hosts with unpublished pending rows, by skipping from one to the next along the index."""
    table = schema.url
    some = and_(schema.stands(State.PENDING), table.c.published_at.is_(None), *condition)
    walk = select(func.min(table.c.host).label("host")).where(some).cte("walk", recursive=True)
    following = select(func.min(table.c.host)).where(some, table.c.host > walk.c.host).scalar_subquery()
    return walk.union_all(select(following).where(walk.c.host.is_not(None)))


def _first_of_each(
    tx: Transaction, hosts: CTE, condition: tuple[ColumnElement[bool], ...], depth: int
) -> Select[int, str, str, str, bool, float]:
    """Return a query for the first *depth* due rows of each of *hosts*, in their order."""
    table, inner = schema.url, schema.url.alias("inner_url")
    first = (
        _due()
        .where(table.c.host == hosts.c.host, *_ready(tx.now), *condition)
        .order_by(table.c.next_at)
        .limit(depth)
        .correlate(hosts)
    )
    if tx.connection.dialect.name == "sqlite":  # knows no LATERAL
        ids = first.with_only_columns(table.c.id).scalar_subquery()
        rows = select(inner.c.id, inner.c.kind, inner.c.url, inner.c.host, inner.c.suspect, inner.c.next_at)
        return rows.select_from(hosts.join(inner, inner.c.id.in_(ids))).order_by(inner.c.host, inner.c.next_at)
    each = first.lateral("each")
    return select(*each.c).select_from(hosts.join(each, true())).order_by(each.c.host, each.c.next_at)


def choose_suspects(tx: Transaction, *, limit: int) -> list[Due]:
    """Choose up to *limit* due suspects and mark them published; they run alone."""
    table = schema.url
    rows = _due().where(*_ready(tx.now, suspect=True)).order_by(table.c.next_at).limit(limit)
    return _mark_published(tx, list(tx.connection.execute(rows)))


def _due() -> Select[int, str, str, str, bool, float]:
    table = schema.url
    return select(table.c.id, table.c.kind, table.c.url, table.c.host, table.c.suspect, table.c.next_at)


def _ready(now: float, *, suspect: bool = False) -> tuple[ColumnElement[bool], ...]:
    table = schema.url
    kind_of = table.c.suspect if suspect else table.c.suspect.is_(False)
    return schema.stands(State.PENDING), table.c.published_at.is_(None), table.c.next_at <= now, kind_of


def _in_redis(tx: Transaction) -> Counter[str]:
    return _counted(tx, schema.stands(State.PENDING), schema.url.c.published_at.is_not(None))


def _promised(tx: Transaction) -> Counter[str]:
    table = schema.url
    soon = table.c.next_at <= tx.now + PROMISED_S
    return _counted(tx, schema.stands(State.PENDING), table.c.published_at.is_(None), table.c.promised, soon)


def _counted(tx: Transaction, *which: ColumnElement[bool]) -> Counter[str]:
    """Return how many rows each host has of *which*."""
    table = schema.url
    rows = tx.connection.execute(select(table.c.host, func.count()).where(*which).group_by(table.c.host))
    return Counter({host: n for host, n in rows})  # noqa: C416  # a Row is no plain tuple to the type checker


def _mark_published(tx: Transaction, rows: Sequence[Any]) -> list[Due]:
    table = schema.url
    for start in range(0, len(rows), BATCH):
        ids = sorted(row.id for row in rows[start : start + BATCH])
        tx.connection.execute(update(table).where(table.c.id.in_(ids)).values(published_at=tx.now))
    return [Due(url_id=row.id, kind=Kind(row.kind), url=row.url, suspect=bool(row.suspect)) for row in rows]


def unpublish(tx: Transaction, url_ids: list[int]) -> None:
    """Take back that these rows were published, because Redis did not take their messages."""
    table = schema.url
    for start in range(0, len(url_ids), BATCH):
        ids = sorted(url_ids[start : start + BATCH])
        tx.connection.execute(update(table).where(table.c.id.in_(ids), schema.stands(State.PENDING)).values(published_at=None))
