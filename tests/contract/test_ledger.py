"""The ledger's protocol, on SQLite and on PostgreSQL: accept once, claim once, commit fenced, lose nothing."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import Engine, func, select, update

from tests.values import article, candidate, picture_record, record
from worker.errors import Cause
from worker.exchange import Validators
from worker.models import Alias, Charge, Claim, Ended, Ending, ImageState, ImagesTried, Later, Settled, State, Stored, Unchanged
from worker.store import claims, schema, totals
from worker.store.accept import Accepted, accept, bring_forward, reopen
from worker.store.database import open_database
from worker.store.migrate import migrate
from worker.store.settle import settle
from worker.store.transaction import Transaction, transaction
from worker.urls import fingerprint

A, B = "https://a.example/1.html", "https://b.example/1.html"


class Books:
    """The ledger under test, one transaction a call."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def accept(self, *urls: str, job: str = "job") -> list[Accepted]:
        with transaction(self.engine) as tx:
            return accept(tx, [candidate(url) for url in urls], job=job, urgent=False)

    def claim(self, url_id: int, owner: str = "p1", *, alone: bool = False) -> Claim | None:
        with transaction(self.engine) as tx:
            return claims.claim(tx, url_id, owner=owner, alone=alone)

    def claimed(self, url: str, owner: str = "p1") -> Claim:
        claim = self.claim(self.accept(url)[0].url_id, owner)
        assert claim is not None
        return claim

    def settle(self, claim: Claim, ending: Ending) -> Settled:
        with transaction(self.engine) as tx:
            return settle(tx, claim, ending)

    def row(self, url_id: int) -> object:
        with self.engine.connect() as connection:
            return connection.execute(select(schema.url).where(schema.url.c.id == url_id)).one()

    def value(self, query: object) -> object:
        with self.engine.connect() as connection:
            return connection.execute(query).scalar_one()  # type: ignore[call-overload]

    def totals(self, job: str = "job") -> totals.Totals:
        with self.engine.connect() as connection:
            return totals.totals(connection)[1][job]

    def reconciles(self) -> bool:
        with self.engine.connect() as connection:
            return totals.recount(connection) == totals.tallied(connection)


@pytest.fixture
def books(database_url: str) -> Iterator[Books]:
    engine = open_database(database_url)
    migrate(engine)
    books = Books(engine)
    yield books
    assert books.reconciles(), "the tally must say what the rows say, after every test"
    engine.dispose()


def test_a_url_is_accepted_once_in_whatever_form_it_comes(books: Books) -> None:
    first, variant = books.accept(A, "https://A.example:443/1.html?utm_source=x#top")
    (again,) = books.accept(A, job="other")
    assert first.new
    assert variant.url_id == first.url_id == again.url_id
    assert not again.new
    assert books.totals().accepted == 1
    assert books.totals("other").known == 1
    assert books.totals("other").accepted == 0


def test_a_large_batch_is_accepted_in_its_order(books: Books) -> None:
    urls = [f"https://h{n % 7}.example/{n}" for n in range(1_203)]
    answers = books.accept(*urls)
    assert all(answer.new for answer in answers)
    due = select(schema.url.c.url).order_by(schema.url.c.next_at)
    with books.engine.connect() as connection:
        assert connection.execute(due).scalars().all() == urls


def test_a_row_is_claimed_by_one_alone(books: Books) -> None:
    url_id = books.accept(A)[0].url_id
    assert books.claim(url_id, "p1") is not None
    assert books.claim(url_id, "p2") is None
    assert books.totals().states["in_flight"] == 1


def test_a_row_that_is_not_due_is_nobodys(books: Books) -> None:
    claim = books.claimed(A)
    books.settle(claim, Later(wait_s=60, charge=Charge.ATTEMPT, cause=Cause.TIMEOUT, detail="slow"))
    assert books.claim(claim.url_id) is None
    assert books.totals().states["pending"] == 1


