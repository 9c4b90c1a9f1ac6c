"""What two readings of a page differ in."""

import json
from dataclasses import replace

from tests.building import paragraph
from worker.differences import DIFF_LINES, Reading, differences, reading_of
from worker.document import Document, Heading, Image, Paragraph, Span
from worker.models import Extraction, ImageRef

URL = "https://news.example/a"
ONE, TWO = ImageRef(url="https://img.example/1.png", position=0), ImageRef(url="https://img.example/2.png", position=2)
SAID = Extraction(
    document=Document((Image(0), paragraph("First."), Image(1), paragraph("-- Last."))),
    title="A title",
    authors=("Ada", "Ben"),
    published_at="2026-11-23",
    images=(ONE, TWO),
)


def read(**otherwise: object) -> Reading:
    return reading_of(replace(SAID, **otherwise), URL)  # type: ignore[arg-type]  # the caller names fields of an Extraction


def test_the_same_twice_has_no_differences() -> None:
    assert differences(read(), read()) == {}


def test_a_field_has_what_it_was_and_what_it_is() -> None:
    found = differences(read(), read(title="Another", authors=("Ada",), published_at=None))
    assert found == {
        "title": {"from": "A title", "to": "Another"},
        "authors": {"from": ["Ada", "Ben"], "to": ["Ada"]},
        "published_at": {"from": "2026-11-23", "to": None},
    }


def test_the_url_it_is_known_under_is_a_field() -> None:
    found = differences(read(), replace(read(), canonical_url=URL + "/b"))
    assert found == {"canonical_url": {"from": URL, "to": URL + "/b"}}


def test_a_body_is_compared_line_by_line_also_where_a_line_looks_like_a_differences_head() -> None:
    blocks = (Image(0), paragraph("First of all."), Image(1), Heading(2, (Span("More"),)))
    found = differences(read(), read(document=Document(blocks)))
    assert set(found) == {"body"}
    assert found["body"]["blocks"] == {"from": 4, "to": 4}
    assert found["body"]["characters"] == {"from": len("First.\n\n-- Last."), "to": len("First of all.\n\nMore")}
    assert found["body"]["diff"] == ["-First.", "+First of all.", "--- Last.", "+## More"]


def test_a_body_of_the_same_words_in_another_structure_is_another() -> None:
    bold = (Image(0), Paragraph((Span("First.", strong=True),)), Image(1), paragraph("-- Last."))
    found = differences(read(), read(document=Document(bold)))
    assert found["body"]["diff"] == ["-First.", "+**First.**"]
    assert found["body"]["characters"]["from"] == found["body"]["characters"]["to"]


def test_a_text_that_is_rendered_otherwise_is_a_difference_of_the_body() -> None:
    assert set(differences(replace(read(), text="First."), read())) == {"body"}


def test_the_difference_of_a_body_has_an_end() -> None:
    long = Document(tuple(paragraph(f"Line {n}.") for n in range(2 * DIFF_LINES)))
    assert len(differences(read(), read(document=long, images=()))["body"]["diff"]) == DIFF_LINES


def test_images_are_told_apart_by_their_address() -> None:
    captioned = replace(TWO, caption="The pier", position=1)
    third = ImageRef(url="https://img.example/3.png", position=None)
    found = differences(read(), read(images=(third, captioned)))
    assert found["images"] == {
        "added": [third.url],
        "removed": [ONE.url],
        "changed": [{"url": TWO.url, "field": "caption", "from": "", "to": "The pier"}],
        "moved": 1,
    }


def test_images_in_another_order_are_a_difference() -> None:
    found = differences(read(), read(images=(TWO, ONE)))
    assert found["images"] == {"added": [], "removed": [], "changed": [], "moved": 0}


def test_differences_are_values_for_json() -> None:
    found = differences(read(), read(title="x", quality={"paywalled": True}, document=Document(), images=()))
    assert json.loads(json.dumps(found)) == found
