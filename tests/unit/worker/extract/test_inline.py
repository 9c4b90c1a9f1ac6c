import pytest

from worker.extract.inline import BREAK, PLAIN, Style, collapse, join_pieces, squeeze, weigh

BOLD: Style = (None, True, False, False)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("a \n\t b", "a b"),
        ("a\u00a0\u00a0b", "a b"),
        ("党组织\n  覆盖", "党组织覆盖"),
        ("他说：\n“好。”", "他说：“好。”"),
        ("党组织\nABC", "党组织 ABC"),
        ("作者\u3000张三", "作者\u3000张三"),
        ("Stra\u00adße\u200b", "Straße"),
        ("می\u200cخواهم", "می\u200cخواهم"),  # the joiner that Persian needs
    ],
)
def test_white_space_collapses_as_browsers_show_it(raw: str, text: str) -> None:
    assert collapse(raw) == text


def test_squeeze_trims_indents() -> None:
    assert squeeze("\u3000\u3000a b\u00a0\n") == "a b"
    assert squeeze(None) == ""


def test_a_han_character_weighs_as_three_letters() -> None:
    assert (weigh("abc"), weigh("说"), weigh("")) == (3, 3, 0)


@pytest.mark.parametrize(
    ("pieces", "joined"),
    [
        ([(" a ", PLAIN), (" b", PLAIN)], [("a b", PLAIN)]),
        ([("a ", PLAIN), (" b ", BOLD), ("c", PLAIN)], [("a ", PLAIN), ("b ", BOLD), ("c", PLAIN)]),
        ([("a ", PLAIN), (BREAK, PLAIN), (" b", PLAIN)], [("a\nb", PLAIN)]),
        ([(BREAK, PLAIN), ("a", PLAIN), (BREAK, PLAIN)], [("a", PLAIN)]),
        ([("\u3000\u3000", PLAIN), ("\u3000a", BOLD), (" ", PLAIN)], [("a", BOLD)]),
        ([(" ", PLAIN)], []),
        ([], []),
    ],
)
def test_pieces_join_without_double_spaces(pieces: list[tuple[str, Style]], joined: list[tuple[str, Style]]) -> None:
    assert join_pieces(pieces) == joined
