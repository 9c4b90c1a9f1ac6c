"""Why a page was read as it was: what won is what the extraction says, and everything that could have won is named."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from worker.extract.article import extract
from worker.extract.candidates import Candidate
from worker.extract.explain import RULED, Explanation, explain
from worker.extract.site_rules import SiteRules

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC).timestamp()
URL = "https://news.example.org/2026/pier"
STORY = "The harbour board met on Tuesday and agreed to repair the northern pier before the winter storms arrive. " * 3
PAGE = f"""<html lang="en"><head><title>Pier | Courier</title><meta name="author" content="Ann Lee">
<meta property="og:title" content="The pier is to be repaired"><meta property="og:image" content="/pier.jpg">
<meta property="article:published_time" content="2026-03-01T08:00:00Z">
<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "Pier to be repaired", "author": {{"name": "Bo Chan"}}}}</script>
</head><body><nav><a href="/">Home</a></nav><article class="story"><h1>Pier to be repaired</h1><p class="on">27 February 2026</p>
<p>{STORY}</p><figure><img src="/pier.jpg" width="800" height="600"><figcaption>The pier</figcaption></figure><p>{STORY}</p>
<img src="/1x1.gif" width="1" height="1"><p>{STORY}</p></article></body></html>"""
LIST = "<html><title>Pier</title><body>" + "".join(f'<p><a href="/{n}">Story {n} of the pier</a></p>' for n in range(40))
RULES = SiteRules(name="courier", hosts=("news.example.org",))


def why(page: str = PAGE, **rules: object) -> Explanation:
    return explain(page, url=URL, fetched_at=NOW, rules=replace(RULES, **rules) if rules else None)  # type: ignore[arg-type]


def chosen(found: tuple[Candidate, ...]) -> list[str]:
    return [one.value for one in found if one.chosen]


def test_what_won_is_what_the_extraction_says() -> None:
    found = why()
    said = found.extraction
    assert said == extract(PAGE, url=URL, fetched_at=NOW)
    assert chosen(found.titles) == [said.title]
    assert chosen(found.dates) == [said.published_at]
    assert ", ".join(chosen(found.authors)) == ", ".join(said.authors)
    assert found.verdict.reason is said.reason is None


def test_what_lost_is_named_with_where_it_stands() -> None:
    found = why()
    assert {"The pier is to be repaired", "Pier | Courier"} <= {one.value for one in found.titles}
    assert {"Ann Lee", "Bo Chan"} <= {one.value for one in found.authors}
    assert all(one.source for one in (*found.titles, *found.dates, *found.authors))


def test_the_body_is_named_by_where_its_box_stands_and_so_are_those_that_lost() -> None:
    first, *others = why(PAGE.replace("</article>", f"</article><div id=letters><p>{STORY}</p></div>")).bodies
    assert first.chosen
    assert first.path.endswith("article.story")
    assert first.prose > 0
    assert not any(one.chosen for one in others)
    assert any(one.path.endswith("div#letters") for one in others)
    assert all(one.why for one in (first, *others))


def test_each_picture_is_named_with_its_addresses_and_what_became_of_it() -> None:
    found = {one.addresses[0].value: one for one in why().images}
    assert (found["/pier.jpg"].kept, found["/pier.jpg"].caption) == (True, "The pier")
    assert not found["/1x1.gif"].kept
    assert [one.source for one in why().images if one.lead]


def test_a_page_that_is_no_article_is_explained_too() -> None:
    found = why(LIST)
    assert found.extraction.reason
    assert found.verdict.reason == found.extraction.reason


def test_what_the_rules_say_won_and_nothing_else_did() -> None:
    found = why(title=("title",), date=(".on",), authors=("meta[name=author]",), body=(".story",))
    for group in (found.titles, found.dates, found.authors):
        (one,) = (one for one in group if one.chosen)
        assert (group[0], one.source) == (one, RULED)
    assert [(one.path, one.why) for one in found.bodies] == [(".story", "the rules say where it stands")]
    assert found.bodies[0].prose > 0
    assert chosen(found.authors) == list(found.extraction.authors) == ["Ann Lee"]
    assert found.extraction.quality["site_rule"] == "courier"


def test_the_verdict_is_that_of_its_looks_though_rules_overruled_it() -> None:
    found = why(article=False)
    assert found.verdict.reason is None
    assert found.extraction.reason
    assert why(LIST, article=True).verdict.reason


@pytest.mark.parametrize("page", ["", "<", "<frameset>", "<body><p>a</p></body>" * 3, "\x00", "<svg><p>"])
def test_explaining_never_raises_whatever_the_page_is(page: str) -> None:
    assert why(page).extraction.reason
