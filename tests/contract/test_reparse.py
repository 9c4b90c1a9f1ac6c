"""Reading archived pages again, on each database: what is stored of it, and that nothing is lost by it."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from tests.fakes import Answer
from tests.pictures import png
from tests.press import EARLIER, PHOTO, PLAN, URL, Press, page, seeing_none, stale
from worker.extract import VERSION
from worker.models import Extraction, ImageState, State
from worker.reparse import Became
from worker.store import schema
from worker.store.library import browse, snapshot
from worker.store.stale import stored

PICTURES = f'<figure><img src="{PHOTO}" width=800 height=600><figcaption>The pier</figcaption></figure><img src="{PLAN}">'
NEXT = "https://news.example/a/story_2.html"
LINKED = f'<a rel="next" href="{NEXT}">Next page</a>'


@pytest.fixture
def press(engine: Engine, tmp_path: Path) -> Iterator[Press]:
    press = Press(engine, tmp_path / "archive")
    press.put(**{URL: page(), PHOTO: Answer(body=png(640, 480), content_type="image/png")})
    yield press
    press.close()


def mistitled(extraction: Extraction) -> Extraction:
    return replace(extraction, title="Home", authors=("Nobody",))


def blind(extraction: Extraction) -> Extraction:
    """Say what an extractor says that sees one image less."""
    seen = tuple(image for image in extraction.images if image.url != PLAN)
    blocks = tuple(b for b in extraction.document.blocks if getattr(b, "ref", 0) < len(seen))
    return replace(extraction, images=seen, document=replace(extraction.document, blocks=blocks))


def everything(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    with snapshot(engine) as connection:
        tables = schema.metadata.sorted_tables
        return {table.name: sorted(map(repr, connection.execute(select(table)))) for table in tables}  # type: ignore[misc]


def test_a_page_that_says_the_same_gets_the_new_version_of_the_extractor_and_no_version_of_its_own(press: Press) -> None:
    with press.earlier():
        press.ingest()
    before = press.article()
    (one,) = press.reparse()
    assert (one.became, one.changes, one.article_id) == (Became.UNCHANGED, {}, before.id)
    assert press.article() == replace(before, extractor=VERSION)
    assert (press.stale(), press.reparse()) == (0, [])


def test_a_page_that_says_something_else_becomes_the_next_version_of_its_article(press: Press) -> None:
    with press.earlier(mistitled):
        press.ingest()
    before, when = press.article(), asked(press)
    (one,) = press.reparse()
    assert (one.became, set(one.changes)) == (Became.CHANGED, {"title", "authors"})
    assert one.changes["title"] == {"from": "Home", "to": "Pier to be repaired"}
    after = press.article()
    assert (after.extraction.title, after.extraction.authors) == ("Pier to be repaired", ())
    assert (after.id, after.version, after.extractor, after.text) == (before.id, 2, VERSION, before.text)
    assert (after.fetched_at, after.http, after.outcome, asked(press)) == (before.fetched_at, before.http, before.outcome, when)
    with snapshot(press.engine) as connection:
        (kept,) = connection.execute(select(schema.article_version)).all()
        assert (kept.version, kept.title, kept.extractor, kept.fetched_at) == (1, "Home", EARLIER, before.fetched_at)
        assert [listed.id for listed in browse(connection, words="pier to be repaired", limit=9)] == [before.id]
        assert browse(connection, words="home", limit=9) == []
    left = everything(press.engine)
    assert press.reparse() == []
    assert everything(press.engine) == left


def asked(press: Press) -> tuple[Any, ...]:
    table = schema.article
    with snapshot(press.engine) as connection:
        return tuple(connection.execute(select(table.c.checked_at, table.c.etag, table.c.last_modified)).one())


def test_a_preview_tells_what_a_run_would_do_and_writes_nothing(press: Press) -> None:
    with press.earlier(mistitled):
        press.ingest()
    with press.earlier(seeing_none):
        press.put(**{URL + "?2": page()})
        press.ingest(URL + "?2")
    before = everything(press.engine)
    told = press.preview()
    assert everything(press.engine) == before
    assert {one.became for one in told} == {Became.CHANGED, Became.FOUND}
    did = press.reparse()
    assert [(one.url, one.became, one.changes) for one in did] == [(one.url, one.became, one.changes) for one in told]


def test_an_image_whose_address_stays_keeps_its_bytes_and_a_new_one_waits_for_the_next_visit(press: Press) -> None:
    press.put(**{URL: page(tail=PICTURES), PLAN: Answer(body=png(500, 400), content_type="image/png")})
    with press.earlier(blind):
        assert press.ingest() == "stored · images 1/1"
    asked_before = list(press.web.asked)
    (one,) = press.reparse()
    assert (one.became, one.missing, one.changes["images"]["added"]) == (Became.CHANGED, 1, [PLAN])
    assert press.web.asked == asked_before
    photo, plan = press.article().images
    assert (photo.ref.url, photo.state, photo.ref.caption) == (PHOTO, ImageState.STORED, "The pier")
    assert (plan.ref.url, plan.state, plan.reason) == (PLAN, ImageState.FAILED, "not_fetched")
    assert press.ingest() == "unchanged"
    assert [image.state for image in press.article().images] == [ImageState.STORED, ImageState.PENDING]


def test_an_image_that_was_skipped_for_its_markup_and_is_wanted_now_is_a_new_one(press: Press) -> None:
    def icons(extraction: Extraction) -> Extraction:
        return replace(extraction, images=tuple(replace(image, skip="icon") for image in extraction.images))

    press.put(**{URL: page(tail=f'<img src="{PHOTO}" width=800 height=600>')})
    with press.earlier(icons):
        press.ingest()
    assert [image.state for image in press.article().images] == [ImageState.SKIPPED]
    assert [one.missing for one in press.reparse()] == [1]
    assert [(image.state, image.reason) for image in press.article().images] == [(ImageState.FAILED, "not_fetched")]
    with press.now(icons):
        press.reparse(again=True)
    assert [(image.state, image.reason) for image in press.article().images] == [(ImageState.SKIPPED, "icon")]


def test_an_article_found_in_a_page_that_was_rejected_is_stored_as_if_it_had_come_in_then(press: Press) -> None:
    with press.earlier(seeing_none):
        assert press.ingest() == "rejected: not_article"
    (one,) = press.reparse()
    found = press.article()
    assert (one.became, one.article_id, found.version, found.extractor) == (Became.FOUND, found.id, 1, VERSION)
    assert found.extraction.title == "Pier to be repaired"
    row = press.row()
    assert (row["state"], row["cause"], row["owner"], row["article_id"]) == (State.STORED, None, None, found.id)
    assert asked(press)[:2] == (found.fetched_at, found.http["etag"])
    assert press.reparse() == []
    assert press.ingest() == "unchanged"


def test_a_page_that_is_still_no_article_is_read_once_by_each_version(press: Press) -> None:
    press.put(**{URL: page(paragraphs=0)})
    press.ingest()
    before = press.row()
    assert [one.became for one in press.reparse()] == [Became.NONE]
    assert (press.row(), press.stale(), press.stale(again=True)) == (before, 0, 1)


def test_an_article_in_whose_page_none_is_seen_any_more_stays_and_is_named_once(press: Press) -> None:
    with press.earlier():
        press.ingest()
    before = press.article()
    with press.now(seeing_none):
        (one,) = press.reparse()
        assert (one.became, one.reason, one.article_id) == (Became.KEPT, "too little text", before.id)
        assert press.article() == before
        assert press.reparse() == []
        assert [one.became for one in press.reparse(again=True)] == [Became.KEPT]
    assert press.ingest() == "unchanged"


def test_a_later_capture_is_read_again_although_the_one_before_it_was_kept(press: Press) -> None:
    with press.earlier():
        press.ingest()
    with press.now(seeing_none):
        press.reparse()
    press.put(**{URL: page(title="Pier repaired")})
    with press.earlier(mistitled):
        press.ingest()
    assert [one.became for one in press.reparse()] == [Became.CHANGED]
    assert press.article().extraction.title == "Pier repaired"


def test_a_rejected_visit_is_later_than_the_article_that_was_stored_before(press: Press) -> None:
    with press.earlier():
        press.ingest()
        press.put(**{URL: page(title="Pier repaired")})
    with press.earlier(seeing_none):
        assert press.ingest() == "rejected: not_article"
    (one,) = press.reparse()
    assert (one.became, set(one.changes)) == (Became.FOUND, {"title"})
    after = press.article()
    assert (after.extraction.title, after.version, after.outcome) == ("Pier repaired", 2, State.STORED)
    assert press.stale() == 0


def test_a_page_that_now_names_another_articles_url_leaves_both_as_they_are(press: Press) -> None:
    other = "https://news.example/a/other.html"
    canonical = f'<link rel="canonical" href="{URL}">'
    press.put(**{other: page(title="Another", head=canonical)})
    with press.earlier(lambda extraction: replace(extraction, declared_canonical=None)):
        press.ingest()
        press.ingest(other)
    before = press.article(other)
    same, one = press.reparse()
    assert (same.became, one.became, one.article_id) == (Became.UNCHANGED, Became.DUPLICATE, before.id)
    assert press.article(other) == before
    assert press.stale() == 0


def test_an_article_found_under_a_url_that_is_stored_becomes_its_duplicate(press: Press) -> None:
    other = "https://news.example/a/other.html"
    press.put(**{other: page(head=f'<link rel="canonical" href="{URL}">')})
    press.ingest()
    press.seen.marks.clear()
    with press.earlier(seeing_none):
        press.ingest(other)
    (one,) = press.reparse()
    assert (one.became, one.article_id) == (Became.DUPLICATE, press.article().id)
    assert press.row(other)["state"] == State.DUPLICATE


def test_the_pages_of_an_article_are_joined_as_when_they_came_in(press: Press) -> None:
    press.put(**{URL: page(tail=LINKED), NEXT: page(title="Pier, part two", tail="<p>The end of it all, says the board.</p>")})
    with press.earlier(mistitled):
        press.ingest()
    before = press.article()
    (one,) = press.reparse()
    assert "The end of it all" in before.text
    assert (press.article().text, set(one.changes)) == (before.text, {"title", "authors"})


def test_a_further_page_that_was_never_fetched_is_named_and_the_rest_is_stored(press: Press) -> None:
    press.put(**{URL: page(tail=LINKED), NEXT: page()})
    with press.earlier(lambda extraction: replace(extraction, next_page=None, title="Home")):
        press.ingest()
    (one,) = press.reparse()
    assert (one.became, one.reason) == (Became.CHANGED, f"it goes on at {NEXT}, which is not in the archive")
    assert press.article().extraction.title == "Pier to be repaired"


def test_a_page_that_leads_elsewhere_than_to_the_pages_that_are_stored_loses_none_of_them(press: Press) -> None:
    press.put(**{URL: page(tail=LINKED), NEXT: page()})
    with press.earlier():
        press.ingest()
    before = press.article()
    elsewhere = "https://news.example/a/story_3.html"
    with press.now(lambda extraction: replace(extraction, next_page=elsewhere, title="Pier")):
        (one,) = press.reparse()
    assert (one.became, press.article(), press.stale()) == (Became.FAILED, before, 1)


def test_a_page_whose_record_is_gone_fails_and_is_tried_again_by_the_next_call(press: Press, tmp_path: Path) -> None:
    with press.earlier(mistitled):
        press.ingest()
    (file,) = (tmp_path / "archive").glob("*.warc.gz")
    file.rename(tmp_path / "elsewhere")
    (one,) = press.reparse()
    assert (one.became, "cannot be read" in one.reason, press.article().extraction.title) == (Became.FAILED, True, "Home")
    (tmp_path / "elsewhere").rename(file)
    assert [one.became for one in press.reparse()] == [Became.CHANGED]


def test_bytes_are_decoded_by_the_type_they_came_with(press: Press) -> None:
    html = (
        f"<title>港口</title><article><h1>港口委员会</h1>{'<p>港口委员会星期二开会，决定在冬季风暴来临之前修复北码头。</p>' * 9}"
    )
    press.put(**{URL: Answer(body=html.encode("gb18030"), content_type="text/html; charset=gbk")})
    with press.earlier():
        press.ingest()
    assert [one.became for one in press.reparse()] == [Became.UNCHANGED]
    assert press.article().extraction.title == "港口委员会"


def test_what_no_database_stores_is_no_difference(press: Press) -> None:
    def unclean(extraction: Extraction) -> Extraction:
        return replace(extraction, title="Half \ud83d of it", description="and \x00 nothing")

    with press.earlier(unclean):
        press.ingest()
    with press.now(unclean):
        assert [one.became for one in press.reparse()] == [Became.UNCHANGED]


def test_a_suspicious_page_is_read_in_quarantine(press: Press) -> None:
    press.put(**{URL: page(tail="<div>" * 3_000)})
    with press.earlier():
        press.ingest()
    press.quarantine.given.clear()
    assert [one.became for one in press.reparse()] == [Became.UNCHANGED]
    assert len(press.quarantine.given) == 1


def test_only_what_is_meant_is_read(press: Press) -> None:
    second, third = "https://other.example/2.html", "https://news.example/3.html"
    press.put(**{second: page(), third: page(paragraphs=0)})
    with press.earlier():
        press.ingest(job="x")
        press.ingest(second, job="y")
        press.ingest(third, job="y")
    since = press.article(second).fetched_at
    assert [press.stale(job=job) for job in ("x", "y", "z")] == [1, 2, 0]
    assert [press.stale(host=host) for host in ("news.example", "OTHER.example")] == [2, 1]
    assert [press.stale(since=moment) for moment in (since - 1, since, since + 1, since + 90_000)] == [2, 2, 1, 0]
    assert {one.url for one in press.reparse(job="y")} == {second, third}
    assert press.stale() == 1


def test_a_call_that_is_broken_off_goes_on_where_it_was(press: Press, monkeypatch: pytest.MonkeyPatch) -> None:
    urls = [f"https://news.example/{n}.html" for n in range(5)]
    press.put(**{url: page() for url in urls})
    with press.earlier(mistitled):
        for url in urls:
            press.ingest(url)
    monkeypatch.setattr("worker.reparse.stored", partial(stored, batch=2))
    run = press.reparser().run(stale())
    assert [next(run).url, next(run).url] == urls[:2]
    run.close()
    assert [one.url for one in press.reparse()] == urls[2:]
    assert [press.article(url).version for url in urls] == [2] * 5
