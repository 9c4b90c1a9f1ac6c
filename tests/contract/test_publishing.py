"""What the reconciler publishes, on both databases: what is due, fairly over hosts, little at a time, nothing forgotten."""

from collections import Counter

from sqlalchemy import Engine, update

from tests.building import outstanding
from tests.values import article, candidate, record
from worker.models import Stored
from worker.store import claims, schema
from worker.store.accept import accept
from worker.store.publishing import (
    LEADER_S,
    Due,
    choose_due,
    choose_suspects,
    forget_published,
    lead,
    resign,
    unpublish,
)
from worker.store.settle import settle
from worker.store.transaction import transaction


def fill(engine: Engine, hosts: dict[str, int], *, urgent: bool = False) -> None:
    with transaction(engine) as tx:
        for host, n in hosts.items():
            accept(tx, [candidate(f"https://{host}/{i}") for i in range(n)], job="job", urgent=urgent)


def choose(engine: Engine, *, window: int, per_host: int = 1_000, later_s: float = 1.0) -> list[Due]:
    with transaction(engine) as tx:
        tx.now += later_s
        return choose_due(tx, window=window, per_host=per_host)


def hosts_of(chosen: list[Due]) -> Counter[str]:
    return Counter(due.url.split("/")[2] for due in chosen)


def test_one_hosts_backlog_keeps_no_other_host_waiting(engine: Engine) -> None:
    fill(engine, {"big.example": 500, "small.example": 3, "tiny.example": 1})
    assert hosts_of(choose(engine, window=20)) == {"big.example": 16, "small.example": 3, "tiny.example": 1}


def test_no_more_is_published_than_the_window_and_a_host_can_take(engine: Engine) -> None:
    fill(engine, {"a.example": 50, "b.example": 50})
    assert hosts_of(choose(engine, window=100, per_host=6)) == {"a.example": 6, "b.example": 6}
    assert choose(engine, window=100, per_host=6) == []
    assert choose(engine, window=0) == []
    with transaction(engine) as tx:
        assert outstanding(tx) == 12


def test_what_lies_in_redis_is_not_published_again_until_it_is_forgotten(engine: Engine) -> None:
    fill(engine, {"a.example": 3})
    first = choose(engine, window=10)
    assert len(first) == 3
    assert choose(engine, window=10) == []
    with transaction(engine) as tx:
        assert forget_published(tx, before=tx.now - 60) == 0
        assert forget_published(tx, before=tx.now + 60) == 3
    assert {due.url_id for due in choose(engine, window=10)} == {due.url_id for due in first}


def test_what_redis_did_not_take_is_due_again_at_once(engine: Engine) -> None:
    fill(engine, {"a.example": 2})
    chosen = choose(engine, window=10)
    with transaction(engine) as tx:
        unpublish(tx, [chosen[0].url_id])
    assert choose(engine, window=10) == [chosen[0]]


def test_urgent_urls_go_first(engine: Engine) -> None:
    fill(engine, {"a.example": 30})
    fill(engine, {"z.example": 2}, urgent=True)
    assert hosts_of(choose(engine, window=5)) == {"z.example": 2, "a.example": 3}


def test_no_host_waits_behind_the_alphabet(engine: Engine) -> None:
    fill(engine, {f"h{n:02}.example": 20 for n in range(30)})
    served: set[str] = set()
    for _ in range(3):
        chosen = choose(engine, window=10, per_host=2)
        served |= hosts_of(chosen).keys()
        with transaction(engine) as tx:
            tx.now += 1
            for due in chosen:
                assert claims.claim(tx, due.url_id, owner="p", alone=False) is not None
    assert len(served) == 30


def test_a_place_goes_first_to_the_host_that_has_the_fewest_in_redis(engine: Engine) -> None:
    fill(engine, {"a.example": 50})
    assert len(choose(engine, window=4)) == 4
    fill(engine, {"z.example": 2})
    assert hosts_of(choose(engine, window=3, later_s=2)) == {"z.example": 2, "a.example": 1}


