import json

import pytest

from worker.document import Document, Image, Paragraph, Span
from worker.extraction_json import dump, load
from worker.models import Extraction, ImageRef

FULL = Extraction(
    document=Document((Paragraph((Span("a", href="https://a.example/", strong=True),)), Image(0))),
    title="党旗",
    authors=("A", "B"),
    editors=("C",),
    source="天水在线",
    site_name="site",
    published_at="2021-11-10T09:20:00+08:00",
    modified_at="2021-11-11",
    language="zh",
    description="d",
    section="s",
    tags=("t",),
    images=(
        ImageRef(url="https://a.example/1.jpg", position=1, alt="x", caption="y", credit="z"),
        ImageRef(url="https://a.example/2.jpg", position=None, skip="tracker"),
    ),
    lead_image="https://a.example/1.jpg",
    declared_canonical="https://a.example/",
    declared_forms=("https://a.example/amp", "https://m.a.example/"),
    next_page="https://a.example/2",
    quality={"paywalled": True},
    reason="a list of links",
)


@pytest.mark.parametrize("extraction", [FULL, Extraction(document=Document())])
def test_an_extraction_comes_back_from_json_as_it_was(extraction: Extraction) -> None:
    assert load(json.loads(json.dumps(dump(extraction)))) == extraction


def test_every_field_is_written() -> None:
    assert set(dump(FULL)) == set(Extraction.__dataclass_fields__)


def test_what_was_stored_before_pages_were_asked_for_their_other_forms_is_read() -> None:
    stored = {name: value for name, value in dump(FULL).items() if name != "declared_forms"}
    assert load(stored).declared_forms == ()


def test_what_no_dump_wrote_is_refused() -> None:
    with pytest.raises(KeyError):
        load({"document": []})
