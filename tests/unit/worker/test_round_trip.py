"""Markdown renders as written: read back by a CommonMark parser it is the document again, and its text is `text`."""

from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reading import as_written, read_markdown
from worker.document import Block, Code, Document, Embed, Heading, Image, ListBlock, Paragraph, Quote, Span, Table
from worker.rendering import to_markdown, to_text


@dataclass(frozen=True)
class Picture:
    url: str
    alt: str = ""
    caption: str = ""


PICTURES = (Picture("https://a.example/1.jpg", "a [dog]", "1. A *dog* in snow."), Picture("https://a.example/2 (b).jpg"))
MARKS = "\\`*_{}[]()<>#+-.!|&;:/=~^\"'$%@?, "
PIECES = [*MARKS, *"aZ09é說好。，“”《》（）…", "1. ", "- ", "+ ", "# ", "> ", "**", "***", "__", "```", "~~~", "---", "===", "| - |", "](",
          "]: ", "![", "<b>", "<!--", "<http://a.example>", "&amp;", "&#35;", "&copy", "\\\\", "a|b", "`a`", "word"]  # fmt: skip
pieces = st.lists(st.sampled_from(PIECES), min_size=1, max_size=8).map("".join)


def trimmed(spans: list[Span]) -> tuple[Span, ...]:
    """As extraction makes them: no white space at the edges of a line, no two blanks over the border of two spans."""
    out: list[Span] = []
    for span in spans:
        at_start = not out or out[-1].text[-1] in " \n"
        text = span.text.lstrip(" ") if at_start else span.text
        if text:
            out.append(Span(text, span.href, span.strong, span.emphasis, span.code))
    while out and not (text := out[-1].text.rstrip(" \n")):
        out.pop()
    if out:
        out[-1] = Span(text, out[-1].href, out[-1].strong, out[-1].emphasis, out[-1].code)
    return tuple(out)


def line(text: str) -> str:
    return "\n".join(part for each in text.split("\n") if (part := each.strip(" ")))


span = st.builds(
    Span,
    text=st.one_of(pieces, pieces, st.lists(pieces, min_size=2, max_size=3).map("\n".join).map(line).filter(bool)),
    href=st.sampled_from((None, None, None, "https://a.example/b?c=d&amp;e=f_g(h)", "https://a.example/[x]*|\\")),
    strong=st.booleans(),
    emphasis=st.booleans(),
    code=st.sampled_from((False, False, False, True)),
)
plain = st.builds(Span, text=pieces)


def without_blanks_around_breaks(spans: tuple[Span, ...]) -> bool:
    text = "".join(span.text for span in spans)
    return bool(text) and " \n" not in text and "\n " not in text and "\n\n" not in text


spans = st.one_of(st.lists(plain, min_size=1, max_size=2), st.lists(span, min_size=1, max_size=5)).map(trimmed)
texts = spans.filter(without_blanks_around_breaks)
cell = st.one_of(st.just(()), texts)
code = st.lists(st.sampled_from([*PIECES, "\n", "\n", "\t", "  "]), min_size=1, max_size=10).map("".join)
leaves: st.SearchStrategy[Block] = st.one_of(
    st.builds(Paragraph, texts),
    st.builds(Paragraph, texts),
    st.builds(Heading, st.integers(2, 6), texts),
    st.builds(Image, st.integers(0, 1)),
    st.builds(Code, code.map(lambda text: text.strip("\r\n").rstrip()).filter(bool)),
    st.builds(Table, st.lists(st.lists(cell, max_size=3).map(tuple), min_size=1, max_size=3).map(tuple), st.booleans()),
    st.builds(Embed, st.sampled_from(("https://v.example/a(b)_&amp;_*", "https://v.example/[1]*`|")), st.one_of(st.just(""), pieces.map(str.strip))),
)  # fmt: skip
blocks = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(Quote, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(ListBlock, st.booleans(), st.lists(st.lists(inner, max_size=3).map(tuple), min_size=1, max_size=3).map(tuple)),
    ),
    max_leaves=8,
)


