"""Who works on what: claims with a fence, short leases that a process renews, and what a crash leaves behind."""

from collections import Counter
from collections.abc import Collection

from sqlalchemy import ColumnElement, case, delete, literal, not_, or_, select, update

from worker.errors import Cause
from worker.exchange import Validators
from worker.models import Claim, ImageRef, ImageState, Kind, Known, LateImages, Picture, State
from worker.store import schema
from worker.store.crawls import close_runs, visit_of
from worker.store.database import insert_into
from worker.store.parking import NOT_PAUSED, is_parked, park_if_paused
from worker.store.transaction import Transaction

LEASE_S = 15.0  # three renewals: a process that misses them is dead or frozen
RENEW_S = 5.0
PROCESS_GONE_S = 30.0  # two leases without a beat
CRASHES_TO_DEATH = 3  # while alone: once may be our own kill, twice a coincidence


def claim(tx: Transaction, url_id: int, *, owner: str, alone: bool) -> Claim | None:
    """Take a row that is pending, due and (unless *alone*) no suspect; None when it is not ours to take.

    One whose job is paused is nobody's to take, and waits from now on where the job's other rows do.
    """
    table = schema.url
    row = tx.connection.execute(
        update(table)
        .where(
            table.c.id == url_id,
            table.c.state == State.PENDING,
            table.c.next_at <= tx.now,
            or_(table.c.suspect.is_(False), literal(alone)),
            NOT_PAUSED,
        )
        .values(
            state=State.IN_FLIGHT,
            owner=owner,
            alone=alone,
            fence=table.c.fence + 1,
            lease_until=tx.now + LEASE_S,
            published_at=None,
            promised=False,
            cancelled=False,
        )
        .returning(table)
    ).one_or_none()
    if row is None:
        park_if_paused(tx, url_id)
        return None
    if row.kind == Kind.ARTICLE:
        tx.count_url(row.job, State.PENDING, None, -1)
        tx.count_url(row.job, State.IN_FLIGHT, None, 1)
    return Claim(
        url_id=row.id,
        kind=Kind(row.kind),
        url=row.url,
        fingerprint=row.fingerprint,
        host=row.host,
        job=row.job,
        attempts=row.attempts,
        deferrals=row.deferrals,
        last_cause=Cause(row.cause) if row.cause else None,
        suspect=row.suspect,
        fence=row.fence,
        owner=owner,
        known=_known(tx, row.id) if row.kind == Kind.ARTICLE and row.article_id is not None else None,
        late=_late(tx, row.article_id) if row.kind == Kind.IMAGES else None,
        visit=visit_of(tx, row.job) if row.kind == Kind.LISTING else None,
    )


def _known(tx: Transaction, url_id: int) -> Known | None:
    article, image, picture = schema.article, schema.image, schema.picture
    row = tx.connection.execute(
        select(article.c.id, article.c.content_hash, article.c.etag, article.c.last_modified).where(article.c.url_id == url_id)
    ).one_or_none()
    if row is None:
        return None
    pictures = tx.connection.execute(
        select(image.c.url, picture).join(picture, picture.c.sha256 == image.c.sha256).where(image.c.article_id == row.id)
    )
    return Known(
        article_id=row.id,
        content_hash=row.content_hash,
        validators=Validators(etag=row.etag, last_modified=row.last_modified),
        pictures={
            p.url: Picture(sha256=p.sha256, media_type=p.media_type, width=p.width, height=p.height, bytes=p.bytes)
            for p in pictures
        },
    )


def _late(tx: Transaction, article_id: int) -> LateImages:
    article, image = schema.article, schema.image
    referer = tx.connection.execute(select(article.c.final_url).where(article.c.id == article_id)).scalar_one()
    rows = tx.connection.execute(
        select(image).where(image.c.article_id == article_id, image.c.state == ImageState.PENDING).order_by(image.c.ordinal)
    )
    refs = ((r.ordinal, ImageRef(url=r.url, position=r.position, alt=r.alt, caption=r.caption, credit=r.credit)) for r in rows)
    return LateImages(article_id=article_id, referer=referer, images=tuple(refs))


def postpone(tx: Transaction, url_id: int, *, until: float) -> None:
    """Make a pending row that nobody holds due at *until* and no earlier; no attempt is charged.

    A row that is due later than that keeps its time: a message may be a late double of one that was settled.
    """
    table = schema.url
    later = case((table.c.next_at > until, table.c.next_at), else_=until)
    tx.connection.execute(
        update(table)
        .where(table.c.id == url_id, table.c.state == State.PENDING, not_(is_parked()))
        .values(next_at=later, published_at=None, promised=True)
    )


def hand_back(tx: Transaction, claimed: Claim) -> None:
    """Make a row pending again as if it had never been claimed; nothing when it is no longer ours."""
    table = schema.url
    given = tx.connection.execute(
        update(table).where(*ours(claimed)).values(state=State.PENDING, owner=None, lease_until=None).returning(table.c.cancelled)
    ).scalar_one_or_none()
    if given is not None and claimed.kind is Kind.ARTICLE:
        tx.count_url(claimed.job, State.IN_FLIGHT, None, -1)
        tx.count_url(claimed.job, State.PENDING, None, 1)
    if given:
        call_off(tx, table.c.id == claimed.url_id)


def ours(claimed: Claim) -> tuple[ColumnElement[bool], ...]:
    """Return the condition under which a row still belongs to *claimed*: its fence has not moved."""
    table = schema.url
    return (table.c.id == claimed.url_id, table.c.state == State.IN_FLIGHT,
            table.c.owner == claimed.owner, table.c.fence == claimed.fence)  # fmt: skip


