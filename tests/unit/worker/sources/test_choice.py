"""Which links a crawl job takes, and in which order."""

from hypothesis import given
from hypothesis import strategies as st

from worker.models import Form, Source
from worker.sources.choice import chosen
from worker.sources.listing import Link

NOW = 1_772_000_000.0
BASE = "https://news.example/"
FEED = BASE + "feed.xml"


def source(**options: tuple[str, ...]) -> Source:
    return Source(form=Form.FEED, url=FEED, **options)  # type: ignore[arg-type]


def take(*links: tuple[str, float | None], **options: tuple[str, ...]) -> list[str]:
    urls = chosen([Link(BASE + path, at) for path, at in links], source(**options), NOW)
    return [url.removeprefix(BASE) for url in urls]


def test_the_newest_come_first_and_equals_in_the_sources_order() -> None:
    assert take(("old", 1.0), ("new", 3.0), ("b", 2.0), ("a", 2.0)) == ["new", "b", "a", "old"]


def test_a_link_without_a_date_stays_behind_the_one_before_it() -> None:
    assert take(("a", 2.0), ("after a", None), ("after that", None), ("b", 3.0), ("after b", None)) == [
        "b", "after b", "a", "after a", "after that",
    ]  # fmt: skip


def test_those_before_the_first_date_share_it() -> None:
    assert take(("first", None), ("a", 2.0), ("b", 3.0)) == ["b", "first", "a"]


def test_without_any_date_the_sources_order_is_kept() -> None:
    assert take(("c", None), ("a", None), ("b", None)) == ["c", "a", "b"]


def test_a_date_in_the_future_is_none() -> None:
    assert take(("a", NOW), ("b", NOW + 10 * 86_400), ("c", NOW - 1)) == ["a", "b", "c"]


def test_one_of_the_included_patterns_and_none_of_the_excluded_must_be_found() -> None:
    links = tuple((path, None) for path in ("politics/1", "sport/2", "politics/live/3", "culture/4", "politics/5?print=1"))
    assert take(*links, include=("/politics/", "/culture/")) == [
        "politics/1",
        "politics/live/3",
        "culture/4",
        "politics/5?print=1",
    ]
    assert take(*links, exclude=("/live/", r"\?print=")) == ["politics/1", "sport/2", "culture/4"]
    assert take(*links, include=(r"/politics/\d",), exclude=("print",)) == ["politics/1"]
    assert take(*links, include=("^https://news",)) == [path for path, _ in links]
    assert take(*links, include=("nowhere",)) == []


def test_patterns_find_what_stands_percent_escaped() -> None:
    link = ("%E6%96%B0%E9%97%BB/1", None)
    assert take(link, include=("/新闻/",)) == take(link, include=("%E6%96%B0",)) == [link[0]]
    assert take(link, exclude=("/新闻/",)) == []


def test_each_page_is_taken_once_as_it_was_first_given_newest_first() -> None:
    links = [
        Link("https://news.example/a?utm_source=rss", 2.0),
        Link("https://NEWS.example:443/a#top", 3.0),
        Link("https://news.example/b", 1.0),
    ]
    assert chosen(links, source(), NOW) == ["https://NEWS.example:443/a#top", "https://news.example/b"]


def test_the_sources_own_address_and_what_is_no_address_are_left_out() -> None:
    links = [Link(FEED + "?utm_medium=self", None), Link("mailto:a@b.example", None), Link("https://u:p@news.example/", None)]
    assert chosen(links, source(), NOW) == []


@given(st.lists(st.tuples(st.integers(0, 30), st.none() | st.floats(0, 2 * NOW)), max_size=40))
def test_every_page_is_chosen_and_only_once(links: list[tuple[int, float | None]]) -> None:
    taken = take(*((str(path), at) for path, at in links))
    assert sorted(taken) == sorted({str(path) for path, _ in links})