@settings(max_examples=300)
@given(st.lists(blocks, min_size=1, max_size=4))
def test_markdown_read_back_is_the_document(made: list[Block]) -> None:
    document = Document(tuple(made))
    written = to_markdown(document, PICTURES)
    assert read_markdown(written) == as_written(document, PICTURES), written


@given(st.lists(blocks, min_size=1, max_size=4))
def test_the_text_of_the_markdown_is_the_text(made: list[Block]) -> None:
    document = Document(tuple(made))
    silent = (Picture("https://a.example/1.jpg"), Picture("https://a.example/2.jpg"))
    shown = read_markdown(to_markdown(without_embeds(document), silent))
    assert to_text(shown) == to_text(document)


def without_embeds(document: Document) -> Document:
    def kept(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
        return tuple(inside(block) for block in blocks if not isinstance(block, Embed))

    def inside(block: Block) -> Block:
        match block:
            case Quote(blocks=inner):
                return Quote(kept(inner))
            case ListBlock(ordered=ordered, items=items):
                return ListBlock(ordered, tuple(map(kept, items)))
            case _:
                return block

    return Document(kept(document.blocks))


def paragraph(text: str) -> Paragraph:
    return Paragraph((Span(text),))


@pytest.mark.parametrize(
    "made",
    [
        (ListBlock(ordered=False, items=((Code("a\n   \n  b"),),)),),
        (ListBlock(ordered=False, items=((paragraph("a"),),)), Paragraph(()), ListBlock(ordered=False, items=((paragraph("b"),),))),
        (ListBlock(ordered=True, items=((), (paragraph("a"), Quote((paragraph("b"),))))),),
        (Quote((ListBlock(ordered=False, items=((Table(rows=(((Span("a|b"),),),)),),)),)),),
        (paragraph("a | b\n- | -"),),
        (Paragraph((Span("&amp"), Span("; x", strong=True), Span("<"), Span("b>", emphasis=True))),),
        (Paragraph((Span("说"), Span("“好。”\n“不”", strong=True), Span("他"))),),
        (Paragraph((Span("a\nb", code=True), Span("c", code=True, strong=True))),),
        (Paragraph((Span("a "), Span("b`", emphasis=True), Span("c", code=True))),),
        (Paragraph((Span("a\n***\nb "), Span("c", emphasis=True))),),
        (Heading(2, (Span("a\nb #"),)),),
        (Table(rows=(((), ()), ((Span("a"),), ())), header=True),),
        (Embed("https://v.example/a(b)"),),
    ],
)  # fmt: skip
def test_what_once_was_read_otherwise(made: tuple[Block, ...]) -> None:
    document = Document(made)
    assert read_markdown(to_markdown(document, PICTURES)) == as_written(document, PICTURES)


def test_strength_holds_over_a_line_break() -> None:
    document = Document((Paragraph((Span("a\nb", strong=True),)),))
    assert to_markdown(document, ()) == "**a**\\\n**b**"


def test_the_address_of_an_embed_without_a_title_is_not_escaped() -> None:
    assert to_markdown(Document((Embed("https://v.example/a(b)<c>"),)), ()) == "<https://v.example/a(b)%3Cc%3E>"


def test_a_heading_and_a_cell_are_one_line_of_text() -> None:
    table = Table(rows=(((Span("a\nb"),), ()), ((), ())))
    assert to_text(Document((Heading(2, (Span("a\nb"),)), table))) == "a b\n\na b"


def test_code_in_a_label_makes_no_reference_definition() -> None:
    link = "https://a.example/"
    for spans in ((Span("a "), Span("]: b")), (Span("[a "), Span("]: b"))):
        href = None if spans[0].text[0] == "[" else link
        made = Document((Paragraph((Span(spans[0].text, href), Span(spans[1].text, href, code=True))),))
        assert read_markdown(to_markdown(made, ())) == as_written(made, ())
