import pytest
from selectolax.lexbor import LexborHTMLParser

from worker.extract.head import HANDHELD, Head, read_head

META = '<meta property="og:title" content="A ferry sinks">'
BLOCK = '<script type="application/ld+json">{"@type": "NewsArticle"}</script>'


def read(html: str) -> Head:
    """Read with and without the text at hand: it may save work and change nothing."""
    tree = LexborHTMLParser(html)
    found = read_head(tree, html)
    whole = read_head(tree)
    assert (found.meta, found.blocks, found.title, found.base) == (whole.meta, whole.blocks, whole.title, whole.base)
    return found


@pytest.mark.parametrize(
    "html",
    [
        f"<head>{META}{BLOCK}</head><body><p>text",
        f"<head></head><body><p>text</p>{META}{BLOCK}",
        f"<head><div>closes the head</div>{META}{BLOCK}</head><body><p>text",
        f"<HEAD>{META.replace('meta', 'META')}</HEAD><BODY><P>text{BLOCK}",
        f"<head>{BLOCK}</head><body>{META}",
        f"{META}{BLOCK}",
    ],
    ids=["in the head", "in the body", "head closed early", "upper case", "both", "no head"],
)
def test_what_a_page_says_to_machines_is_found_wherever_it_stands(html: str) -> None:
    found = read(html)
    assert found.first("og:title") == "A ferry sinks"
    assert [block.strip() for block in found.blocks] == ['{"@type": "NewsArticle"}']


def test_meta_written_in_scripts_and_comments_is_none() -> None:
    assert read(f"<head><!-- {META} --></head><body><script>var a = '{META}'</script>").meta == {}


@pytest.mark.parametrize(
    "html",
    [
        "<head><title>A ferry sinks</title></head><body><svg><title>Menu</title></svg>",
        "<head></head><body><svg><title>Menu</title></svg><title>A ferry sinks</title>",
    ],
)
def test_the_title_is_the_document_s_and_no_picture_s(html: str) -> None:
    assert read(html).title == "A ferry sinks"


def test_the_first_of_several_names_that_says_something_is_taken() -> None:
    found = read('<meta name=a content="  "><meta name=b content="&amp;amp; so"><meta name=b content="on">')
    assert (found.first("a", "b"), found.every("a", "b")) == ("& so", ["& so", "on"])


def test_alternates_for_other_screens_are_told_from_feeds_and_style_sheets() -> None:
    html = (
        '<link rel="Alternate" media="handheld" href=" /m "><link rel=alternate type="application/rss+xml" href=/feed>'
        '<link rel="alternate stylesheet" media=screen href=/dark.css><link rel=alternate media="(max-width: 640px)" href=/lite>'
    )
    head = read_head(LexborHTMLParser(html))
    assert head.links[HANDHELD] == ["/m", "/lite"]
    assert head.links["alternate"] == ["/m", "/feed", "/dark.css", "/lite"]
