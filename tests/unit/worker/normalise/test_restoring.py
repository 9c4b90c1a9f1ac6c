"""What a damaged page said, from bytes on: the true mirror, and properties of every restoration."""

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.chinese import HARVEST
from tests.mirrors import SAMPLE, mirrored, page_of, sample_dictionary
from worker.document import Code, Document, Embed, Heading, Image, ListBlock, Paragraph, Quote, Span, Table
from worker.extract.article import extract
from worker.extract.decode import decode
from worker.extraction_json import dump, load
from worker.models import Extraction, ImageRef
from worker.normalise.restoring import restored
from worker.rendering import to_markdown

PAGES = Path(SAMPLE).parent
MIRROR = mirrored(HARVEST, sample_dictionary())


def read(name: str) -> tuple[Extraction, dict[str, object]]:
    expected = json.loads((PAGES / f"{name}.expected.json").read_text(encoding="utf-8"))
    decoded = decode((PAGES / f"{name}.html").read_bytes(), content_type="text/html")
    return restored(extract(decoded.text, url=expected["url"], fetched_at=1_700_000_000.0)), expected


def lines(markdown: str) -> list[str]:
    """Return *markdown* as the fixtures compare it: no empty lines, and images by their path."""
    text = re.sub(r"\]\(https?://[^/]+", "](", re.sub(r"\n+", "\n", markdown))
    return [line.strip() for line in text.split("\n")]


@pytest.mark.parametrize("name", ["mirror-article-gbk", "mirror-article"])
def test_the_true_mirror_is_restored_line_by_line(name: str) -> None:
    found, expected = read(name)
    assert found.restored is not None
    assert lines(to_markdown(found.restored.document, found.images)) == lines(str(expected["normalised_markdown"]))
    assert found.restored.title == expected["normalised_title"]
    assert found.restored.editors == (expected["normalised_editor"],)
    assert found.quality["mirror"]["unresolved"] == expected["unresolved"]
    assert found.quality["mirror"]["removed"] == found.quality["mirror"]["annotations"] == expected["annotations"]
    assert found.quality["mirror"]["types"] == expected["annotated_types"]


def test_and_what_it_says_is_kept_to_the_letter() -> None:
    found, expected = read("mirror-article")
    assert lines(to_markdown(found.document, found.images)) == lines(str(expected["markdown"]))
    assert found.title == expected["title"]
    assert found.editors == (expected["editor"],)


def test_bytes_that_the_page_still_has_repair_what_was_damaged() -> None:
    found, _ = read("mirror-article-gbk")
    assert found.quality["mirror"]["repairs"] == [{"line": 15, "text": "們\ufffd(nèi)\ue06f奎h", "restored": "们全部党"}]


def test_the_caption_of_the_true_mirror_is_restored_too() -> None:
    found, _ = read("mirror-article")
    assert found.restored is not None
    assert found.restored.captions == ("秦州区集中隔离医学观察点临时党总支成立", *[""] * 9)


def test_the_article_that_was_mirrored_is_left_alone() -> None:
    found, _ = read("tianshui-article")
    assert found.restored is None
    assert "mirror" not in found.quality


def test_the_sample_as_bare_text_is_clean_but_for_the_line_that_lost_its_bytes() -> None:
    text = SAMPLE.read_text(encoding="utf-8").split("\n")
    found = restored(Extraction(document=Document(tuple(Paragraph((Span(line),)) for line in text))))
    assert found.restored is not None
    said = [block.spans[0].text for block in found.restored.document.blocks if isinstance(block, Paragraph)]
    damaged = [number for number, line in enumerate(said) if re.search("[A-Za-z]", line) and not line.startswith("![")]
    assert damaged == [15]
    assert found.quality["mirror"]["unresolved"] == [{"line": 15, "text": "們?nèi)奎h員"}]
    assert found.quality["mirror"]["removed"] == 425


