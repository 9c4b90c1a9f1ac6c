import pytest

from worker.extract.captions import bare, credit_in, in_brackets


@pytest.mark.parametrize(
    ("text", "inner"),
    [
        ("（老桥）", "老桥"),
        ("(a (b) c).", "a (b) c"),
        ("【图】", "图"),
        ("(a) and (b)", None),
        ("（一）总则", None),
        ("()", None),
        ("(a", None),
        ("", None),
    ],
)
def test_one_pair_of_brackets_around_the_whole_is_seen(text: str, inner: str | None) -> None:
    assert in_brackets(text) == inner


def test_a_bare_caption_has_neither_brackets_nor_marks() -> None:
    assert [bare(text) for text in ("（▲ 老桥）", "▲老桥", "A bridge (old)", " x ")] == ["老桥", "老桥", "A bridge (old)", "x"]


@pytest.mark.parametrize(
    ("caption", "credit"),
    [
        ("The bridge. Photo: A. Smith", "A. Smith"),
        ("The bridge. (Credit: AP/J. Doe)", "AP/J. Doe"),
        ("老桥。图源：视觉中国", "视觉中国"),
        ("老桥。记者 贾天勇 摄", "记者 贾天勇"),
        ("老桥五月的样子", ""),
        ("A photograph of the bridge", ""),
    ],
)
def test_a_credit_is_read_where_it_is_marked(caption: str, credit: str) -> None:
    assert credit_in(caption) == credit