def test_a_charged_try_is_counted_and_remembered_for_the_next(books: Books) -> None:
    claim = books.claimed(A)
    books.settle(claim, Later(wait_s=0, charge=Charge.ATTEMPT, cause=Cause.BAD_ENCODING))
    second = books.claim(claim.url_id)
    assert second is not None
    assert (second.attempts, second.deferrals, second.last_cause) == (1, 0, Cause.BAD_ENCODING)
    books.settle(second, Later(wait_s=0, charge=Charge.DEFERRAL, cause=Cause.RATE_LIMITED))
    third = books.claim(claim.url_id)
    assert third is not None
    assert (third.attempts, third.deferrals) == (1, 1)


def test_a_row_handed_back_is_as_it_was(books: Books) -> None:
    claim = books.claimed(A)
    with transaction(books.engine) as tx:
        claims.hand_back(tx, claim)
    again = books.claim(claim.url_id, "p2")
    assert again is not None
    assert (again.attempts, again.suspect) == (0, False)


def test_whoever_lost_the_fence_commits_nothing(books: Books) -> None:
    slow = books.claimed(A, "slow")
    with transaction(books.engine) as tx:
        claims.crashed(tx, owner="slow")
    fast = books.claim(slow.url_id, "fast", alone=True)
    assert fast is not None
    assert books.settle(slow, Stored(article=article(A), page_records=(record(A),), picture_records=())).fenced_out
    assert books.value(select(func.count()).select_from(schema.article)) == 0
    assert books.settle(fast, Stored(article=article(A), page_records=(record(A),), picture_records=())).state == State.STORED
    assert books.value(select(func.count()).select_from(schema.article)) == 1


def test_an_article_comes_with_its_images_records_and_links_in_one_commit(books: Books) -> None:
    claim = books.claimed(A)
    stored = Stored(
        article=article(A, stored=2, pending=1, skipped=1),
        page_records=(record(A),),
        picture_records=(picture_record(0), picture_record(1)),
        images_wait_s=5.0,
        links=("https://a.example/2.html", "https://a.example/3.html"),
    )
    settled = books.settle(claim, stored)
    assert settled.state == State.STORED
    counted = books.totals()
    assert counted.accepted == 3
    assert counted.states["pending"] == 2
    assert counted.images == {"pending": 1, "stored": 2}
    assert counted.images_skipped == {"icon": 1}
    assert books.value(select(func.count()).select_from(schema.record)) == 3
    assert books.value(select(func.count()).where(schema.url.c.kind == "images")) == 1


def test_a_content_is_stored_once_for_all_articles(books: Books) -> None:
    for url in (A, B):
        claim = books.claimed(url)
        shown = article(url, stored=1)
        books.settle(claim, Stored(article=shown, page_records=(record(url),), picture_records=(picture_record(0),)))
    assert books.value(select(func.count()).select_from(schema.picture)) == 1
    assert books.value(select(func.count()).select_from(schema.image)) == 2


def test_two_urls_of_one_story_are_one_article_and_a_duplicate(books: Books) -> None:
    first, second = books.claimed(A), books.claimed(B)
    kept = books.settle(first, Stored(article=article(A), page_records=(record(A),), picture_records=()))
    same = replace(article(B), key=A, aliases=(B,))
    settled = books.settle(second, Stored(article=same, page_records=(record(B),), picture_records=()))
    assert (settled.state, settled.article_id) == (State.DUPLICATE, kept.article_id)
    assert books.value(select(func.count()).select_from(schema.article)) == 1
    owner = select(schema.alias.c.article_id).where(schema.alias.c.fingerprint == fingerprint(B))
    assert books.value(owner) == kept.article_id


def test_any_form_of_a_stored_url_is_known(books: Books) -> None:
    claim = books.claimed(A)
    forms = replace(article(A), aliases=("https://m.a.example/1",))
    books.settle(claim, Stored(article=forms, page_records=(record(A),), picture_records=()))
    (answer,) = books.accept("https://m.a.example/1")
    assert not answer.new
    assert answer.url_id == claim.url_id