def test_every_kind_of_block_is_restored() -> None:
    mark, clean = Span("飄揚(yáng)"), Span("飘扬")
    kinds = (
        Heading(2, (mark,)),
        Paragraph((replace(mark, strong=True), Span("，")), caption_of=0),
        Image(0),
        ListBlock(ordered=True, items=((Paragraph((mark,)),), (Quote((Paragraph((mark,)),)),))),
        Table(rows=(((mark,), (mark,)), ((mark,), ())), header=True),
        Code("飄揚(yáng)"),
        Embed("https://video.example/", "飄揚(yáng)"),
    )
    page = page_of(MIRROR)
    page = replace(
        page,
        document=Document(page.document.blocks + kinds),
        images=(ImageRef(url="https://news.example/a.jpg", position=None, caption="飄揚(yáng)"),),
        authors=("飄揚(yáng)",),
    )
    found = restored(page).restored
    assert found is not None
    assert (found.captions, found.authors) == (("飘扬",), ("飘扬",))
    assert found.document.blocks[-7:] == (
        Heading(2, (clean,)),
        Paragraph((replace(clean, strong=True), Span("，")), caption_of=0),
        Image(0),
        ListBlock(ordered=True, items=((Paragraph((clean,)),), (Quote((Paragraph((clean,)),)),))),
        Table(rows=(((clean,), (clean,)), ((clean,), ())), header=True),
        Code("飘扬"),
        Embed("https://video.example/", "飘扬"),
    )


def test_what_is_no_article_is_not_restored() -> None:
    page = replace(page_of(MIRROR), reason="a list of links")
    assert restored(page) is page


# Pieces of damage of every kind among sound ones: any text may be told, and none may break anything.
PIECES = st.text(max_size=8) | st.sampled_from(
    [
        *MIRROR.splitlines(),
        *("們\ufffd(nèi)\ue06f奎h", "?nèi)", "揚(yáng)", "\ufffd", "著", "(a)", ",", "\ud800", "這 是 一 行 字 "),
        *("cÐ°t", "Ã©tÃ© â€", "ÖÐ¹ú", "pаypаl ", "wo\u200drd", "نمی\u200cخواهم", "👩\u200d💻", "e\u0301"),
    ]
)
TEXTS = st.lists(PIECES, max_size=60).map("".join)


@given(st.lists(TEXTS, max_size=8), TEXTS)
def test_a_restoration_keeps_the_original_and_changes_nothing_when_it_is_repeated(texts: list[str], title: str) -> None:
    page = Extraction(document=Document(tuple(Paragraph((Span(text),)) for text in texts)), title=title)
    found = restored(page)
    assert replace(found, restored=None, quality={}) == page
    assert (found is page) == (found.restored is None) == (found.quality == {})
    assert restored(found) == found
    if "\ud800" not in "".join([*texts, title]):
        assert load(json.loads(json.dumps(dump(found)))) == found


@given(st.permutations(HARVEST.strip().splitlines()), st.text(max_size=20))
def test_what_is_restored_is_sound(paragraphs: list[str], other: str) -> None:
    found = restored(page_of("\n".join([mirrored("\n".join(paragraphs), sample_dictionary()), other])))
    assert found.restored is not None
    again = Extraction(document=found.restored.document, title=found.restored.title)
    assert restored(again) is again


def test_an_ordinary_page_pays_for_no_table() -> None:
    program = (
        "import sys\n"
        "from tests.mirrors import page_of\n"
        "for name in list(sys.modules):\n"
        "    if name.partition('.')[0] in ('opencc', 'pypinyin'):\n"
        "        del sys.modules[name]\n"
        "from worker.normalise.restoring import restored\n"
        "page = page_of('一个普通的句子（例子），没有(abc)什么特别。' * 99)\n"
        "assert restored(page) is page\n"
        "print([name for name in sys.modules if 'opencc' in name or 'pypinyin' in name])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=PAGES.parents[1])
    assert (done.stdout.strip(), done.stderr) == ("[]", "")
