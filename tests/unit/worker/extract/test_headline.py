import pytest
from selectolax.lexbor import LexborHTMLParser

from worker.extract.blocks import Page, collect
from worker.extract.headline import Claims, choose_headline, explain_headline

TITLE = "A ferry sinks off the coast"


def page_of(body: str) -> Page:
    return collect(LexborHTMLParser(f"<body>{body}</body>"))


def claims(
    *stated: tuple[str, str], document: str = "", agreed: str = "", confirmed: bool = False, site: str = "", host: str = ""
) -> Claims:
    return Claims(
        stated=stated, agreed=agreed, confirmed=confirmed, document_title=document, site_name=site, host=host or "news.example"
    )


def said(text: str) -> tuple[str, str]:
    return "og:title", text


@pytest.mark.parametrize(
    ("stated", "body", "title"),
    [
        (claims(said(TITLE)), f"<h1><span>Disaster</span>{TITLE}</h1>", TITLE),
        (claims(said(f"Disaster / {TITLE}")), f"<h1><span>Disaster</span>{TITLE}</h1>", f"Disaster / {TITLE}"),
        (claims(said(TITLE)), f"<h1>{TITLE} <small>02.02.2022 by Ann Lee</small></h1>", TITLE),
        (claims(said(TITLE)), f"<h1>{TITLE} (courier.example) 87</h1>", TITLE),
        (claims(said(TITLE)), f"<h1>{TITLE}<span>Example News</span></h1>", TITLE),
        (claims(said(TITLE)), f"<h1>{TITLE} of Norway</h1>", f"{TITLE} of Norway"),
        (claims(document=f"{TITLE} | News"), f"<h1>News</h1><h2>{TITLE}</h2>", TITLE),
        (claims(said(TITLE)), f"<h1>{TITLE.split('sinks', maxsplit=1)[0]}<img src=a.png> sinks off the coast</h1>", TITLE),
        (claims(said(TITLE)), f"<h1><div>{TITLE.split('off', maxsplit=1)[0]}</div><div>off the coast</div></h1>", TITLE),
        (claims(said(TITLE)), f"<h1><a href='https://news.example/'>Another thing</a></h1><h2>{TITLE}</h2>", TITLE),
        (claims(said(TITLE)), f"<p>{TITLE}<br>by Ann Lee", TITLE),
    ],
    ids=["kicker", "kicker of the title", "date", "note", "site", "longer", "rubric", "picture", "blocks", "logo", "first line"],
)  # fmt: skip
def test_what_layout_runs_into_a_heading_is_no_part_of_the_title(stated: Claims, body: str, title: str) -> None:
    assert choose_headline(page_of(body), stated).title == title


def test_a_lone_h1_that_says_something_else_counts_unless_the_newsroom_says_its_title_twice() -> None:
    body = "<h1>Harbour closed for hours +++ Divers arrive</h1><p>Text."
    stated = ("JSON-LD headline", "All news of the lost boat")
    alone = choose_headline(page_of(body), claims(stated))
    assert alone.title == "Harbour closed for hours +++ Divers arrive"
    confirmed = choose_headline(page_of(body), claims(stated, document="All news of the lost boat", confirmed=True))
    assert (confirmed.title, confirmed.leaf) == ("All news of the lost boat", None)


def test_the_leaf_that_shows_the_title_is_handed_on() -> None:
    page = page_of(f"<p>Before.<h1>{TITLE}</h1><p>After.")
    leaf = choose_headline(page, claims(said(TITLE))).leaf
    assert leaf is page.leaves[1]


def test_a_heading_in_the_navigation_is_not_shown() -> None:
    assert choose_headline(page_of(f"<nav><h1>{TITLE}</h1></nav><p>Text."), claims(said(TITLE))).leaf is None


def test_every_claim_is_explained_and_one_is_chosen() -> None:
    page = page_of(f"<h1>{TITLE}</h1><h2>More news</h2>")
    found = explain_headline(page, claims(("JSON-LD headline", "Ferry sinks"), said(TITLE), document=f"{TITLE} | Example"))
    assert [(one.source, one.value) for one in found if one.chosen] == [("h1", TITLE)]
    assert found[0].why == "the h1 says what the page states"
    assert ("JSON-LD headline", "Ferry sinks") in {(one.source, one.value) for one in found}
    assert ("title element", f"{TITLE} | Example") in {(one.source, one.value) for one in found}
    assert ("h2", "More news") in {(one.source, one.value) for one in found}


def test_a_page_that_claims_nothing_has_nothing_to_explain() -> None:
    assert explain_headline(page_of("<p>Text."), claims()) == ()
