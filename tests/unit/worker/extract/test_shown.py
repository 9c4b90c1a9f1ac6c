"""Dates that readers see, and how they stand against what the page tells machines."""

import pytest
from selectolax.lexbor import LexborHTMLParser

from worker.extract.blocks import collect
from worker.extract.dateline import Dates, choose_dates, date_in_url, explain_dates
from worker.extract.evidence import Evidence, read_evidence
from worker.normalise.dates import Habits

NOW = 1_700_000_000.0  # November 14, 2023
TITLE = "<h1>Ferry sinks off the northern coast</h1>"
PROSE = "<p>" + "The ferry left the harbour in the morning with ten people aboard. " * 5 + "</p>"


def evidence_of(head: str, body: str, *, lang: str = "en", url: str = "https://news.example.com/ferry") -> Evidence:
    tree = LexborHTMLParser(f"<!DOCTYPE html><html lang={lang}><head>{head}</head><body>{body}</body></html>")
    return read_evidence(tree, collect(tree), url=url, fetched_at=NOW)


def dates_of(head: str, body: str, *, lang: str = "en", url: str = "https://news.example.com/ferry") -> Dates:
    return choose_dates(evidence_of(head, body, lang=lang, url=url).dates)


def published(day: str) -> str:
    return f'<meta property="article:published_time" content="{day}">'


def modified(day: str) -> str:
    return f'<meta property="article:modified_time" content="{day}">'


def test_the_dateline_under_the_headline_beats_the_day_of_a_rebuild() -> None:
    assert dates_of(published("2023-06-24"), f"{TITLE}<p>August 25, 2022</p>{PROSE}").published == "2022-08-25"


def test_a_dateline_that_tells_of_a_change_beats_nothing() -> None:
    found = dates_of(published("2022-08-25"), f"{TITLE}<p>Updated June 24, 2023</p>{PROSE}")
    assert (found.published, found.modified) == ("2022-08-25", "2023-06-24")


def test_a_dateline_of_the_day_of_a_correction_beats_nothing() -> None:
    head = published("2022-08-25") + modified("2022-08-30")
    assert dates_of(head, f"{TITLE}<p>August 30, 2022</p>{PROSE}").published == "2022-08-25"


def test_the_dateline_of_an_article_written_anew_a_year_later_beats_its_first_day() -> None:
    head = published("2022-08-25") + modified("2023-06-24")
    assert dates_of(head, f"{TITLE}<p>June 24, 2023</p>{PROSE}").published == "2023-06-24"


def test_the_date_of_another_article_under_the_headline_beats_nothing() -> None:
    teaser = '<div class="related"><p>See also</p><p>June 24, 2021</p></div>'
    assert dates_of(published("2022-08-25"), f"<div>{TITLE}</div>{teaser}<div>{PROSE}</div>").published == "2022-08-25"


def test_a_builders_widgets_are_part_of_the_article() -> None:
    line = '<div class="elementor-widget elementor-widget-post-info"><p>August 25, 2022</p></div>'
    assert dates_of(published("2023-06-24"), f"{TITLE}{line}{PROSE}").published == "2022-08-25"


def test_a_word_that_holds_another_says_nothing_about_the_date() -> None:
    assert dates_of("", f"{TITLE}<p>March 20, 2023 | Prevention</p>{PROSE}").published == "2023-03-20"


def test_a_count_of_comments_beside_the_date_takes_nothing_from_it() -> None:
    line = "<p>Written by Ann Lee in Boats on 1 June 2019 at 08:34 PM. 51 Comments</p>"
    assert dates_of("", f"{TITLE}{line}{PROSE}").published == "2019-06-01"


def test_a_birthday_of_long_ago_yields_to_the_day_of_the_last_change() -> None:
    head = modified("2020-02-14")
    assert dates_of(head, f"{TITLE}<p>1975年1月28日</p>{PROSE}").published == "2020-02-14"


def test_a_dateline_with_day_and_month_the_other_way_round_beats_nothing() -> None:
    assert dates_of(published("2022-03-04"), f"{TITLE}<p>04/03/2022</p>{PROSE}", lang="en-US").published == "2022-03-04"


def test_a_date_within_a_sentence_beats_nothing() -> None:
    sentence = "<p>The same ferry had already run aground at the pier on May 3, 2019 and was repaired afterwards in the yard.</p>"
    assert dates_of(published("2022-08-25"), f"{TITLE}{sentence}{PROSE}").published == "2022-08-25"


