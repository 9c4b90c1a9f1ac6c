import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.normalise.text import fold, plain, squeeze


@pytest.mark.parametrize(
    ("text", "squeezed"),
    [
        ("  a\n\tb\u00a0 c\u3000d  ", "a b c d"),
        ("soft\u00adhyphen and zero\u200bwidth\ufeff", "softhyphen and zerowidth"),
        ("cafe\u0301", "café"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("a\x00b\x1fc", "ab c"),
        ("", ""),
    ],
)
def test_white_space_and_invisible_characters_are_brought_in_order(text: str, squeezed: str) -> None:
    assert squeeze(text) == squeezed


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Tom &amp; Jerry", "Tom & Jerry"),
        ("&amp;quot;Quoted&amp;quot;", '"Quoted"'),
        ("AT&T profits", "AT&T profits"),
        ("<b>Bold</b> claim", "Bold claim"),
        ("a < b and c > d", "a < b and c > d"),
        ("&lt;em&gt;Moby Dick&lt;/em&gt;", "Moby Dick"),
    ],
)
def test_a_metadata_field_is_read_as_its_reader_would(text: str, shown: str) -> None:
    assert plain(text) == shown


@given(st.text(max_size=200))
def test_squeezing_twice_changes_nothing(text: str) -> None:
    assert squeeze(squeeze(text)) == squeeze(text)


@given(st.text(max_size=200))
def test_folding_twice_changes_nothing_but_what_case_folding_adds(text: str) -> None:
    assert fold(text).isalnum() or fold(text) == "" or not fold(text).isascii()


def test_folded_titles_compare_equal_across_quotes_and_width() -> None:
    assert fold("“Ｈｅｌｌｏ”, World – part_1") == fold('"hello" WORLD: Part 1')
