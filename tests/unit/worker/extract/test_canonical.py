import pytest

from worker.extract.canonical import MOST_FORMS, believed_canonical, believed_forms, declared_forms, is_home
from worker.extract.head import Head

PAGE = "https://www.example.com/2021/11/10/story.html"
LONG = "https://www.example.com/politics/harbour-board-repairs-the-pier-4711815"


@pytest.mark.parametrize(
    ("declared", "final", "believed"),
    [
        ("https://www.example.com/2021/11/10/story.html", PAGE + "?utm_source=x", PAGE),
        ("https://example.com/2021/11/10/story.html", PAGE, "https://example.com/2021/11/10/story.html"),
        ("https://www.example.com/story", "https://amp.example.com/story", "https://www.example.com/story"),
        ("https://www.example.com/story", "https://m.example.com/story?x=1", "https://www.example.com/story"),
        ("https://www.example.com/story", "https://www.example.com/story/amp", "https://www.example.com/story"),
        ("https://www.example.com/story", "https://www.example.com/story/page/2", "https://www.example.com/story"),
        ("HTTP://WWW.Example.com:80/a?utm_medium=q#top", "http://www.example.com/b", "http://www.example.com/a"),
        ("https://en.example.com/wiki/Pier", "https://en.m.example.com/wiki/Pier", "https://en.example.com/wiki/Pier"),
        (LONG, "https://www.example.com/amp/politics/harbour-board-repairs-the-pier-4711815?amp=1", LONG),
        (LONG, LONG + "/slides/4", LONG),
        (LONG, LONG + "?ref=front-page-top&session=4711", LONG),
        (LONG, "https://www.example.com/node/4711815", LONG),
        (LONG, "https://amp.example.com/4711815", LONG),
        (
            "https://a.example/article.php?id=5",
            "https://a.example/article.php?id=5&ref=9999",
            "https://a.example/article.php?id=5",
        ),
        ("https://a.example/topic?t=167", "https://a.example/topic?f=4&t=167", "https://a.example/topic?t=167"),
        ("https://a.example/2026/01/05/pier", "https://a.example/2026/1/5/pier", "https://a.example/2026/01/05/pier"),
        ("https://a.example/2026/05/pier-mended", "https://a.example/?p=123", "https://a.example/2026/05/pier-mended"),
        ("https://a.example/new-words-for-it", "https://a.example/the-old-title", "https://a.example/new-words-for-it"),
    ],
)
def test_a_consistent_claim_is_believed_in_canonical_form(declared: str, final: str, believed: str) -> None:
    assert believed_canonical(declared, final_url=final) == believed


@pytest.mark.parametrize(
    "declared",
    [
        None,
        "",
        "/2021/11/10/story.html",
        "https://www.example.com/",
        "https://www.example.com/index.html",
        "https://www.example.com/en/",
        "https://www.example.com/en-gb/index.php",
        "https://example.com",
        "https://www.example.com/2021",
        "https://other.example/2021/11/10/story.html",
        "https://news.example.com/2021/11/10/story.html",
        "https://wwwexample.com/2021/11/10/story.html",
        "https://www.example.com.evil.example/2021/11/10/story.html",
        "https://www.example.com:8443/2021/11/10/story.html",
        "ftp://www.example.com/story.html",
        "javascript:void(0)",
    ],
)
def test_a_claim_that_would_merge_different_pages_is_not(declared: str | None) -> None:
    assert believed_canonical(declared, final_url=PAGE) is None


@pytest.mark.parametrize(
    ("declared", "final"),
    [
        # what chooses the article got lost
        ("https://a.example/article.php", "https://a.example/article.php?id=5"),
        ("https://a.example/article", "https://a.example/article?slug=pier-to-be-repaired"),
        ("https://a.example/news.html?lang=de", "https://a.example/news.html?newsID=c3aa546f&lang=de"),
        ("https://a.example/a?tx_news[news]=7", "https://a.example/a?tx_news[news]=8"),
        ("https://a.example/view-topic-now.php?t=1", "https://a.example/view-topic-now.php?t=2"),
        # a section
        ("https://a.example/politics", "https://a.example/politics/pier-to-be-repaired"),
        ("https://a.example/science-and-nature", "https://a.example/science-and-nature/pier-to-be-repaired"),
        ("https://a.example/latest", "https://a.example/2026/05/06/pier-to-be-repaired"),
        # the article next to it
        ("https://a.example/news/17", "https://a.example/news/18"),
        ("https://a.example/?p=17", "https://a.example/?p=18"),
        ("https://a.example/same-old-title-1161245", "https://a.example/same-old-title-1161246"),
        ("https://a.example/2026/05/06/weather", "https://a.example/2026/05/07/weather"),
        ("https://a.example/work/news/8150872,an-hour-of-work", "https://a.example/money/articles/8150873,an-hour-of-work"),
        # an article, where the page is none
        ("https://a.example/pier-to-be-repaired", "https://a.example/"),
        ("https://a.example/pier-to-be-repaired", "https://a.example/en"),
        ("https://a.example/en/news/pier-to-be-repaired", "https://a.example/en/news"),
    ],
)
def test_an_address_of_something_else_on_the_site_is_not_believed(declared: str, final: str) -> None:
    assert believed_canonical(declared, final_url=final) is None


