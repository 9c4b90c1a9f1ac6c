"""What is said of each picture to a person who asks."""

import pytest
from selectolax.lexbor import LexborHTMLParser

from worker.extract.assemble import Assembly
from worker.extract.blocks import collect
from worker.extract.explain_images import PictureTrace, explain_images
from worker.extract.lead import with_lead
from worker.extract.pictures import arrange
from worker.extract.prose import measure

BASE = "https://news.example/story"
P1 = "The council voted on Monday to close the old bridge for a year, after engineers found cracks in two of its piers."
CARD = "https://cdn.example/card.jpg"
STATED = (CARD, "https://cdn.example/logo.png")


def traces(markup: str, *, dropped: bool = False) -> tuple[PictureTrace, ...]:
    """Explain the pictures of a page with *markup* in its body; *dropped*: the body was chosen without them."""
    page = collect(LexborHTMLParser(f"<body><p><img src=above.jpg></p><div id=body><p>{P1}</p>{markup}<p>{P1}</p></div></body>"))
    measure(page)
    root = next(box for box in page.boxes if box.attrs.get("id") == "body")
    leaves = [leaf for leaf in page.leaves[root.first : root.end] if not dropped or leaf.kind == "text"]
    arranged = arrange(page, root, leaves, title=None, stated=STATED, base=BASE)
    _, images = Assembly(BASE, root).document(arranged)
    return explain_images(page, arranged, with_lead(images, CARD), stated=STATED, lead=CARD, base=BASE)


def test_each_picture_of_the_page_is_told_of_in_order_and_then_what_metadata_states() -> None:
    found = traces("<figure><img src=1.jpg alt=Bridge><figcaption>The bridge.</figcaption></figure>")
    assert [(trace.source, trace.kept, trace.why, trace.lead) for trace in found] == [
        ("leaf 0", False, "outside the article", False),
        ("leaf 2", True, "in block 1", False),
        ("metadata", True, "the article shows no such picture", True),
        ("metadata", False, "an emblem of the site", False),
    ]
    assert (found[1].alt, found[1].caption) == ("Bridge", "The bridge.")


def test_the_addresses_of_a_picture_are_given_as_written_the_chosen_one_marked() -> None:
    [trace] = traces("<img src=small.jpg data-src=large.jpg srcset='medium.jpg 2x'>")[1:-2]
    assert [(one.source, one.value, one.chosen) for one in trace.addresses] == [
        ("data-src", "large.jpg", True),
        ("srcset", "medium.jpg", False),
        ("src", "small.jpg", False),
    ]


@pytest.mark.parametrize(
    ("markup", "why"),
    [
        ("<img src=spacer.gif>", "placeholder"),
        ("<img src=1.jpg width=1 height=1>", "tracker"),
        ("<div class=author-card><img src=1.jpg></div>", "in a box called author card"),
        ("<aside><img src=1.jpg></aside>", "in an element aside"),
        ("<div><a href=https://shop.example/><img src=1.jpg></a></div>", "an advert: it leads to another site"),
    ],
)
def test_a_picture_that_is_left_out_has_a_reason(markup: str, why: str) -> None:
    [trace] = traces(markup)[1:-2]
    assert (trace.kept, trace.why) == (False, why)


def test_a_copy_is_told_of_as_one() -> None:
    copies = traces("<p><img src=bridge-in-may.jpg><img src=bridge-in-may-300x200.jpg></p>")[1:-2]
    assert [(trace.kept, trace.why) for trace in copies] == [(True, "in block 1"), (False, "the copy of a picture beside it")]


def test_a_picture_that_the_body_left_out_needs_a_frame() -> None:
    [bare, framed] = traces("<div><img src=1.jpg></div><figure><img src=2.jpg></figure>", dropped=True)[1:-2]
    assert (bare.why, framed.why) == ("neither in the body nor in a figure", "in block 1")