def beat(tx: Transaction, *, owner: str, held: Collection[int], supervisor: str, role: str, concurrency: int) -> None:
    """Say that process *owner* lives, and renew the leases of the rows it is at work on.

    Only of those: a claim whose answer came too late for anybody to hear must run out.
    """
    table = schema.url
    tx.connection.execute(
        update(table)
        .where(table.c.id.in_(sorted(held)), table.c.owner == owner, table.c.state == State.IN_FLIGHT)
        .values(lease_until=tx.now + LEASE_S)
    )
    row = {"owner": owner, "supervisor": supervisor, "role": role, "concurrency": concurrency,
           "started_at": tx.now, "beat_at": tx.now}  # fmt: skip
    tx.connection.execute(
        insert_into(tx.connection, schema.process)
        .values(row)
        .on_conflict_do_update(index_elements=["owner"], set_={"beat_at": tx.now})
    )


def leave(tx: Transaction, *, owner: str) -> None:
    """Strike process *owner* from the living."""
    tx.connection.execute(delete(schema.process).where(schema.process.c.owner == owner))


def concurrency(tx: Transaction, *, role: str) -> int:
    """Return how many rows the living processes of *role* work on at once; forgets those long gone."""
    table = schema.process
    tx.connection.execute(delete(table).where(table.c.beat_at < tx.now - 10 * PROCESS_GONE_S))
    alive = select(table.c.concurrency).where(table.c.role == role, table.c.beat_at >= tx.now - PROCESS_GONE_S)
    return sum(tx.connection.execute(alive).scalars())


DIED = "the process died while it worked on this URL"


def crashed(tx: Transaction, *, owner: str) -> int:
    """End the leases of a process that died, at once; return how many rows it held."""
    return _reclaim(tx, schema.url.c.owner == owner, detail=DIED)


def give_up(tx: Transaction, claimed: Claim, detail: str) -> None:
    """End a claim as if its process had died of it: what a bug did once, it may do again."""
    _reclaim(tx, *ours(claimed), detail=detail)


def reclaim_expired(tx: Transaction) -> int:
    """End the leases that nobody renewed; return how many."""
    return _reclaim(tx, schema.url.c.lease_until < tx.now, detail=DIED)


def _reclaim(tx: Transaction, *which: ColumnElement[bool], detail: str) -> int:
    """Make rows of dead processes suspects; one that was alone for the third time is dead itself."""
    table = schema.url
    rows = tx.connection.execute(
        select(
            table.c.id,
            table.c.kind,
            table.c.job,
            table.c.suspect,
            table.c.alone,
            table.c.crashes,
            table.c.cancelled,
            table.c.article_id,
        )
        .where(schema.stands(State.IN_FLIGHT), *which)
        .order_by(table.c.lease_until, table.c.id)  # the index's order: SQLite would read the whole table to save a sort
        .with_for_update()
    ).all()
    for row in rows:
        crashes = row.crashes + (row.suspect and row.alone)
        dead = crashes >= CRASHES_TO_DEATH
        values = {"finished_at": tx.now} if dead else {"next_at": tx.now, "published_at": None}
        tx.connection.execute(
            update(table)
            .where(table.c.id == row.id)
            .values(
                state=State.DEAD if dead else State.PENDING,
                suspect=True,
                crashes=crashes,
                owner=None,
                lease_until=None,
                fence=table.c.fence + 1,
                cause=None,
                detail=detail,
                **values,
            )
        )
        if row.kind == Kind.ARTICLE:
            tx.count_url(row.job, State.IN_FLIGHT, None, -1)
            tx.count_url(row.job, State.DEAD if dead else State.PENDING, None, 1)
        elif dead and row.kind == Kind.IMAGES:
            give_up_images(tx, row.article_id, row.job, reason="dead")
        elif dead:
            close_runs(tx, row.job, slot=tx.now, outcome=State.DEAD, note=detail)
        if row.cancelled and not dead:
            call_off(tx, table.c.id == row.id)
    return len(rows)


def call_off(tx: Transaction, *which: ColumnElement[bool]) -> Counter[str]:
    """End the pending rows of *which* as cancelled, with what hangs on them; return how many of each kind. Idempotent."""
    table = schema.url
    rows = tx.connection.execute(
        update(table)
        .where(*which, schema.stands(State.PENDING))
        .values(
            state=State.CANCELLED,
            cause=None,
            detail=None,
            status=None,
            suspect=False,
            crashes=0,
            urgent=False,
            promised=False,
            published_at=None,
            finished_at=tx.now,
        )
        .returning(table.c.kind, table.c.job, table.c.article_id)
    ).all()
    for row in rows:
        if row.kind == Kind.ARTICLE:
            tx.count_url(row.job, State.PENDING, None, -1)
            tx.count_url(row.job, State.CANCELLED, None, 1)
        elif row.kind == Kind.IMAGES:
            give_up_images(tx, row.article_id, row.job, reason=State.CANCELLED)
        else:
            close_runs(tx, row.job, slot=tx.now, outcome=State.CANCELLED)
    return Counter(row.kind for row in rows)


def give_up_images(tx: Transaction, article_id: int, job: str, *, reason: str) -> None:
    """Mark an article's pending images as failed."""
    image = schema.image
    n = tx.connection.execute(
        update(image)
        .where(image.c.article_id == article_id, image.c.state == ImageState.PENDING)
        .values(state=ImageState.FAILED, reason=reason)
    ).rowcount
    tx.count_image(job, ImageState.PENDING, None, -n)
    tx.count_image(job, ImageState.FAILED, reason, n)
