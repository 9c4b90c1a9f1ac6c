"""The block tree: what stands in an article apart from paragraphs and pictures."""

from worker.document import Block, Embed, ListBlock, Paragraph, Quote, Span, Table
from worker.extract.article import extract

P1 = "The council voted on Monday to close the old bridge for a year, after engineers found cracks in two of its piers."
P2 = "Traffic will be sent over the new crossing to the north, which was opened last spring and has room to spare."


def block_tree(markup: str) -> list[Block]:
    html = f"<title>Bridge to close</title><h1>Bridge to close</h1><article><p>{P1}</p>{markup}<p>{P2}</p></article>"
    blocks = extract(html, url="https://news.example/story", fetched_at=1.7e9).document.blocks
    assert (blocks[0], blocks[-1]) == (says(P1), says(P2))
    return list(blocks[1:-1])


def says(text: str) -> Paragraph:
    return Paragraph((Span(text),))


def test_terms_and_what_they_mean_are_a_list_of_groups() -> None:
    assert block_tree("<dl><dt>Pier<dd>It carries the bridge.<dt>Arch<dt>Vault<dd>It spans.<dd>It presses.</dl>") == [
        ListBlock(
            ordered=False,
            items=(
                (says("Pier"), says("It carries the bridge.")),
                (says("Arch"), says("Vault"), says("It spans."), says("It presses.")),
            ),
        )
    ]


def test_a_definition_list_without_terms_is_its_content() -> None:
    assert block_tree(f"<dl><dd>{P2}</dl><p>{P1}</p>") == [says(P2), says(P1)]


def test_a_table_s_caption_stands_before_it() -> None:
    rows = "<tr><th>Year<th>Cost<tr><td>2023<td>1 m<tr><td>2024<td>4 m"
    assert block_tree(f"<table><caption>What it cost</caption>{rows}</table>") == [
        says("What it cost"),
        Table(
            rows=tuple(tuple((Span(cell),) for cell in row) for row in (("Year", "Cost"), ("2023", "1 m"), ("2024", "4 m"))),
            header=True,
        ),
    ]


def test_lists_and_quotations_nest() -> None:
    assert block_tree("<blockquote><p>He said so.</p><ul><li>One<ol><li>Two</ol></ul></blockquote>") == [
        Quote(
            (
                says("He said so."),
                ListBlock(ordered=False, items=((says("One"), ListBlock(ordered=True, items=((says("Two"),),))),)),
            )
        )
    ]


def test_an_embed_is_linked_once_and_one_that_shows_nothing_is_not() -> None:
    frame = "<iframe src=https://video.example/embed/1 title='The vote'></iframe>"
    counter = "<iframe src=https://count.example/1 width=1 height=1></iframe>"
    assert block_tree(f"{frame}{counter}{frame}") == [Embed(href="https://video.example/embed/1", title="The vote")]
