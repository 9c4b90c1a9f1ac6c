"""Any known form of a URL finds its article, on each database, over whole ingestions; and nobody takes another's form away."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from tests.fakes import Answer
from tests.press import Press, page
from tests.values import candidate
from worker.models import State
from worker.store import schema
from worker.store.accept import Accepted, accept
from worker.store.library import find, snapshot, standing
from worker.store.transaction import transaction
from worker.urls import canonicalise

KEY = "https://news.example/harbour/pier-to-be-repaired-4711815"
AMP, MOBILE, PLAIN = KEY + "/amp", KEY.replace("news.", "m.news."), KEY.replace("https", "http")
SHORT, HOP = "https://go.example/x7", "https://news.example/?p=815"
CACHED = "https://news-example.cdn.ampproject.org/c/s/news.example/harbour/pier-to-be-repaired-4711815/amp"
HEAD = (
    f'<link rel=canonical href="{KEY}"><meta property="og:url" content="{PLAIN}"><link rel=amphtml href="{AMP}">'
    f'<link rel=alternate media="only screen and (max-width: 640px)" href="{MOBILE}">'
)
OTHER = "https://news.example/council/parking-vote-4711900"


@pytest.fixture
def press(engine: Engine, tmp_path: Path) -> Iterator[Press]:
    press = Press(engine, tmp_path / "archive")
    story = page(head=HEAD)
    rendered = page(title="Pier to be repaired", head=f'<link rel=canonical href="{KEY}">', paragraphs=5)
    press.put(**{
        KEY: story, AMP: rendered, MOBILE: rendered, CACHED: rendered,
        PLAIN: replace(story, final_url=KEY, hops=(PLAIN,)),
        SHORT: replace(story, final_url=KEY, hops=(SHORT, HOP)),
        HOP: replace(story, final_url=KEY, hops=(HOP,)),
        OTHER: page(title="Council votes on parking", paragraphs=6),
    })  # fmt: skip
    yield press
    press.close()


def found(press: Press, url: str) -> int | None:
    with snapshot(press.engine) as connection:
        article = find(connection, url)
    return article.id if article else None


def brought(press: Press, url: str) -> Accepted:
    """Bring *url* as `newsmill enqueue` does."""
    with transaction(press.engine) as tx:
        return accept(tx, [candidate(url)], job="job", urgent=False)[0]


def stored_articles(press: Press) -> int:
    with snapshot(press.engine) as connection:
        return connection.execute(select(func.count()).select_from(schema.article)).scalar_one()


FORMS = (KEY, AMP, MOBILE, PLAIN, SHORT, HOP, CACHED)


def test_every_form_that_led_here_or_that_the_page_declares_finds_the_article_and_is_known(press: Press) -> None:
    press.ingest(SHORT)
    article = press.article(KEY)
    assert set(article.aliases) == {canonicalise(form) for form in FORMS} - {KEY}
    assert {found(press, form) for form in FORMS} == {article.id}
    assert [(answer.new, answer.state) for answer in (brought(press, form) for form in FORMS)] == [(False, State.STORED)] * len(
        FORMS
    )


@pytest.mark.parametrize("order", list(permutations((KEY, AMP, SHORT, PLAIN)))[::5])
def test_in_whatever_order_its_forms_are_fetched_there_is_one_article(press: Press, order: tuple[str, ...]) -> None:
    rows = [brought(press, form) for form in order]
    assert all(row.new for row in rows)
    told = [press.ingest(form) for form in order]
    assert [one.split(":")[0].split()[0] for one in told] == ["stored", "duplicate", "duplicate", "duplicate"]
    assert stored_articles(press) == 1
    assert len({found(press, form) for form in FORMS}) == 1


def test_one_more_scheme_or_www_is_found_without_ever_having_been_seen(press: Press) -> None:
    press.ingest(OTHER)
    twins = (OTHER.replace("https", "http"), OTHER.replace("news.", "www.news."), OTHER.replace("https://", "http://www."))
    assert {found(press, twin) for twin in twins} == {found(press, OTHER)}
    waiting = brought(press, "https://news.example/council/not-yet-fetched")
    assert waiting.new
    with snapshot(press.engine) as connection:
        stands = standing(connection, "http://www.news.example/council/not-yet-fetched")
    assert stands is not None
    assert stands.state is State.PENDING


def test_a_site_that_serves_both_schemes_without_a_word_has_its_article_once(press: Press) -> None:
    insecure = OTHER.replace("https", "http")
    press.put(**{insecure: page(title="Council votes on parking", paragraphs=7)})  # not even the same text
    press.ingest(OTHER)
    assert press.ingest(insecure) == "duplicate"
    assert press.article(OTHER).aliases == (insecure,)


def test_another_article_under_the_other_spelling_of_a_site_is_one_of_its_own(press: Press) -> None:
    elsewhere = OTHER.replace("news.", "www.news.")
    press.put(**{elsewhere: page(title="A page of the same name", paragraphs=7)})
    press.ingest(OTHER)
    assert press.ingest(elsewhere).startswith("stored")
    assert found(press, elsewhere) != found(press, OTHER)


def test_the_earlier_key_still_finds_an_article_whose_key_has_changed(press: Press) -> None:
    press.ingest(OTHER)
    before = press.article(OTHER)
    renamed = "https://news.example/council/parking-vote-fails-4711900"
    press.put(**{OTHER: replace(page(title="Parking vote fails", paragraphs=6), final_url=renamed, hops=(OTHER,))})
    assert press.ingest(OTHER).startswith("stored")
    after = press.article(OTHER)
    assert (after.id, after.canonical_url, after.version, after.aliases) == (before.id, renamed, 2, (OTHER,))
    assert found(press, renamed) == before.id
    assert not brought(press, renamed).new


def test_the_new_address_of_a_page_that_has_not_changed_is_known(press: Press) -> None:
    press.ingest(OTHER)
    moved = "https://news.example/archive/council/parking-vote-4711900"
    press.put(**{OTHER: replace(answered(press, OTHER), final_url=moved, hops=(OTHER,), etag=None)})
    assert press.ingest(OTHER) == "unchanged"
    assert found(press, moved) == found(press, OTHER)
    assert not brought(press, moved).new


def test_a_page_that_claims_anothers_forms_does_not_get_them(press: Press) -> None:
    press.ingest(KEY)
    owner = found(press, KEY)
    # The same number, a rendering, the same site: consistent by all that can be seen of it.
    claims = f'<link rel=amphtml href="{AMP}"><link rel=amphtml href="{MOBILE}">'
    late = "https://news.example/harbour/second-thoughts-on-4711815"
    press.put(**{late: page(title="Second thoughts", head=claims, paragraphs=8)})
    assert press.ingest(late).startswith("stored")
    assert found(press, late) != owner
    assert {found(press, form) for form in (KEY, AMP, MOBILE)} == {owner}


def test_a_page_may_not_take_the_address_of_an_article_that_is_still_to_come(press: Press) -> None:
    grasping = f'<link rel=amphtml href="{OTHER}"><meta property="og:url" content="{OTHER}"><link rel=canonical href="{KEY}">'
    press.put(**{KEY: page(head=grasping)})
    press.ingest(KEY)
    assert found(press, OTHER) is None
    assert brought(press, OTHER).new
    assert press.ingest(OTHER).startswith("stored")


def test_two_pages_that_point_at_each_other_are_one_article_found_by_both(press: Press) -> None:
    one, two = "https://news.example/council/parking-one", "https://news.example/council/parking-two"
    for own, other in ((one, two), (two, one)):
        press.put(**{own: page(head=f'<link rel=canonical href="{other}">')})
        brought(press, own)
    assert press.ingest(one).startswith("stored")
    assert press.ingest(two) == "duplicate"
    assert press.ingest(one) == "unchanged"
    assert press.ingest(two) == "duplicate"
    assert stored_articles(press) == 1
    assert found(press, one) == found(press, two) is not None


def test_a_front_page_that_leads_to_an_article_is_no_form_of_it(press: Press) -> None:
    front = "https://news.example/"
    press.put(**{front: replace(page(head=HEAD), final_url=KEY, hops=(front,))})
    press.ingest(KEY)
    assert press.ingest(front) == "duplicate"
    assert front not in press.article(KEY).aliases
    assert found(press, front) == found(press, KEY)  # its own row says where it led


def test_a_text_syndicated_from_another_host_is_an_article_of_its_own_that_says_so(press: Press) -> None:
    copy = "https://partner.example/harbour/pier-to-be-repaired-4711815"
    press.put(**{copy: page(head=f'<link rel=canonical href="{KEY}">')})
    press.ingest(KEY)
    assert press.ingest(copy).startswith("stored")
    assert press.article(copy).canonical_url == copy
    assert press.article(copy).extraction.declared_canonical == KEY


def test_every_alias_leads_to_an_article_in_one_step(press: Press) -> None:
    for url in (SHORT, OTHER, MOBILE, CACHED):
        press.ingest(url)
    with snapshot(press.engine) as connection:
        for row in connection.execute(select(schema.alias)):
            article = find(connection, row.url)
            assert article is not None
            assert article.id == row.article_id


def test_aliases_of_a_page_read_again_are_entered_with_its_next_version(press: Press) -> None:
    with press.earlier(lambda said: replace(said, declared_forms=(), title="Home")):
        press.ingest(KEY)
    assert found(press, AMP) is None
    press.reparse()
    assert found(press, AMP) == found(press, KEY)


def answered(press: Press, url: str) -> Answer:
    answer = press.web.pages[url]
    assert isinstance(answer, Answer)
    return answer
