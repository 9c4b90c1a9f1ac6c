import pytest
from selectolax.lexbor import LexborHTMLParser

from worker.extract.blocks import Page, collect
from worker.extract.body import Selection, by_rules, select
from worker.extract.features import NAMES, features, words_in
from worker.extract.metadata import Metadata
from worker.extract.weighing import NOTHING, evidence_of, texts_near

P = "The council said on Monday that the old bridge over the river would be closed to all traffic for two years."
Q = "“We looked at every other way,” the mayor said, adding that the works would cost about four million pounds."
STORY = f"<h1>Bridge to close</h1><div class=article-body><p>{P}</p><p>{Q}</p><h2>What now</h2><p>{P} {Q}</p></div>"


def ruled(body: str) -> tuple[Page, Selection]:
    page = collect(LexborHTMLParser(f"<body>{body}</body>"))
    return page, by_rules(page, Metadata(title="Bridge to close"))


def texts(selection: Selection) -> list[str]:
    return [leaf.text for leaf in selection.leaves if leaf.kind == "text"]


def test_every_text_has_a_value_for_every_feature() -> None:
    page, found = ruled(STORY)
    assert found.root is not None
    near = texts_near(page, found.root, found.title, found.end)
    rows = features(page, found.root, near, frozenset(leaf.index for leaf in found.leaves), found.title, lambda _: NOTHING)
    assert [leaf.text for leaf in near] == [P, Q, "What now", f"{P} {Q}"]
    assert {len(row) for row in rows} == {len(NAMES)}
    values = [dict(zip(NAMES, row, strict=True)) for row in rows]
    assert [row["kept"] for row in values] == [True] * 4
    assert [row["style_count"] for row in values] == [3, 3, 1, 3]
    assert values[0]["position"] == 0
    assert values[0]["weight"] == len(P)


@pytest.mark.parametrize(
    "part",
    [
        f"<aside><p>{Q}</p></aside>",
        f"<div hidden><p>{Q}</p></div>",
        f"<div id=comments><p>{Q}</p></div>",
        f"<figure><img src=a.jpg><figcaption>{Q}</figcaption></figure>",
    ],
)
def test_captions_and_what_surely_surrounds_an_article_are_not_even_asked_about(part: str) -> None:
    page, found = ruled(STORY.replace("<h2>", f"{part}<h2>"))
    assert found.root is not None
    near = texts_near(page, found.root, found.title, found.end)
    assert [leaf.text for leaf in near].count(Q) == 1


def test_nothing_after_the_words_that_end_an_article_comes_back() -> None:
    page = collect(LexborHTMLParser(f"<body>{STORY.replace('</div>', f'<h3>Related articles</h3><p>{Q}</p></div>')}</body>"))
    assert texts(select(page, Metadata(title="Bridge to close"))) == [P, Q, "What now", f"{P} {Q}"]


def test_the_names_of_boxes_are_evidence_by_their_words() -> None:
    page, _ = ruled("<div class='promoBox col-2'><p>text</p></div>")
    assert words_in("div", "|promo box|col 2|") == ("promo", "box", "col", "<div")
    low, total, count = evidence_of(next(box for box in page.boxes if box.tag == "div"))
    assert low <= total / max(1, count)
    assert count <= 4


def test_a_page_without_prose_has_no_body_to_weigh() -> None:
    page = collect(LexborHTMLParser("<body><p>Menu</p></body>"))
    assert select(page, Metadata()).leaves == []
