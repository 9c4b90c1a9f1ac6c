"""The language of an article: what its page declares, what its words say, and which is believed."""

import pytest

from worker.document import Code, Document, Heading, ListBlock, Paragraph, Quote, Span, Table
from worker.extract.article import extract
from worker.extract.detected import SAMPLE
from worker.extract.language import BLOCK_SAMPLE, article_language, normalise_tag, sample_of
from worker.extract.site_rules import SiteRules
from worker.models import Extraction

ENGLISH = (
    "The harbour authority closed the northern pier on Monday after divers had found cracks in two of its pillars.",
    "Ferries to the islands will leave from the old dock until the repairs are finished, a spokeswoman said.",
    "Passengers should expect longer waiting times, because the old dock has room for only one ship.",
)
SPANISH = (
    "La autoridad portuaria cerró el lunes el muelle norte después de que unos buzos hallaran grietas en dos pilares.",
    "Los barcos hacia las islas saldrán del muelle viejo hasta que terminen las obras, según dijo una portavoz.",
    "Los pasajeros deben contar con esperas más largas, porque en el muelle viejo solo cabe un barco.",
)
CHINESE = (
    "港务局星期一关闭了北码头，因为潜水员在两根桥墩上发现了裂缝，维修工程预计需要三个星期才能完成。",
    "发言人表示，在维修完成之前，开往各岛的渡轮将从旧码头出发，乘客应当提前半小时到达码头等候。",
    "由于旧码头只能停靠一艘船，等候时间可能会更长，港务局对此表示歉意，并建议乘客在网上购票。",
)


def read(paragraphs: tuple[str, ...], lang: str = "", head: str = "", rules: SiteRules | None = None) -> Extraction:
    body = "".join(f"<p>{text}</p>" for text in paragraphs * 2)
    title = paragraphs[0][:40]
    html = f'<html lang="{lang}"><head><title>{title}</title>{head}</head><body><article><h1>{title}</h1>{body}</article></body></html>'
    return extract(html, url="https://news.example/harbour/pier-closed-1", fetched_at=1.79e9, rules=rules)


def paragraph(text: str) -> Paragraph:
    return Paragraph((Span(text),))


# ---------------------------------------------------------------- pages


@pytest.mark.parametrize(
    ("paragraphs", "lang", "language"),
    [
        (ENGLISH, "en", "en"),
        (ENGLISH, "en-GB", "en-GB"),
        (ENGLISH, "EN_us", "en-US"),
        (ENGLISH, "", "en"),
        (SPANISH, "es-419", "es-419"),
        (CHINESE, "zh-Hant-TW", "zh-Hant-TW"),
        (CHINESE, "", "zh"),
        (CHINESE, "zh-cn", "zh-CN"),
        (CHINESE, "utf-8", "zh"),
        (ENGLISH, "und", "en"),
        (ENGLISH, "english, please", "en"),
    ],
)
def test_a_declaration_that_the_words_agree_with_keeps_its_region_and_script(
    paragraphs: tuple[str, ...], lang: str, language: str
) -> None:
    extraction = read(paragraphs, lang)
    assert extraction.reason is None
    assert extraction.language == language
    assert "language" not in extraction.quality


@pytest.mark.parametrize(
    ("paragraphs", "lang", "detected"),
    [
        (SPANISH, "en", "es"),
        (ENGLISH, "de-DE", "en"),
        (CHINESE, "en-US", "zh"),
        (ENGLISH, "zh-CN", "en"),
        (SPANISH, "pt-BR", "es"),
    ],
)
def test_the_words_win_over_a_declaration_and_the_disagreement_is_noted(
    paragraphs: tuple[str, ...], lang: str, detected: str
) -> None:
    extraction = read(paragraphs, lang)
    assert extraction.language == detected
    assert extraction.quality["language"] == {"declared": lang, "detected": detected}


def test_the_declaration_that_is_right_is_taken_where_there_are_several() -> None:
    json_ld = '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "x", "inLanguage": "es-MX"}</script>'
    extraction = read(SPANISH, "en", json_ld)
    assert extraction.language == "es-MX"
    assert extraction.quality["language"] == {"declared": "en", "detected": "es"}


def test_the_language_that_an_operator_names_needs_no_detecting() -> None:
    rules = SiteRules(name="harbour", hosts=("news.example",), language="de-CH")
    extraction = read(SPANISH, "en", rules=rules)
    assert extraction.language == "de-CH"
    assert "language" not in extraction.quality


def test_a_page_without_a_text_has_the_language_that_it_declares() -> None:
    assert (
        extract('<html lang="fr-CA"><title>Radio</title><body></body>', url="https://news.example/", fetched_at=0).language
        == "fr-CA"
    )


# ---------------------------------------------------------------- the decision


def test_too_few_words_leave_the_language_of_the_page() -> None:
    assert article_language(["en-GB"], "Ferry!", otherwise="en-GB") == ("en-GB", {})
    assert article_language([], "Ferry!", otherwise=None) == (None, {})
    assert article_language(["x-klingon", ""], " ".join(ENGLISH), otherwise=None) == ("en", {})


@pytest.mark.parametrize("tag", ["nb-NO", "nn", "no"])
def test_the_written_forms_of_norwegian_are_one_language(tag: str) -> None:
    text = "Havnevesenet stengte mandag den nordre kaien etter at dykkere hadde funnet sprekker i to av pilarene, sa hun."
    assert article_language([tag], text, otherwise=tag) == (tag, {})


@pytest.mark.parametrize(("tag", "normal"), [("und", None), ("mul", None), ("utf-8", None), ("zxx", None), ("pt_br", "pt-BR")])
def test_a_tag_that_names_no_language_is_none(tag: str, normal: str | None) -> None:
    assert normalise_tag(tag) == normal


# ---------------------------------------------------------------- the sample


def test_the_sample_is_the_title_and_the_prose() -> None:
    document = Document((
        Heading(2, (Span("Heading"),)),
        Code("int main(void);"),
        Table(((Span("cell"),),)),
        Quote((paragraph("quoted"),)),
        ListBlock(ordered=False, items=((paragraph("item"),),)),
        Paragraph((Span("words"), Span("printf", code=True), Span("more"))),
    ))  # fmt: skip
    assert sample_of("Title", document).split() == ["Title", "Heading", "quoted", "item", "words", "more"]


def test_the_sample_ends_with_the_characters_that_are_looked_at() -> None:
    sample = sample_of(None, Document(tuple(paragraph("word " * 1000) for _ in range(100))))
    assert SAMPLE <= len(sample) <= SAMPLE + 2 * BLOCK_SAMPLE


def test_a_long_quotation_does_not_speak_for_the_article() -> None:
    quoted = Quote((paragraph(" ".join(SPANISH) * 5),))
    document = Document((quoted, *map(paragraph, ENGLISH * 2)))
    assert article_language([], sample_of(ENGLISH[0], document), otherwise=None)[0] == "en"