def test_the_urgent_urls_of_a_busy_host_keep_no_other_urgent_url_waiting(engine: Engine) -> None:
    fill(engine, {"z.example": 60})
    fill(engine, {"busy.example": 200}, urgent=True)
    with transaction(engine) as tx:
        accept(tx, [candidate("https://z.example/urgent")], job="job", urgent=True)
    chosen = choose(engine, window=20, per_host=6)
    assert [due.url for due in chosen if due.url.endswith("urgent")] == ["https://z.example/urgent"]
    assert hosts_of(chosen) == {"busy.example": 6, "z.example": 6}


def test_hosts_that_wait_for_a_later_time_leave_the_window_to_those_that_are_due(engine: Engine) -> None:
    fill(engine, {f"later{n}.example": 1 for n in range(400)})
    with transaction(engine) as tx:
        tx.connection.execute(update(schema.url).values(next_at=tx.now + 500))
    fill(engine, {"due.example": 120})
    assert len(choose(engine, window=100)) == 100


def test_a_host_that_has_promised_its_next_turns_is_handed_no_more_until_they_come(engine: Engine) -> None:
    """Else its whole backlog would come back one by one, each with a later turn, and a new URL have to wait behind it all."""
    fill(engine, {"slow.example": 40})
    for turn in range(1, 5):
        chosen = choose(engine, window=100, per_host=4)
        with transaction(engine) as tx:
            for due in chosen:
                claims.postpone(tx, due.url_id, until=tx.now + 10 * turn)
        assert len(chosen) == (4 if turn == 1 else 0)
    assert len(choose(engine, window=100, per_host=4, later_s=12)) == 4


def test_a_claimed_url_is_not_published(engine: Engine) -> None:
    fill(engine, {"a.example": 1})
    (due,) = choose(engine, window=10)
    with transaction(engine) as tx:
        assert claims.claim(tx, due.url_id, owner="p", alone=False) is not None
        assert outstanding(tx) == 0
    assert choose(engine, window=10) == []


def test_what_is_due_later_waits(engine: Engine) -> None:
    fill(engine, {"a.example": 2})
    with transaction(engine) as tx:
        tx.connection.execute(update(schema.url).where(schema.url.c.url.endswith("/1")).values(next_at=tx.now + 500))
    assert [due.url for due in choose(engine, window=10)] == ["https://a.example/0"]
    assert [due.url for due in choose(engine, window=10, later_s=501)] == ["https://a.example/1"]


def test_suspects_go_their_own_way(engine: Engine) -> None:
    fill(engine, {"a.example": 2})
    (first, _) = choose(engine, window=10)
    with transaction(engine) as tx:
        claims.claim(tx, first.url_id, owner="dead", alone=False)
    with transaction(engine) as tx:
        claims.crashed(tx, owner="dead")
    assert choose(engine, window=10) == []
    with transaction(engine) as tx:
        (suspect,) = choose_suspects(tx, limit=5)
        assert suspect.suspect
        assert suspect.url_id == first.url_id
        assert choose_suspects(tx, limit=5) == []


def test_late_images_are_published_as_what_they_are(engine: Engine) -> None:
    fill(engine, {"a.example": 1})
    (due,) = choose(engine, window=10)
    with transaction(engine) as tx:
        claim = claims.claim(tx, due.url_id, owner="p", alone=False)
        assert claim is not None
        settle(tx, claim, Stored(article=article(due.url, pending=1), page_records=(record(due.url),), picture_records=()))
    (late,) = choose(engine, window=10)
    assert late.kind == "images"


def test_one_leads_at_a_time_and_a_silent_one_is_replaced(engine: Engine) -> None:
    with transaction(engine) as tx:
        assert lead(tx, owner="first") == (True, False)
    with transaction(engine) as tx:
        assert lead(tx, owner="second") == (False, False)
        assert lead(tx, owner="first") == (True, False)
    with transaction(engine) as tx:
        tx.now += LEADER_S + 1
        assert lead(tx, owner="second") == (True, True)


def test_a_leader_that_resigns_is_followed_at_once(engine: Engine) -> None:
    with transaction(engine) as tx:
        lead(tx, owner="first")
    with transaction(engine) as tx:
        resign(tx, owner="first")
    with transaction(engine) as tx:
        assert lead(tx, owner="second")[0]
