"""Reading what is stored, alike on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from itertools import islice

import pytest
from sqlalchemy import Engine, event, insert

from tests.building import DAY, NOON, Stacks, image, news, opened, paragraph
from worker.errors import Cause, InvalidUrl
from worker.models import Ended, ImageState, State
from worker.store import schema
from worker.store.database import open_database
from worker.store.health import differences, revision, skew_s
from worker.store.library import Wanted, articles, browse, count, find, picture, picture_record, snapshot, standing
from worker.store.migrate import HEAD, migrate
from worker.store.totals import totals
from worker.store.totals_json import totals_json
from worker.store.transaction import transaction

A, B, C = "https://a.example/1.html", "https://b.example/2.html", "https://c.example/3.html"
CHINESE = "国家统计局今天公布，上半年经济总量同比增长百分之五，A股市场反应平稳。"
TEXTS = {
    A: ("Ferry strike ends", "The harbour café reopens on Monday, said Émile Example."),
    B: ("经济数据公布", CHINESE),
    C: ("港の灯台", "ジョン・スミスさんが灯台を修理した。"),
}


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    with opened(database_url) as engine:
        yield engine


@pytest.fixture
def stacks(engine: Engine) -> Stacks:
    return Stacks(engine)


def found(engine: Engine, words: str) -> set[str]:
    with snapshot(engine) as connection:
        return {listed.url for listed in browse(connection, words=words, limit=10)}


# ---------------------------------------------------------------- one article


def test_an_article_is_found_by_id_and_by_every_form_of_its_url(stacks: Stacks, engine: Engine) -> None:
    article_id = stacks.store(news(A, aliases=("https://a.example/amp/1",)))
    forms = (str(article_id), A, "HTTPS://A.example:443/1.html?utm_source=x#top", "https://a.example/amp/1")
    with snapshot(engine) as connection:
        assert [found and found.id for found in (find(connection, form) for form in forms)] == [article_id] * 4


def test_an_article_is_found_by_a_url_that_turned_out_to_be_a_duplicate(stacks: Stacks, engine: Engine) -> None:
    article_id = stacks.store(news(A))
    stacks.duplicate(B, article_id)
    with snapshot(engine) as connection:
        again = find(connection, B)
    assert again is not None
    assert again.id == article_id
    assert again.aliases == (B,)


def test_what_is_found_is_what_was_stored(stacks: Stacks, engine: Engine) -> None:
    shown = image("https://img.example/a.png", ImageState.STORED, body=b"png", alt="Boats", caption="The harbour")
    icon = image("https://img.example/i.png", ImageState.SKIPPED)
    article = news(A, images=(shown, icon), authors=("Ada Example",), published_at="2026-09-23", quality={"short": True})
    article_id = stacks.store(article, job="politics")
    with snapshot(engine) as connection:
        stored = find(connection, A)
    assert stored is not None
    assert stored.extraction == article.extraction
    assert [i.picture for i in stored.images] == [i.picture for i in article.images]
    assert [(i.state, i.reason) for i in stored.images] == [(ImageState.STORED, None), (ImageState.SKIPPED, "icon")]
    assert (stored.id, stored.text, stored.http, stored.version) == (article_id, article.text, article.http, 1)
    assert (stored.job, stored.outcome, stored.fetched_at) == ("politics", State.STORED, NOON)


@pytest.mark.parametrize("nothing", ["999", "9" * 40, "https://a.example/unknown"])
def test_what_is_not_stored_is_not_found(stacks: Stacks, engine: Engine, nothing: str) -> None:
    stacks.store(news(A))
    with snapshot(engine) as connection:
        assert find(connection, nothing) is None


def test_what_is_neither_an_id_nor_a_url_is_refused(engine: Engine) -> None:
    with snapshot(engine) as connection, pytest.raises(InvalidUrl):
        find(connection, "ferry strike")


def test_a_url_without_an_article_says_where_it_stands(stacks: Stacks, engine: Engine) -> None:
    stacks.end(A, Ended(state=State.REJECTED, cause=Cause.GONE, detail="HTTP 404", status=404))
    stacks.accept(B)
    with snapshot(engine) as connection:
        gone, waiting, unknown = (standing(connection, url) for url in (A, B, C))
    assert gone is not None
    assert (gone.state, gone.cause, gone.detail) == (State.REJECTED, "gone", "HTTP 404")
    assert waiting is not None
    assert waiting.state is State.PENDING
    assert unknown is None


def test_a_late_image_appears_in_the_markdown(stacks: Stacks, engine: Engine) -> None:
    url = "https://img.example/late.png"
    article_id = stacks.store(news(A, images=(image(url),)))
    stacks.late(article_id, image(url, ImageState.STORED, body=b"late", alt="At last", caption="The boat"))
    with snapshot(engine) as connection:
        stored = find(connection, A)
    assert stored is not None
    assert stored.markdown == f"![At last]({url})\n\nThe boat\n\nA short text."
    assert [i.state for i in stored.images] == [ImageState.STORED]


def test_a_changed_article_is_shown_in_its_latest_version(stacks: Stacks, engine: Engine) -> None:
    stacks.store(news(A, images=(image("https://img.example/old.png"),)))
    with transaction(engine) as tx:
        tx.connection.execute(schema.url.update().where(schema.url.c.kind == "article").values(state="pending"))
    stacks.store(news(A, title="Corrected", blocks=(paragraph("New words."),)))
    with snapshot(engine) as connection:
        stored = find(connection, A)
    assert stored is not None
    assert (stored.version, stored.extraction.title, stored.markdown, stored.images) == (2, "Corrected", "New words.", ())
    assert found(engine, "words") == {A}
    assert found(engine, "short") == set()


# ---------------------------------------------------------------- lists and search


def test_articles_are_listed_newest_first_up_to_the_limit(stacks: Stacks, engine: Engine) -> None:
    for days, url in ((2, A), (3, B), (1, C)):
        stacks.store(news(url, fetched_at=NOON + days * DAY))
    with snapshot(engine) as connection:
        assert [listed.url for listed in browse(connection, limit=2)] == [B, A]


def test_a_list_counts_the_images_that_came_out_of_those_wanted(stacks: Stacks, engine: Engine) -> None:
    states = (ImageState.STORED, ImageState.PENDING, ImageState.SKIPPED)
    stacks.store(news(A, images=tuple(image(f"https://img.example/{state}", state) for state in states)))
    with snapshot(engine) as connection:
        listed = browse(connection, limit=1)[0]
    assert (listed.images, listed.wanted_images) == (1, 2)


@pytest.mark.parametrize(
    ("wanted", "urls"),
    [
        (Wanted(), {A, B, C}),
        (Wanted(job="sport"), {B}),
        (Wanted(host="A.example"), {A}),
        (Wanted(since=NOON + DAY), {B, C}),
        (Wanted(until=NOON + DAY), {A}),
        (Wanted(since=NOON + DAY, until=NOON + 2 * DAY, words="text"), {B}),
    ],
)
def test_a_list_an_export_and_a_count_agree_on_what_is_wanted(
    stacks: Stacks, engine: Engine, wanted: Wanted, urls: set[str]
) -> None:
    for days, url in enumerate((A, B, C)):
        stacks.store(news(url, fetched_at=NOON + days * DAY), job="sport" if url == B else "job")
    with snapshot(engine) as connection:
        listed = browse(connection, job=wanted.job, host=wanted.host, since=wanted.since, until=wanted.until,
                        words=wanted.words, limit=10)  # fmt: skip
        assert count(connection, wanted) == len(urls)
    assert {one.url for one in listed} == urls
    assert {article.url for article in articles(engine, wanted)} == urls


@pytest.mark.parametrize(
    ("words", "urls"),
    [
        ("ferry", {A}),
        ("FERRY cafe", {A}),
        ("emile", {A}),
        ("reopens-on", {A}),  # a phrase
        ("reopens-monday", set()),
        ("ferr", set()),
        ("经济", {B}),
        ("经济总量", {B}),
        ("经济增长", set()),  # both stand there, but not together
        ("经济 增长", {B}),
        ("济", {B}),
        ("稳", {B}),  # the last of its run
        ("A股", {B}),
        ("A股市场", {B}),
        ("B股", set()),
        ("灯台", {C}),
        ("ジョン・スミス", {C}),
        ("スミ", {C}),
        ("经济 ferry", set()),
        ('fer"ry OR (', set()),
        ("。！", set()),  # no letter to look for
    ],
)
def test_search_finds_words_and_phrases_of_titles_and_texts_in_any_script(
    stacks: Stacks, engine: Engine, words: str, urls: set[str]
) -> None:
    for url, (title, text) in TEXTS.items():
        stacks.store(news(url, title=title, blocks=(paragraph(text),)))
    assert found(engine, words) == urls


def test_a_phrase_is_found_behind_hundreds_of_its_most_frequent_character(stacks: Stacks, engine: Engine) -> None:
    stacks.store(news(A, blocks=(paragraph("我的书，" * 400 + "码头的灯。"),)))
    assert found(engine, "码头的灯") == {A}


def test_search_of_the_longest_texts_is_no_trouble_of_the_database(stacks: Stacks, engine: Engine) -> None:
    endless = " ".join(f"{'ж' * 55}{n}" for n in range(20_000))
    stacks.store(news(A, blocks=(paragraph(f"ferry {endless}"),)))
    assert found(engine, "ferry") == {A}


def test_postgresql_searches_by_its_index(postgres_url: str) -> None:
    engine = open_database(postgres_url)
    migrate(engine)
    statements: list[tuple[str, object]] = []
    event.listen(engine, "before_cursor_execute", lambda *said: statements.append((said[2], said[3])))
    with snapshot(engine) as connection:
        browse(connection, words="经济总量 ferry", limit=5)
        statement, values = next(one for one in statements if "to_tsquery" in one[0])
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        plan = connection.exec_driver_sql(f"EXPLAIN {statement}", values).scalars()  # type: ignore[arg-type]
        assert any("ix_article_words_search" in line for line in plan)
    engine.dispose()


# ---------------------------------------------------------------- in batches


def test_an_export_reads_in_batches_and_each_article_once_in_the_order_they_came_in(stacks: Stacks, engine: Engine) -> None:
    ids = [stacks.store(news(f"https://a.example/{n}", fetched_at=NOON - n)) for n in range(7)]
    assert [article.id for article in articles(engine, Wanted(), batch=3)] == ids


def test_an_export_holds_no_transaction_between_batches(stacks: Stacks, engine: Engine) -> None:
    for n in range(3):
        stacks.store(news(f"https://a.example/{n}"))
    reading = articles(engine, Wanted(), batch=2)
    assert len(list(islice(reading, 1))) == 1
    assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]  # of the pools in use
    later = stacks.store(news(B))
    assert [article.id for article in reading][-1] == later


# ---------------------------------------------------------------- pictures


def test_a_stored_image_has_a_record_and_an_unknown_one_none(stacks: Stacks, engine: Engine) -> None:
    shown = image("https://img.example/a.png", ImageState.STORED, body=b"png")
    stacks.store(news(A, images=(shown,)))
    assert shown.picture is not None
    with snapshot(engine) as connection:
        kept = picture_record(connection, shown.picture.sha256)
        assert kept is not None
        assert (kept.url, kept.sha256) == ("https://img.example/a.png", shown.picture.sha256)
        assert picture(connection, shown.picture.sha256) == shown.picture
        assert picture_record(connection, "0" * 64) is None
        assert picture(connection, "0" * 64) is None


# ---------------------------------------------------------------- totals and health


def test_the_totals_have_the_names_that_programs_rely_on_and_reconcile(stacks: Stacks, engine: Engine) -> None:
    states = (ImageState.STORED, ImageState.SKIPPED, ImageState.FAILED)
    stacks.store(news(A, images=tuple(image(f"https://img.example/{state}", state) for state in states)))
    stacks.end(B, Ended(state=State.REJECTED, cause=Cause.GONE, detail="", status=404))
    stacks.end("https://b.example/3", Ended(state=State.FAILED, cause=Cause.DNS, detail=""))
    stacks.accept(C)
    stacks.accept(A, job="later")
    with transaction(engine) as tx:
        everything, jobs = totals(tx.connection)
        values = totals_json(tx.connection, everything, now=tx.now + 5)
        later = totals_json(tx.connection, jobs["later"], now=tx.now, job="later")
    assert values["accepted"] == 4
    assert values["oldest_due_s"] >= 5
    assert {name: values[name] for name in ("pending", "stored", "rejected", "failed", "known")} == {
        "pending": 1, "stored": 1, "rejected": {"gone": 1}, "failed": {"dns": 1}, "known": 1,
    }  # fmt: skip
    assert values["images"] == {"pending": 0, "stored": 1, "skipped": {"icon": 1}, "failed": {"gone": 1}}
    assert values["eta_s"] is None  # nothing folded yet, so no pace is known, and one is left to do
    assert (later["accepted"], later["known"], later["oldest_due_s"], later["eta_s"]) == (0, 1, None, 0.0)


def test_a_sound_database_shows_no_difference_and_a_wrong_tally_is_named(stacks: Stacks, engine: Engine) -> None:
    stacks.store(news(A, images=(image("https://img.example/a.png"),)))
    with snapshot(engine) as connection:
        assert revision(connection) == HEAD
        assert abs(skew_s(connection)) < 1
        assert differences(connection) == {}
    with transaction(engine) as tx:
        row = {"subject": "url", "job": "job", "state": "stored", "cause": "", "n": 2}
        tx.connection.execute(insert(schema.tally), [row])
    with snapshot(engine) as connection:
        assert differences(connection) == {("url", "job", "stored", ""): (3, 1)}


def test_a_database_never_migrated_has_no_revision(database_url: str) -> None:
    engine = open_database(database_url)
    with snapshot(engine) as connection:
        assert revision(connection) is None
    engine.dispose()
