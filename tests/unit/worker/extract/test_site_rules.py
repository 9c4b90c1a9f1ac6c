"""Rules for single sites: to which pages they apply, and what they change of what such a page says."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from worker.document import Document
from worker.errors import InvalidUrl
from worker.extract.article import extract
from worker.extract.site_ruled import REFUSED
from worker.extract.site_rules import SiteBook, SiteRules, dump_rules, host_form, load_rules, why_no_selector
from worker.models import Extraction
from worker.rendering import to_text

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC).timestamp()
URL = "https://news.example.org/2026/pier"
STORY = "The harbour board met on Tuesday and agreed to repair the northern pier before the winter storms arrive. " * 3
OTHER = "Readers of this newspaper tell us every week what they think of the ferry, the bakery and the weather. " * 9
PAGE = f"""<html lang="en"><head><title>Pier | Courier</title><meta name="author" content="Web Desk">
<meta property="article:published_time" content="2026-03-01T00:00:00Z"><meta property="og:image" content="/logo.png"></head><body>
<p class="kicker">Pier to be repaired</p><p class="who">By <a>Ann Lee</a> and <a>Bo Chan</a></p>
<time class="on" datetime="2026-02-27T08:30">Friday</time>
<x-story><p>{STORY}</p><p class="promo">Subscribe to our letter, which comes every Sunday and is free for a month.</p>
<figure class="photo"><img src="/pier.jpg"><figcaption>The pier</figcaption></figure>
<div><img src="/advert.jpg" width="600" height="400"></div></x-story>
<div class="letters"><p>{OTHER}</p><p>{OTHER}</p></div>
<a class="more" href="?part=2">Go on</a></body></html>"""
RULES = SiteRules(name="courier", hosts=("news.example.org",))


def read(page: str = PAGE, url: str = URL, **rules: object) -> Extraction:
    """Return what the page says under these rules."""
    return extract(page, url=url, fetched_at=NOW, rules=replace(RULES, **rules))  # type: ignore[arg-type]


def named(*found: tuple[str, ...] | str) -> list[SiteRules]:
    """Return rules for these hosts, or (host, path); each is called by them."""
    pairs = [one if isinstance(one, tuple) else (one, "/") for one in found]
    return [SiteRules(name=f"{host}{path}", hosts=(host,), path=path) for host, path in pairs]


# ---------------------------------------------------------------- which rules


@pytest.mark.parametrize(
    ("host", "url", "applies"),
    [
        ("news.example", "https://news.example/a", True),
        ("news.example", "http://NEWS.example:8080/a", True),
        ("news.example", "https://www.news.example/a", False),
        ("news.example:8080", "http://news.example:8080/a", True),
        ("news.example:8080", "http://news.example/a", False),
        ("*.news.example", "https://www.news.example/a", True),
        ("*.news.example", "https://a.b.news.example/a", True),
        ("*.news.example", "https://news.example/a", True),
        ("*.news.example", "https://othernews.example/a", False),
        ("xn--6qq79v.example", "https://你好.example/a", True),
        ("[::1]", "http://[::1]:80/a", True),
        ("news.example", "no url at all", False),
        ("news.example", "", False),
    ],
)
def test_rules_are_for_a_host_or_for_all_below_it(host: str, url: str, applies: bool) -> None:
    assert (SiteBook(named(host)).find(url) is not None) is applies


def test_the_closest_host_and_then_the_longest_path_counts() -> None:
    book = SiteBook(
        named("*.example", "*.news.example", ("news.example", "/a/"), ("news.example", "/a/b/"), ("*.news.example", "/c/d/"))
    )
    wanted = {
        "https://news.example/a/b/c": "news.example/a/b/",
        "https://news.example/a/": "news.example/a/",
        "https://news.example/a": "*.news.example/",
        "https://news.example/c/d/e": "*.news.example/c/d/",
        "https://gazette.example/a/b/": "*.example/",
    }
    found = {url: book.find(url) for url in wanted}
    assert {url: rules.name if rules else None for url, rules in found.items()} == wanted


def test_a_host_is_compared_as_urls_have_it() -> None:
    assert [host_form(host) for host in ("*.你好.example", "news.example:443")] == ["*.xn--6qq79v.example", "news.example:443"]
    with pytest.raises(InvalidUrl):
        host_form("news example")


def test_rules_survive_their_way_to_another_process() -> None:
    rules = SiteRules(name="a", hosts=("a.example",), path="/b", remove=(".c", "d"), article=False, zone="Europe/Berlin")
    assert load_rules(json.loads(json.dumps(dump_rules(rules)))) == rules


@pytest.mark.parametrize("text", ["div", ".a > b:not(.c)", "[itemprop=articleBody]", "h1, h2", "a:nth-child(2)"])
def test_what_is_css_is_a_selector(text: str) -> None:
    assert why_no_selector(text) is None


@pytest.mark.parametrize(
    ("text", "hint"),
    [("", ""), ("div[", ""), ("h1::text", "pseudo-elements"), ("//h1", "XPath"), ("a:contains(x)", "is not CSS"), ("p..a", "")],
)
def test_what_is_no_css_is_no_selector(text: str, hint: str) -> None:
    said = why_no_selector(text)
    assert said is not None
    assert hint in said


# ---------------------------------------------------------------- what they change


def test_without_a_rule_that_finds_anything_else_the_page_says_what_it_always_says() -> None:
    plain = extract(PAGE, url=URL, fetched_at=NOW)
    assert replace(read(), quality=plain.quality) == plain
    assert read().quality == {"site_rule": "courier"}
    assert "site_rule" not in plain.quality


def test_the_body_is_all_that_its_container_shows_of_whatever_kind_that_is() -> None:
    body = to_text(read(body=("x-story",)).document)
    assert STORY.strip() in body
    assert "Subscribe" in body
    assert "Readers" not in body


def test_a_body_in_several_containers_is_joined_in_their_order_and_each_is_taken_once() -> None:
    page = "<body><p class=t>One.</p><div class=t><p class=t>Two.</p></div><p>No.</p><p class=t>Three.</p></body>"
    assert to_text(read(page, body=(".t",), article=True).document) == "One.\n\nTwo.\n\nThree."


def test_what_is_hidden_in_the_container_is_not_shown() -> None:
    page = f"<body><div id=b><p>{STORY}</p><div hidden><p>Secret words of nobody.</p></div></div></body>"
    assert to_text(read(page, body=("#b",)).document) == STORY.strip()


def test_a_container_that_waits_behind_a_script_is_shown() -> None:
    page = f'<body><div id=b style="display: none"><p>{STORY}</p><p hidden>Secret.</p></div></body>'
    assert to_text(read(page, body=("#b",)).document) == STORY.strip()


def test_what_is_to_be_removed_is_gone_before_anything_is_looked_for() -> None:
    body = to_text(read(remove=(".letters", ".promo")).document)
    assert STORY.strip() in body
    assert "Readers" not in body
    assert "Subscribe" not in body


def test_removing_one_thing_inside_of_another_or_all_there_is_does_no_harm() -> None:
    page = f"<body><div class=a><div class=a><b class=a>x</b></div></div><p>{STORY}</p></body>"
    assert to_text(read(page, remove=(".a", "b", "div, .a")).document) == STORY.strip()
    assert read(remove=("*", "html", "body")).document == Document()


def test_title_authors_date_and_lead_image_stand_where_the_rules_say() -> None:
    said = read(title=(".kicker",), authors=(".who a",), date=("time.on",), lead_image=(".photo",), zone="Europe/Berlin")
    assert said.title == "Pier to be repaired"
    assert said.authors == ("Ann Lee", "Bo Chan")
    assert said.published_at == "2026-02-27T08:30:00+01:00"
    assert said.lead_image == "https://news.example.org/pier.jpg"


def test_a_meta_element_says_its_content() -> None:
    said = read(authors=("meta[name=author]",), lead_image=("meta[property='og:image']",))
    assert (said.authors, said.lead_image) == (("Web Desk",), "https://news.example.org/logo.png")


def test_what_is_removed_may_still_be_pointed_at() -> None:
    assert read(remove=(".who", ".kicker"), authors=(".who",), title=(".kicker",)).authors == ("Ann Lee", "Bo Chan")


def test_the_first_selector_that_finds_something_counts() -> None:
    assert read(title=("h7", "time[datetime=never]", ".kicker", "title")).title == "Pier to be repaired"


def test_the_pictures_are_those_that_the_rules_name() -> None:
    assert [image.url for image in read(images=("figure.photo",), body=("x-story",)).images if image.position is not None] == [
        "https://news.example.org/pier.jpg"
    ]


def test_the_lead_image_that_the_rules_name_is_wanted_whatever_it_looks_like() -> None:
    page = PAGE.replace('<img src="/pier.jpg">', '<img class="x" src="/icons/pier.svg" width="20" height="20">')
    said = read(page, lead_image=(".x",))
    assert [image.skip for image in said.images if image.url == said.lead_image] == [None]


def test_the_next_page_is_where_the_rules_say_or_nowhere() -> None:
    assert read(next_page=("a.more",)).next_page == f"{URL}?part=2"
    last = PAGE.replace('<a class="more"', '<a rel="next" href="/2026/pier/2">next page</a><a class="none"')
    assert read(last).next_page == f"{URL}/2"
    assert read(last, next_page=("a.more",)).next_page is None
    assert read(PAGE.replace("?part=2", "#top"), next_page=("a.more",)).next_page is None


def test_a_verdict_of_the_rules_is_the_verdict() -> None:
    assert read(article=False).reason == REFUSED
    assert read(article=False).document == Document()
    short = "<body><p>Ferry cancelled today.</p></body>"
    assert read(short).reason
    assert read(short, article=True, body=("p",)).reason is None


def test_no_verdict_makes_an_article_of_a_page_without_a_word() -> None:
    assert read("<body></body>", article=True).reason


def test_the_language_is_the_one_that_the_rules_name() -> None:
    assert read(language="de").language == "de"


def test_what_the_rules_no_longer_find_is_said_and_found_as_always() -> None:
    said = read(title=("h1.gone",), body=("div.gone",), images=("img.gone",), next_page=("a.gone",))
    plain = extract(PAGE, url=URL, fetched_at=NOW)
    assert said.quality["site_rule_missed"] == ["title", "images", "body"]
    assert (said.title, said.document, said.images) == (plain.title, plain.document, plain.images)


@pytest.mark.parametrize("page", ["", "<", "<frameset>", "<svg><p>", "<body><p>a</p></body>" * 3, "\x00"])
def test_rules_never_raise_whatever_the_page_is(page: str) -> None:
    everything = ("*", "html", "p")
    read(page, title=everything, body=everything, authors=everything, date=everything, lead_image=everything,
         images=everything, next_page=everything, remove=everything, article=True)  # fmt: skip


def test_times_without_an_offset_are_meant_in_the_zone_that_the_rules_name() -> None:
    page = PAGE.replace("2026-03-01T00:00:00Z", "2026-03-01T08:15:00").replace("2026-02-27", "2026-03-01")
    assert read(page).published_at == "2026-03-01"
    assert read(page, zone="Europe/Berlin").published_at == "2026-03-01T08:15:00+01:00"
    assert read(page, language="de").published_at == "2026-03-01T08:15:00+01:00"
