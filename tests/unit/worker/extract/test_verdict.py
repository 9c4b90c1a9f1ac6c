import pytest
from selectolax.lexbor import LexborHTMLParser

from worker.document import Document, Paragraph, Span
from worker.extract.article import extract
from worker.extract.blocks import Page, collect
from worker.extract.body import Selection
from worker.extract.kinds import Line, model_of, shipped
from worker.extract.metadata import Metadata
from worker.extract.traits import AT_A_GLANCE, AT_A_LOOK, glance, look
from worker.extract.verdict import explain_verdict, judge

HOST = "https://www.example.org"
SENTENCE = "The council voted on Monday to close the old bridge for repairs, and the ferry will carry people across instead. "
STORY = "".join(f"<p>{SENTENCE * 3}</p>" for _ in range(6))


def whole(markup: str) -> tuple[Page, Selection, Document]:
    page = collect(LexborHTMLParser(f"<body>{markup}</body>"))
    for leaf in page.leaves:
        box = leaf.box
        while box is not None:
            box.weight, box.linked, box.links = box.weight + leaf.weight, box.linked + leaf.linked, box.links + leaf.links
            box = box.parent
    selection = Selection(page.boxes[0], page.leaves)
    blocks = tuple(Paragraph((Span(leaf.text),)) for leaf in page.leaves if leaf.text)
    return page, selection, Document(blocks)


def shop(count: int) -> str:
    item = "<li class=product-card><img src=chair-{n}.jpg><a href=/products/chair-{n}>Chair no. {n}</a> <b>$49.{n}</b> Add to cart</li>"
    items = "".join(item.format(n=n) for n in range(10, 10 + count))
    text = (
        "<p>Shop our range of chairs. We ship your chairs for free, and you can return them within thirty days of purchase.</p>"
    )
    return f"<h1>Chairs</h1>{text}<ul class=product-grid>{items}</ul>{text}{text}"


def test_a_story_is_an_article() -> None:
    page, selection, document = whole(f"<article class=story><h1>Bridge to close</h1>{STORY}</article>")
    meta = Metadata(title="Bridge to close", published_at="2024-05-01", authors=("Ada",), og_type="article")
    assert judge(page, selection, document, meta, f"{HOST}/news/2024/bridge-to-close.html") is None


def test_a_shop_s_list_is_a_list_of_products() -> None:
    page, selection, document = whole(shop(40))
    meta = Metadata(title="Chairs", og_type="website")
    assert judge(page, selection, document, meta, f"{HOST}/collections/chairs") == "a list of products"


def test_a_page_that_calls_itself_an_article_is_one_whatever_it_looks_like() -> None:
    page, selection, document = whole(shop(40))
    meta = Metadata(title="Chairs", og_type="website", schema_types=frozenset({"newsarticle"}))
    assert judge(page, selection, document, meta, f"{HOST}/collections/chairs") is None


@pytest.mark.parametrize("url", ["", "https://www.example.org", "https://www.example.org/a/b?c=d", "//", "/x"])
def test_a_page_without_anything_is_judged_too(url: str) -> None:
    for markup in ("", "<p></p>", "<frameset></frameset>"):
        page, selection, document = whole(markup)
        assert judge(page, selection, document, Metadata(), url) == "no text"
    assert judge(Page([], []), Selection(None, []), Document(), Metadata(), url) == "no text"


def test_the_explanation_is_the_judgement() -> None:
    told = [
        (
            f"<article><h1>Bridge</h1>{STORY}</article>",
            Metadata(published_at="2024-05-01", og_type="article"),
            "/news/bridge.html",
        ),
        (shop(40), Metadata(og_type="website"), "/collections/chairs"),
        (STORY, Metadata(schema_types=frozenset({"product"})), "/chair"),
        (STORY, Metadata(title="404 not found"), "/chair"),
    ]
    seen = set()
    for markup, meta, path in told:
        page, selection, document = whole(markup)
        verdict = explain_verdict(page, selection, document, meta, HOST + path)
        assert verdict.reason == judge(page, selection, document, meta, HOST + path)
        assert (verdict.probability is None) == (verdict.by == "rule")
        if verdict.probability is not None and verdict.threshold is not None:
            assert (verdict.probability > verdict.threshold) == (verdict.reason is not None)
        seen.add(verdict.by)
    assert {"rule", "look"} <= seen


def test_the_explanation_names_the_weightiest_trait_first_and_adds_up() -> None:
    page, selection, document = whole(shop(40))
    verdict = explain_verdict(page, selection, document, Metadata(og_type="website"), f"{HOST}/collections/chairs")
    added = [abs(trait.added) for trait in verdict.traits]
    assert added == sorted(added, reverse=True)
    assert len(verdict.traits) == len(AT_A_GLANCE) + len(AT_A_LOOK)
    odds = shipped().whole.bias + sum(trait.added for trait in verdict.traits)
    assert verdict.probability == pytest.approx(Line(odds, ()).probability(()))


def test_every_trait_has_its_name() -> None:
    page, selection, _ = whole(shop(3))
    assert len(glance(page, selection, Metadata(), HOST, 10)) == len(AT_A_GLANCE)
    assert len(look(page, selection, 10)) == len(AT_A_LOOK)
    assert len(set(AT_A_GLANCE + AT_A_LOOK)) == len(AT_A_GLANCE + AT_A_LOOK)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/forums/t/old-bridge.12/", "path_thread"),
        ("/t/old-bridge/1234", "path_thread"),
        ("/tag/bridges", "path_list"),
        ("/shop/chair", "path_product"),
        ("/services/repairs", "path_offer"),
        ("/docs/install.html", "path_manual"),
        ("/blog/old-bridge", "path_story"),
        ("/2024/05/old-bridge", "path_year"),
        ("", "path_root"),
        ("/old-bridge/", "path_folder"),
        ("/old-bridge.html", "path_file"),
    ],
)
def test_an_address_tells_what_lies_there(path: str, name: str) -> None:
    page, selection, _ = whole(STORY)
    at = AT_A_GLANCE.index(name)
    assert glance(page, selection, Metadata(), HOST + path, 10)[at]
    assert not glance(page, selection, Metadata(), f"{HOST}/a/b/old-bridge", 10)[at]


def test_a_model_that_misses_a_trait_is_refused() -> None:
    line = {"bias": 0.0, "weights": dict.fromkeys(AT_A_GLANCE + AT_A_LOOK, 0.0)}
    said = {"glance": line, "sure": 0.1, "whole": line, "refused": 0.5, "kinds": {"a product": line}}
    assert model_of(said).name([0.0] * len(AT_A_GLANCE + AT_A_LOOK)) == "a product"
    del line["weights"]["dated"]  # type: ignore[attr-defined]
    with pytest.raises(KeyError):
        model_of(said)


def test_probabilities_stay_within_bounds_for_any_traits() -> None:
    assert 0 <= Line(0.0, (1.0,)).probability((-1e9,)) < 1e-6
    assert 1 >= Line(0.0, (1.0,)).probability((1e9,)) > 1 - 1e-6


def test_what_a_refused_page_was_taken_for_reaches_the_extraction() -> None:
    html = f"<html><head><meta property=og:type content=website><title>Chairs</title></head><body>{shop(40)}</body></html>"
    extraction = extract(html, url=f"{HOST}/collections/chairs", fetched_at=1.7e9)
    assert extraction.reason is not None
    assert not extraction.document.blocks