OTHER = "https://www.example.com/politics/council-votes-on-parking"


@pytest.mark.parametrize("own", [LONG, LONG + "?ref=x", LONG.replace("https", "http"), LONG + "/amp", LONG.replace("www", "m")])
def test_a_page_that_calls_itself_by_its_own_address_elsewhere_is_not_another(own: str) -> None:
    assert believed_canonical(OTHER, final_url=LONG) == OTHER
    assert believed_canonical(OTHER, final_url=LONG, also=["https://www.example.com/", own]) is None


def test_a_contradiction_does_not_count_where_the_two_addresses_are_plainly_of_one_article() -> None:
    renamed = "https://www.example.com/local/pier-repaired-at-last-4711815"
    assert believed_canonical(renamed, final_url=LONG, also=[LONG]) == renamed
    moved = "https://a.example/archive/the-harbour-board-repairs-the-pier"
    own = "https://a.example/news/harbour-board-repairs-the-pier"
    assert believed_canonical(moved, final_url=own, also=[own]) == moved


def test_a_date_in_common_makes_no_two_addresses_one_article() -> None:
    own = "https://a.example/20260506/pier-to-be-repaired"
    assert believed_canonical("https://a.example/20260506/council-votes", final_url=own, also=[own]) is None


def test_a_home_page_may_call_itself_the_home_page() -> None:
    assert (
        believed_canonical("https://www.example.com/", final_url="https://www.example.com/index.html")
        == "https://www.example.com/"
    )


@pytest.mark.parametrize(
    "form",
    [
        *(LONG + "/amp", LONG + "/amp/", LONG + "/amp/1", LONG + ".amp", LONG + "_amp.html", LONG + "?amp", LONG + "?amp=1"),
        *(LONG + "?outputType=amp-type", LONG + "/amp.html", LONG.replace("/politics", "/amp/politics")),
        *(LONG.replace("www", "amp"), LONG.replace("www", "m"), LONG.replace("www.", ""), LONG.replace("https", "http")),
        *("https://m.example.com/amp/a/4711815", "https://www.example.com/mobile/article?id=4711815"),
        "https://www-example-com.cdn.ampproject.org/c/s/www.example.com/politics/harbour-board-repairs-the-pier-4711815/amp",
    ],
)
def test_a_rendering_of_the_page_is_a_form_of_it(form: str) -> None:
    assert len(believed_forms([form], key=LONG)) == 1


@pytest.mark.parametrize(
    "form",
    [
        *(LONG, OTHER, OTHER + "/amp", "https://www.example.com/", "https://www.example.com/amp", "https://m.example.com/"),
        *("https://amp.example.com/4711816", "https://other.example/amp/4711815", "https://amp.evil.example/4711815"),
        *("https://www.example.com/4711815", "https://www.example.com/?p=4711815"),  # a number alone may be another's too
        *("javascript:", "https://user@www.example.com/amp/4711815", "https://www.example.com/politics"),
    ],
)
def test_what_could_be_another_pages_address_is_none(form: str) -> None:
    assert believed_forms([form], key=LONG) == ()


def test_forms_come_once_each_in_canonical_form() -> None:
    forms = [LONG + "/amp?utm_source=a", LONG + "/amp#top", LONG + "?amp=1", LONG]
    assert believed_forms(forms, key=LONG) == (LONG + "/amp", LONG + "?amp=1")


def head(**links: list[str]) -> Head:
    meta = {"og:url": links.pop("og", [])}
    return Head(
        meta=meta, links={rel.replace("_", " "): hrefs for rel, hrefs in links.items()}, blocks=(), title="", lang="", base=""
    )


def test_all_that_a_page_calls_itself_is_read_once_each_and_made_absolute() -> None:
    said = head(
        canonical=[LONG, "/second"], og=["http://www.example.com/og "], amphtml=["?amp=1"], miphtml=[LONG],
        alternate_handheld=["//m.example.com/a", "#", ""],
    )  # fmt: skip
    article = {"url": "/ld", "mainEntityOfPage": {"@type": "WebPage", "@id": "http://www.example.com/og"}}
    assert declared_forms(said, article, url=PAGE, canonical=LONG) == (
        "https://www.example.com/second",
        "http://www.example.com/og",
        "https://www.example.com/ld",
        PAGE + "?amp=1",
        "https://m.example.com/a",
    )


def test_a_page_that_says_one_thing_declares_nothing_else() -> None:
    assert declared_forms(head(canonical=[PAGE], og=[PAGE, PAGE]), {"url": PAGE}, url=PAGE, canonical=PAGE) == ()


def test_a_page_with_a_thousand_addresses_has_a_few() -> None:
    said = head(amphtml=[f"/{n}" for n in range(1000)])
    assert len(declared_forms(said, None, url=PAGE, canonical=None)) == MOST_FORMS


@pytest.mark.parametrize(
    "url", ["https://a.example/", "https://a.example/index.php", "https://a.example/en", "https://a.example/de-at/"]
)
def test_front_pages_are_known(url: str) -> None:
    assert is_home(url)


@pytest.mark.parametrize("url", ["https://a.example/?p=1", "https://a.example/story", "https://a.example/en/story"])
def test_and_nothing_else_is_one(url: str) -> None:
    assert not is_home(url)
