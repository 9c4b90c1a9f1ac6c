from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from worker.document import Block, Code, Document, Embed, Heading, Image, ListBlock, Paragraph, Quote, Span, Table
from worker.rendering import to_html, to_markdown, to_text


@dataclass(frozen=True)
class Picture:
    url: str
    alt: str = ""
    caption: str = ""


PICTURES = (Picture("https://a.example/1.jpg", "a [dog]", "A dog in snow."), Picture("https://a.example/2 (b).jpg"))


def paragraph(text: str, caption_of: int | None = None) -> Paragraph:
    return Paragraph((Span(text),), caption_of)


def markdown(*blocks: Block) -> str:
    return to_markdown(Document(blocks), PICTURES)


def text(*blocks: Block) -> str:
    return to_text(Document(blocks))


def html(*blocks: Block) -> str:
    return to_html(Document(blocks), PICTURES)


def test_paragraphs_are_parted_by_a_blank_line() -> None:
    assert markdown(paragraph("a"), paragraph("b")) == "a\n\nb"
    assert text(paragraph("a"), paragraph("b")) == "a\n\nb"


def test_an_image_stands_on_its_own_line_with_its_figcaption_after_it() -> None:
    assert markdown(paragraph("x"), Image(0), paragraph("y")) == (
        "x\n\n![a \\[dog\\]](https://a.example/1.jpg)\n\nA dog in snow.\n\ny"
    )


def test_a_caption_published_as_a_paragraph_is_written_once_and_as_published() -> None:
    assert markdown(Image(0), paragraph("(A dog in snow.)", caption_of=0)) == (
        "![a \\[dog\\]](https://a.example/1.jpg)\n\n(A dog in snow.)"
    )


def test_text_holds_captions_published_as_paragraphs_but_no_figcaptions() -> None:
    assert text(Image(0), paragraph("▲ snow", caption_of=1)) == "▲ snow"


def test_an_address_with_spaces_and_brackets_stays_one() -> None:
    tokens = MarkdownIt("commonmark").parse(markdown(Image(1)))
    [image] = tokens[1].children or []
    assert image.attrs["src"] == "https://a.example/2%20(b).jpg"


def test_headings_keep_their_level_and_a_closing_hash() -> None:
    assert markdown(Heading(3, (Span("C #"),))) == "### C \\#"
    assert text(Heading(3, (Span("C #"),))) == "C #"


def test_lists_nest_and_two_in_a_row_stay_two() -> None:
    inner = ListBlock(ordered=True, items=((paragraph("c"),),))
    outer = ListBlock(ordered=False, items=((paragraph("a"),), (paragraph("b"), inner)))
    assert markdown(outer, ListBlock(ordered=False, items=((paragraph("d"),),))) == "- a\n- b\n\n  1. c\n\n* d"
    assert MarkdownIt("commonmark").render(markdown(outer, outer)).count("<ul>") == 2
    assert text(outer) == "a\nb\nc"


def test_a_quotation_marks_every_line() -> None:
    assert markdown(Quote((paragraph("a"), paragraph("b")))) == "> a\n>\n> b"


def test_code_is_fenced_by_more_backticks_than_it_holds() -> None:
    assert markdown(Code("a\n```\nb")) == "````\na\n```\nb\n````"


def test_a_table_is_written_with_pipes_and_read_with_tabs() -> None:
    table = Table(rows=(((Span("a|b"),), (Span("c"),)), ((Span("d"),),)), header=True)
    assert markdown(table) == "| a\\|b | c |\n| --- | --- |\n| d |  |"
    assert text(table) == "a|b\tc\nd"


def test_an_embed_is_a_link() -> None:
    assert markdown(Embed("https://v.example/1", "film")) == "[film](https://v.example/1)"
    assert markdown(Embed("https://v.example/1")) == "<https://v.example/1>"
    assert text(Embed("https://v.example/1", "film")) == ""


def test_html_carries_no_script_whatever_the_page_said() -> None:
    evil = Paragraph((Span("<script>", href="javascript:alert(1)"), Span("ok", href='https://a.example/?a=1&b="2"')))
    assert html(evil) == (
        '<p>&lt;script&gt;<a href="https://a.example/?a=1&amp;b=&quot;2&quot;" rel="nofollow noopener">ok</a></p>'
    )
    assert to_html(Document((Image(0),)), (Picture("javascript:x"),)) == ""
    assert html(Embed("data:text/html,x")) == ""


def test_html_has_every_kind_of_block() -> None:
    rendered = html(
        Heading(2, (Span("h"),)),
        ListBlock(ordered=True, items=((paragraph("i"),),)),
        Quote((paragraph("q"),)),
        Table(rows=(((Span("t"),),),), header=True),
        Code("c<d"),
        Image(0),
        Paragraph((Span("a\nb", strong=True, emphasis=True, code=True),)),
        Embed("https://v.example/1", "film"),
    )
    assert rendered.split("\n") == [
        "<h2>h</h2>",
        "<ol><li><p>i</p></li></ol>",
        "<blockquote><p>q</p></blockquote>",
        "<table><tr><th>t</th></tr></table>",
        "<pre><code>c&lt;d</code></pre>",
        '<figure><img src="https://a.example/1.jpg" alt="a [dog]"><figcaption>A dog in snow.</figcaption></figure>',
        "<p><strong><em><code>a<br>b</code></em></strong></p>",
        '<p><a href="https://v.example/1" rel="nofollow noopener">film</a></p>',
    ]


lines = st.text(alphabet="ab #*-+>1.)_`[](!|é。", min_size=1, max_size=20).map(str.strip).filter(bool)


@given(st.lists(lines, min_size=1, max_size=5))
def test_items_of_a_list_are_shown_as_written(items: list[str]) -> None:
    written = markdown(ListBlock(ordered=False, items=tuple((paragraph(item),) for item in items)))
    tokens = MarkdownIt("commonmark").parse(written)
    shown = ["".join(child.content for child in token.children or []) for token in tokens if token.type == "inline"]
    assert shown == items
    assert sum(token.type == "list_item_open" for token in tokens) == len(items)


@given(lines)
def test_a_heading_is_shown_as_written(line: str) -> None:
    tokens = MarkdownIt("commonmark").parse(markdown(Heading(2, (Span(line),))))
    assert [token.tag for token in tokens[:1]] == ["h2"]
    assert "".join(child.content for child in tokens[1].children or []) == line