def test_the_dateline_beats_a_vague_meta_element() -> None:
    assert dates_of('<meta name="date" content="2023-01-02">', f"{TITLE}<p>3 May 2021</p>{PROSE}").published == "2021-05-03"


def test_a_meta_element_that_nobody_has_heard_of_counts_if_it_speaks_of_publication() -> None:
    assert dates_of('<meta name="acme:published-on" content="2021-05-03">', TITLE).published == "2021-05-03"


def test_a_moment_in_utc_falls_on_the_day_that_the_clock_for_readers_shows() -> None:
    body = f"{TITLE}<p>May 3, 2021, 10:41 PM</p>{PROSE}"
    assert dates_of(published("2021-05-04T02:41:41Z"), body).published == "2021-05-03T22:41:41-04:00"


def test_a_day_without_a_clock_leaves_a_stated_moment_as_it_is() -> None:
    found = dates_of(published("2021-05-04T02:41:41Z") + modified("2021-05-04T09:00:00Z"), f"{TITLE}<p>May 3, 2021</p>{PROSE}")
    assert found.published == "2021-05-04T02:41:41+00:00"
    assert found.modified == "2021-05-04T09:00:00+00:00"


@pytest.mark.parametrize(
    ("body", "day"),
    [
        (f"{TITLE}{PROSE}<p>10. September 2017</p>", "2017-09-10"),
        (f"{TITLE}{PROSE}<footer>Dieser Eintrag wurde am 10. September 2017 veröffentlicht</footer>", "2017-09-10"),
        (f"{TITLE}{PROSE}<p>A Guide For Beginners/How To Download It (last edited 2019-11-10 by SomeBody)</p>", "2019-11-10"),
        (f"{TITLE}{PROSE}<p>Dieser Artikel wurde am 14. Dezember 2015 von Ann geschrieben{', Technik' * 14}</p>", "2015-12-14"),
        (f"{TITLE}<p><time>28.01.22</time></p>{PROSE}", "2022-01-28"),
        (f"{TITLE}<p><time>28. Juni 2019</time><time>14. Januar 2020</time></p>{PROSE}", "2019-06-28"),
        (f"{TITLE}{PROSE}<p>Registriert: 18.09.2008</p><p>Geschrieben: 21.01.2009</p>", "2009-01-21"),
        (f"{TITLE}<p>12/01/2004 - 12/31/2004</p>{PROSE}<p>Posted on March 21, 2005</p>", "2005-03-21"),
        (f"{TITLE}{PROSE}", None),
    ],
)  # fmt: skip
def test_a_page_that_tells_machines_nothing_is_dated_by_what_it_shows(body: str, day: str | None) -> None:
    assert dates_of("", body, lang="de" if "Eintrag" in body or "." in body else "en").published == day


def test_a_list_of_teasers_does_not_date_the_article() -> None:
    teasers = "".join(f"<div><p>0{n}.02.2019</p><p>Another story about boats</p></div>" for n in range(1, 5))
    body = f"{TITLE}{teasers}<p class=post-meta>8.8.2017</p>{PROSE}"
    assert dates_of("", body, lang="de").published == "2017-08-08"


def test_the_url_counts_for_more_than_a_date_in_the_text() -> None:
    body = f"{TITLE}<p>Release date: 14 August 2017</p>{PROSE}"
    assert dates_of("", body, url="https://blog.example.com/2017/09/09/ferry").published == "2017-09-09"


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://example.com/2021/11/10/a", "2021-11-10"),
        ("https://example.com/2021/1/9/a", "2021-01-09"),
        ("https://example.com/news/29-10-2021", "2021-10-29"),
        ("https://example.com/20211110/a", "2021-11-10"),
        ("https://example.com/2021/12/a", None),
        ("https://example.com/2021/12/31st-street", None),
    ],
)
def test_an_address_names_a_day_only_in_full(url: str, day: str | None) -> None:
    assert date_in_url(url, Habits(now=NOW)) == day


def test_every_candidate_is_explained_and_one_is_chosen() -> None:
    evidence = evidence_of(published("2023-06-24"), f"{TITLE}<p>August 25, 2022</p>{PROSE}")
    candidates = explain_dates(evidence.dates)
    assert [(item.value, item.source) for item in candidates if item.chosen] == [("2022-08-25", "dateline")]
    assert ("2023-06-24", "meta") in [(item.value, item.source) for item in candidates]
    assert all(item.why for item in candidates)