def test_a_changed_article_keeps_its_earlier_version(books: Books) -> None:
    claim = books.claimed(A)
    books.settle(claim, Stored(article=article(A, words="first"), page_records=(record(A),), picture_records=()))
    with transaction(books.engine) as tx:
        assert reopen(tx, [claim.url_id], urgent=False) == 1
    again = books.claim(claim.url_id)
    assert again is not None
    assert again.known is not None
    books.settle(again, Stored(article=article(A, words="second"), page_records=(record(A),), picture_records=()))
    assert books.value(select(schema.article.c.version)) == 2
    assert books.value(select(schema.article_version.c.text)) == "first"
    assert books.totals().accepted == 1


def test_an_unchanged_page_leaves_the_article_and_gives_failed_images_another_chance(books: Books) -> None:
    claim = books.claimed(A)
    books.settle(claim, Stored(article=article(A, failed=1), page_records=(record(A),), picture_records=()))
    with transaction(books.engine) as tx:
        reopen(tx, [claim.url_id], urgent=False)
    again = books.claim(claim.url_id)
    assert again is not None
    assert again.known is not None
    ending = Unchanged(article_id=again.known.article_id, validators=Validators(etag='"2"'))
    assert books.settle(again, ending).state == State.UNCHANGED
    assert books.totals().images == {"pending": 1, "stored": 0}
    assert books.value(select(schema.article.c.etag)) == '"2"'


def test_late_images_arrive_through_a_row_of_their_own(books: Books) -> None:
    claim = books.claimed(A)
    shown = article(A, pending=2)
    books.settle(claim, Stored(article=shown, page_records=(record(A),), picture_records=()))
    row = books.value(select(schema.url.c.id).where(schema.url.c.kind == "images"))
    late = books.claim(row)  # type: ignore[arg-type]
    assert late is not None
    assert late.late is not None
    assert [ordinal for ordinal, _ in late.late.images] == [0, 1]
    came = article(A, stored=1).images[0]
    ending = ImagesTried(article_id=late.late.article_id, images=((0, came),), picture_records=(picture_record(0),), wait_s=30.0)
    assert books.settle(late, ending).state == State.PENDING
    assert books.totals().images == {"pending": 1, "stored": 1}
    assert books.totals().accepted == 1, "an images row is no URL of its own in the totals"


def test_images_that_are_given_up_are_failed_with_the_cause(books: Books) -> None:
    claim = books.claimed(A)
    books.settle(claim, Stored(article=article(A, pending=1), page_records=(record(A),), picture_records=()))
    row = books.value(select(schema.url.c.id).where(schema.url.c.kind == "images"))
    late = books.claim(row)  # type: ignore[arg-type]
    assert late is not None
    books.settle(late, Ended(state=State.FAILED, cause=Cause.TIMEOUT, detail="slow"))
    assert books.totals().images_failed == {"timeout": 1}
    assert books.value(select(schema.image.c.state)) == ImageState.FAILED


def test_a_rejected_url_says_why_and_can_be_reopened(books: Books) -> None:
    claim = books.claimed(A)
    books.settle(claim, Ended(state=State.REJECTED, cause=Cause.GONE, detail="HTTP 404", status=404))
    assert books.totals().rejected == {"gone": 1}
    with transaction(books.engine) as tx:
        assert reopen(tx, [claim.url_id], urgent=True) == 1
        assert reopen(tx, [claim.url_id], urgent=True) == 0
    assert books.totals().rejected == {}
    assert books.claim(claim.url_id) is not None


def test_an_alias_counts_as_a_duplicate(books: Books) -> None:
    first, second = books.claimed(A), books.claimed(B)
    kept = books.settle(first, Stored(article=article(A), page_records=(record(A),), picture_records=()))
    assert kept.article_id is not None
    settled = books.settle(second, Alias(article_id=kept.article_id, aliases=()))
    assert settled.state == State.DUPLICATE
    assert books.totals().states["duplicate"] == 1


def test_a_crash_makes_suspects_that_only_a_lone_process_may_claim(books: Books) -> None:
    claim = books.claimed(A, "dead")
    with transaction(books.engine) as tx:
        assert claims.crashed(tx, owner="dead") == 1
    assert books.claim(claim.url_id, "crowd") is None
    alone = books.claim(claim.url_id, "alone", alone=True)
    assert alone is not None
    assert alone.suspect


