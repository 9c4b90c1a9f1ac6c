import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.document import (
    Block,
    Code,
    Document,
    Embed,
    Heading,
    Image,
    ListBlock,
    Paragraph,
    Quote,
    Span,
    Table,
    from_json,
    to_json,
)

spans = st.lists(
    st.builds(Span, st.text(max_size=5), st.none() | st.just("https://a.example/"), st.booleans(), st.booleans(), st.booleans()),
    max_size=3,
).map(tuple)
simple: st.SearchStrategy[Block] = st.one_of(
    st.builds(Paragraph, spans, st.none() | st.integers(0, 9)),
    st.builds(Heading, st.integers(2, 6), spans),
    st.builds(Image, st.integers(0, 9)),
    st.builds(Table, st.lists(st.lists(spans, max_size=2).map(tuple), max_size=2).map(tuple), st.booleans()),
    st.builds(Code, st.text(max_size=5)),
    st.builds(Embed, st.text(max_size=5), st.text(max_size=5)),
)
blocks: st.SearchStrategy[Block] = st.recursive(
    simple,
    lambda inner: st.one_of(
        st.builds(Quote, st.lists(inner, max_size=3).map(tuple)),
        st.builds(ListBlock, st.booleans(), st.lists(st.lists(inner, max_size=2).map(tuple), max_size=2).map(tuple)),
    ),
    max_leaves=5,
)


@given(st.lists(blocks, max_size=4).map(tuple))
def test_a_document_comes_back_from_json_as_it_was(tree: tuple[Block, ...]) -> None:
    document = Document(tree)
    assert from_json(json.loads(json.dumps(to_json(document)))) == document


def test_plain_text_is_stored_as_a_plain_string() -> None:
    assert to_json(Document((Paragraph((Span("a"), Span("b", strong=True))),))) == [
        {"type": "paragraph", "spans": ["a", {"text": "b", "strong": True}]}
    ]


@pytest.mark.parametrize("data", [[{"type": "video"}], [{}], [{"type": "heading", "spans": []}]])
def test_what_no_dump_wrote_is_refused(data: list[dict[str, object]]) -> None:
    with pytest.raises((KeyError, ValueError)):
        from_json(data)
