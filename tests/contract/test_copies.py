"""Which articles are copies of each other, on each database: clusters over sources and scripts, and the one that stands for them."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from tests.building import DAY, NOON, Stacks, paragraph
from tests.copies import CHINESE, edited, story, told
from tests.mirrors import converted, mirrored, sample_dictionary
from worker.article_json import NearCopy, Relation, StoredArticle
from worker.document import Document
from worker.models import Article, Restored, State, Stored
from worker.store import bands, clusters, schema
from worker.store.accept import reopen
from worker.store.archived import archived
from worker.store.library import Wanted, articles, browse, count, find, snapshot
from worker.store.transaction import transaction

A, B, C, D = (f"https://{name}.example/1.html" for name in "abcd")
ORIGINAL = told(A, CHINESE, published_at="2026-09-20T09:20:00+08:00")
TWIN = told(B, [converted(line, "s2twp") for line in CHINESE])
MIRROR = told(
    C, [mirrored(line, sample_dictionary()) for line in CHINESE], published_at="2026-09-19", quality={"mirror": {"removed": 42}}
)


@pytest.fixture
def stacks(engine: Engine) -> Stacks:
    return Stacks(engine)


def shown(engine: Engine, url: str) -> StoredArticle:
    with snapshot(engine) as connection:
        found = find(connection, url)
    assert found is not None
    return found


def cluster_of(engine: Engine, *urls: str) -> list[int | None]:
    return [shown(engine, url).cluster for url in urls]


def copy_of(article: Article) -> clusters.Copy | None:
    return clusters.copy_of(article.extraction, article.likeness, fetched_at=article.fetched_at)


def rewrite(stacks: Stacks, article: Article) -> None:
    """Let the URL of a stored article be asked for again, and give *article*."""
    with transaction(stacks.engine) as tx:
        row = tx.connection.execute(select(schema.url.c.id).where(schema.url.c.url == article.url)).scalar_one()
        reopen(tx, [row], urgent=False)
    stacks.store(article)


def one_each(engine: Engine, **narrowed: object) -> set[str]:
    wanted = Wanted(one_per_cluster=True, **narrowed)  # type: ignore[arg-type]  # the caller names fields of a Wanted
    found = {article.url for article in articles(engine, wanted, batch=2)}
    with snapshot(engine) as connection:
        assert count(connection, wanted) == len(found)
    return found


# ---------------------------------------------------------------- clusters


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_an_original_its_traditional_twin_and_its_mirror_are_one_cluster(
    stacks: Stacks, engine: Engine, order: tuple[int, ...]
) -> None:
    ids = {}
    for n in order:
        article = (ORIGINAL, TWIN, MIRROR)[n]
        ids[article.url] = stacks.store(article)
    first, *others = cluster_of(engine, A, B, C)
    assert first is not None
    assert others == [first, first]
    original = shown(engine, A)
    assert {(copy.id, copy.url, copy.relation) for copy in original.near_copies} == {
        (ids[B], B, Relation.SAME),
        (ids[C], C, Relation.SAME),
    }
    assert min(copy.likeness for copy in original.near_copies) >= 0.8
    assert [shown(engine, url).canonical_copy for url in (A, B, C)] == [ids[A]] * 3


def test_what_is_stored_stays_as_it_came_and_no_url_ends_otherwise(stacks: Stacks, engine: Engine) -> None:
    for article in (ORIGINAL, TWIN, MIRROR):
        stacks.store(article)
    for article in (ORIGINAL, TWIN, MIRROR):
        found = shown(engine, article.url)
        assert (found.text, found.extraction, found.outcome) == (article.text, article.extraction, State.STORED)


def test_an_article_without_a_copy_has_no_cluster(stacks: Stacks, engine: Engine) -> None:
    stacks.store(told(A, story(1)))
    stacks.store(told(B, story(2)))
    for url in (A, B):
        found = shown(engine, url)
        assert (found.cluster, found.canonical_copy, found.near_copies) == (None, None, ())


def test_a_near_copy_is_linked_both_ways_and_not_merged(stacks: Stacks, engine: Engine) -> None:
    first = stacks.store(told(A, story(1)))
    second = stacks.store(told(B, edited(story(1), 2)))
    likeness = shown(engine, A).near_copies[0].likeness
    assert 0.5 <= likeness < 0.8
    assert shown(engine, A).near_copies == (NearCopy(id=second, url=B, relation=Relation.NEAR, likeness=likeness),)
    assert shown(engine, B).near_copies == (NearCopy(id=first, url=A, relation=Relation.NEAR, likeness=likeness),)
    assert [(shown(engine, url).cluster, shown(engine, url).canonical_copy) for url in (A, B)] == [(None, None)] * 2


def test_texts_that_have_little_in_common_are_not_linked(stacks: Stacks, engine: Engine) -> None:
    stacks.store(told(A, story(1)))
    stacks.store(told(B, edited(story(1), 7)))
    assert shown(engine, A).near_copies == ()


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("The ferry to the island sails again.", "THE FERRY – to the island! – sails again", True),
        ("The ferry to the island sails again.", "The ferry to the island sails again today.", False),
        ("轮渡今天恢复开航，旅客从早上八点起可以上船购票。", "輪渡今天恢復開航,旅客從早上八點起可以上船購(gòu)票", True),
        ("Watch the video", "Watch the video", False),  # a label, not an article
        ("", "", False),
    ],
)
def test_short_texts_are_copies_only_when_they_fold_to_the_same(
    stacks: Stacks, engine: Engine, one: str, other: str, alike: bool
) -> None:
    stacks.store(told(A, [one]))
    stacks.store(told(B, [other]))
    clustered = cluster_of(engine, A, B)
    assert (clustered[0] is not None and clustered[0] == clustered[1]) is alike


def test_an_article_that_is_like_two_clusters_makes_them_one(stacks: Stacks, engine: Engine) -> None:
    text = story(1, 20)
    ends = edited(text, 1, seed=5), (*story(6, 1), *text[1:])  # each over 0.8 like the text, and not like each other
    for n, end in enumerate(ends):
        stacks.store(told(f"https://x.example/{n}", end))
        stacks.store(told(f"https://y.example/{n}", end))
    before = cluster_of(engine, *(f"https://{host}.example/{n}" for n in (0, 1) for host in "xy"))
    assert before[0] == before[1] != before[2] == before[3]
    stacks.store(told(A, text))
    assert set(cluster_of(engine, A, *(f"https://{host}.example/{n}" for n in (0, 1) for host in "xy"))) == {
        min(filter(None, before))
    }


# ---------------------------------------------------------------- changes


def test_an_edited_article_stays_in_its_cluster(stacks: Stacks, engine: Engine) -> None:
    for url in (A, B):
        stacks.store(told(url, story(1, 20)))
    (before, _) = cluster_of(engine, A, B)
    rewrite(stacks, told(B, edited(story(1, 20), 1)))
    assert cluster_of(engine, A, B) == [before, before]


def test_an_article_that_became_another_leaves_its_copies_and_what_is_near(stacks: Stacks, engine: Engine) -> None:
    stacks.store(told(A, story(1)))
    stacks.store(told(B, story(1)))
    stacks.store(told(C, edited(story(1), 2)))
    stacks.store(told(D, story(2)))
    rewrite(stacks, told(B, story(2)))
    assert cluster_of(engine, A, C) == [None, None]
    assert [copy.url for copy in shown(engine, C).near_copies] == [A]
    together = cluster_of(engine, B, D)
    assert together[0] is not None
    assert together[0] == together[1]
    stacks.store(told("https://e.example/1", story(1)))
    assert {copy.url for copy in shown(engine, "https://e.example/1").near_copies} == {A, C}


def test_an_article_that_lost_its_text_is_alone(stacks: Stacks, engine: Engine) -> None:
    for url in (A, B):
        stacks.store(told(url, story(1)))
    rewrite(stacks, told(B, ["Gone."]))
    assert cluster_of(engine, A, B) == [None, None]


def test_a_cluster_that_one_article_held_together_parts_when_that_one_leaves(stacks: Stacks, engine: Engine) -> None:
    text = story(1, 20)
    stacks.store(told(A, edited(text, 1, seed=5)))
    stacks.store(told(B, (*story(6, 1), *text[1:])))
    stacks.store(told(C, text))
    held = cluster_of(engine, A, B, C)
    assert held[0] is not None
    assert set(held) == {held[0]}
    rewrite(stacks, told(C, story(9)))
    assert cluster_of(engine, A, B, C) == [None, None, None]


def test_a_number_is_never_given_to_another_cluster(stacks: Stacks, engine: Engine) -> None:
    for url in (A, B):
        stacks.store(told(url, story(1)))
    (before, _) = cluster_of(engine, A, B)
    rewrite(stacks, told(B, story(2)))
    stacks.store(told(C, story(2)))
    assert None not in (later := cluster_of(engine, B, C))
    assert before not in later


def test_a_try_that_fails_leaves_no_copy(stacks: Stacks, engine: Engine) -> None:
    first = stacks.store(told(A, story(1)))
    stacks.store(told(B, story(2)))
    with transaction(engine) as tx, suppress(ZeroDivisionError), tx.savepoint():
        tx.copies[first] = copy_of(told(B, story(2)))
        raise ZeroDivisionError
    assert cluster_of(engine, A, B) == [None, None]


def test_an_article_whose_key_is_anothers_is_a_duplicate_and_no_copy(stacks: Stacks, engine: Engine) -> None:
    first = stacks.store(told(A, story(1)))
    ending = Stored(article=replace(told(B, story(1)), key=A), page_records=(), picture_records=())
    settled = stacks.settle(stacks.accept(B), ending)
    assert (settled.state, settled.article_id) == (State.DUPLICATE, first)
    assert cluster_of(engine, A) == [None]


# ---------------------------------------------------------------- what everybody has


def test_a_band_that_too_many_share_is_neither_looked_through_nor_lengthened(
    stacks: Stacks, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bands, "FULL_BAND", 2)
    text = story(1, 20)
    for n in range(3):
        stacks.store(told(f"https://x.example/{n}", edited(text, 1, seed=n + 20)))
    stacks.store(told(A, edited(text, 1, seed=50)))
    band = schema.likeness_band
    with snapshot(engine) as connection:
        sizes = select(func.count().label("n")).select_from(band).group_by(band.c.band).subquery()
        assert connection.execute(select(func.max(sizes.c.n))).scalar_one() == 3


def test_only_so_many_near_copies_are_named_the_likest_first(stacks: Stacks, engine: Engine) -> None:
    for n in range(25):
        stacks.store(told(f"https://x.example/{n}", edited(story(1, 9), 1 + n % 2, seed=n + 20)))
    stacks.store(told(A, story(1, 9)))
    copies = shown(engine, A).near_copies
    assert len(copies) == 20
    order = [(copy.relation is Relation.NEAR, -copy.likeness) for copy in copies]
    assert order == sorted(order)


# ---------------------------------------------------------------- which one stands for them

EARLY, LATE = "2026-09-20T08:00:00+02:00", "2026-09-20T07:00:00+00:00"
DAMAGED = Restored(document=Document(tuple(map(paragraph, story(1)))), title="", captions=())


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"published_at": LATE}, {"published_at": EARLY, "quality": {"mirror": {"removed": 9}}}),
        ({"published_at": EARLY, "restored": DAMAGED, "quality": {"mojibake": {"characters": 9}}}, {"published_at": LATE}),
        ({"published_at": EARLY}, {"published_at": LATE}),
        ({"published_at": "2026-09-20"}, {"published_at": LATE}),
        ({"published_at": EARLY}, {"published_at": None}),  # known since it was fetched
        ({"published_at": None, "fetched_at": NOON}, {"published_at": "2030-01-01", "fetched_at": NOON + DAY}),
        ({"published_at": "not a date", "fetched_at": NOON}, {"published_at": None, "fetched_at": NOON + 1}),
    ],
)
@pytest.mark.parametrize("worse_first", [False, True])
def test_the_canonical_copy_is_no_mirror_and_then_the_earlier_one(
    stacks: Stacks, engine: Engine, better: dict[str, Any], worse: dict[str, Any], worse_first: bool
) -> None:
    both = [told(A, story(1), **better), told(B, story(1), **worse)]
    for article in reversed(both) if worse_first else both:
        stacks.store(article)
    assert [shown(engine, url).canonical_copy for url in (A, B)] == [shown(engine, A).id] * 2
    assert one_each(engine) == {A}


def test_of_two_that_came_at_once_the_longer_stands_for_both(stacks: Stacks, engine: Engine) -> None:
    stacks.store(told(A, story(1, 20)))
    stacks.store(told(B, (*story(1, 20), *story(7, 1))))
    assert shown(engine, A).canonical_copy == shown(engine, B).id


def test_one_of_each_cluster_is_exported_and_what_has_no_copy(stacks: Stacks, engine: Engine) -> None:
    for article in (MIRROR, TWIN, ORIGINAL, told(D, story(1))):
        stacks.store(article)
    assert one_each(engine) == {A, D}
    assert {article.url for article in articles(engine, Wanted())} == {A, B, C, D}


def test_of_the_articles_that_are_asked_for_one_of_each_cluster_is_exported(stacks: Stacks, engine: Engine) -> None:
    for days, url in enumerate((A, B, C)):
        stacks.store(told(url, story(1), fetched_at=NOON + days * DAY), job="sport" if url == B else "job")
    assert one_each(engine) == {A}
    assert one_each(engine, job="sport") == {B}
    assert one_each(engine, host="c.example") == {C}
    assert one_each(engine, since=NOON + DAY) == {B}
    assert {kept.url for kept in archived(engine, Wanted(one_per_cluster=True))} == {A}


def test_a_list_has_the_number_of_the_cluster(stacks: Stacks, engine: Engine) -> None:
    for url, seed in ((A, 1), (B, 1), (C, 2)):
        stacks.store(told(url, story(seed)))
    number = shown(engine, A).cluster
    with snapshot(engine) as connection:
        assert {listed.url: listed.cluster for listed in browse(connection, limit=9)} == {A: number, B: number, C: None}