def test_a_suspect_that_ends_well_is_none_any_more(books: Books) -> None:
    claim = books.claimed(A, "dead")
    with transaction(books.engine) as tx:
        claims.crashed(tx, owner="dead")
    alone = books.claim(claim.url_id, "alone", alone=True)
    assert alone is not None
    books.settle(alone, Later(wait_s=0, charge=Charge.ATTEMPT, cause=Cause.TIMEOUT))
    assert books.claim(claim.url_id, "crowd") is not None


def test_a_url_is_dead_after_its_third_crash_alone_and_not_before(books: Books) -> None:
    url_id = books.claimed(A, "crowd").url_id
    with transaction(books.engine) as tx:
        claims.crashed(tx, owner="crowd")
    for crash in (1, 2, 3):
        assert books.claim(url_id, f"alone{crash}", alone=True) is not None
        with transaction(books.engine) as tx:
            claims.crashed(tx, owner=f"alone{crash}")
        assert books.totals().states["dead"] == (crash == 3)
    assert books.claim(url_id, "alone4", alone=True) is None


def test_a_bug_counts_like_a_crash(books: Books) -> None:
    claim = books.claimed(A)
    with transaction(books.engine) as tx:
        claims.give_up(tx, claim, "TypeError: what now")
    assert books.claim(claim.url_id, "crowd") is None
    for n in range(3):
        alone = books.claim(claim.url_id, f"alone{n}", alone=True)
        assert alone is not None
        with transaction(books.engine) as tx:
            claims.give_up(tx, alone, "TypeError: what now")
    assert books.totals().states["dead"] == 1
    assert books.value(select(schema.url.c.detail)) == "TypeError: what now"


def test_a_lease_that_is_renewed_holds_and_one_that_is_not_is_taken_back(books: Books) -> None:
    living, frozen = books.claimed(A, "living"), books.claimed(B, "frozen")
    with transaction(books.engine) as tx:
        tx.now += claims.LEASE_S - 1
        claims.beat(tx, owner="living", held=[living.url_id], supervisor="s", role="articles", concurrency=32)
    with transaction(books.engine) as tx:
        tx.now += claims.LEASE_S + 1
        assert claims.reclaim_expired(tx) == 1
        assert claims.concurrency(tx, role="articles") == 32
    assert books.settle(living, Ended(state=State.REJECTED, cause=Cause.GONE, detail="")).state == State.REJECTED
    assert books.settle(frozen, Ended(state=State.REJECTED, cause=Cause.GONE, detail="")).fenced_out


def test_a_pending_url_can_be_brought_forward(books: Books) -> None:
    claim = books.claimed(A)
    books.settle(claim, Later(wait_s=3600, charge=Charge.ATTEMPT, cause=Cause.TIMEOUT))
    with transaction(books.engine) as tx:
        bring_forward(tx, [claim.url_id])
    assert books.claim(claim.url_id) is not None


def test_folding_changes_no_total_and_notes_the_pace(books: Books) -> None:
    for n in range(5):
        claim = books.claimed(f"https://a.example/{n}")
        books.settle(claim, Ended(state=State.REJECTED, cause=Cause.GONE, detail=""))
    before = books.totals()
    with transaction(books.engine) as tx:
        assert totals.fold(tx) > 0
    with transaction(books.engine) as tx:
        assert totals.fold(tx) == 0
        assert totals.per_minute(tx.connection, now=tx.now, job="job") > 0
        assert totals.oldest_due_s(tx.connection, now=tx.now) is None
    assert books.totals() == before


def test_a_failing_write_takes_its_counts_with_it(books: Books) -> None:
    with transaction(books.engine) as tx:
        with pytest.raises(ZeroDivisionError):
            _accept_and_fail(tx)
        accept(tx, [candidate(B)], job="job", urgent=False)
    assert books.totals().accepted == 1
    with transaction(books.engine) as tx:
        tx.connection.execute(update(schema.url).values(detail="touched"))


def _accept_and_fail(tx: Transaction) -> None:
    with tx.savepoint():
        accept(tx, [candidate(A)], job="job", urgent=False)
        raise ZeroDivisionError
