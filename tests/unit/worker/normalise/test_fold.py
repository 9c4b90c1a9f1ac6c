"""The fold of a text: alike for what differs in script, layout and style alone."""

import time

import pytest

from tests.copies import CHINESE
from tests.mirrors import converted, mirrored, sample_dictionary
from worker.normalise.fold import LETTERS, fold, folded_words, is_unspaced


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("The Harbour: re-opened, 9 a.m.!", "theharbourreopened9am"),
        ("ＡＢＣ　１２３ ﬁne", "abc123fine"),
        ("snake_case", "snakecase"),
        ("Café Ünal", "caféünal"),
        ("Cafe\u0301", "café"),
        ("港\u200b口 so\u00adft \ufeffmark", "港口softmark"),
        ("看 https://news.example/a?b=c，然后", "看然后"),
        ("see www.news.example/x.html now", "seenow"),
        ("before ![a harbour](https://img.example/a.png) after", "beforeafter"),
        ("one<br/>two <b class='x'>three</b> 4 < 5 > 3", "onetwothree453"),
        ("हिन्दी", "हनद"),  # signs of vowels are marks
        ("", ""),
        ("—!?…", ""),
        ("Half \ud83d of it", "halfofit"),
        ("a\x00b\ue000c", "abc"),
    ],
)
def test_what_is_left_are_letters_and_digits_in_their_plain_forms(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("黨(dǎng)員(yuán)們", "党员们"),
        ("黨（dǎng）員(yuan)", "党员"),
        ("守護著、顯著", "守护着显着"),
        ("世界衛生組織(WHO)", "世界卫生组织who"),
        ("他說(see below)", "他说seebelow"),
        ("(dǎng)", "dǎng"),  # behind no character
    ],
)
def test_readings_behind_chinese_characters_are_dropped_and_traditional_ones_become_simplified(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize("config", ["s2t", "s2hk", "s2tw"])
def test_a_traditional_twin_folds_to_the_same(config: str) -> None:
    text = "\n".join(CHINESE)
    assert fold(converted(text, config)) == fold(text)


def test_a_mirror_folds_to_the_same() -> None:
    lines = [mirrored(line, sample_dictionary()) for line in CHINESE]
    assert "(" in lines[0]
    assert fold("\n".join(lines)) == fold("\n".join(CHINESE))


@pytest.mark.parametrize(
    ("text", "unspaced"),
    [
        ("图书馆重新开门", True),
        ("ジョンさんは灯台を修理した", True),
        ("ห้องสมุดเปิดอีกครั้ง", True),
        ("도서관이 다시 문을 열었다", False),
        ("Библиотека снова открыта", False),
        ("ABC Corp 的报告说 revenue increased", False),
        ("", False),
    ],
)
def test_it_is_known_which_scripts_part_no_words(text: str, unspaced: bool) -> None:
    assert is_unspaced(fold(text)) is unspaced


def test_words_stay_apart() -> None:
    assert folded_words("Re-opened on Monday") == ["re", "opened", "on", "monday"]


def test_a_long_text_is_known_by_its_opening() -> None:
    assert fold("ab " * LETTERS) == "ab" * (LETTERS // 2)


@pytest.mark.parametrize("piece", ["![", "![a](", "<", "<a", "中(", "中(a", "http://", "\ufdfa", "a\u0301", "中(ā)", "www."])
def test_hostile_text_takes_no_longer_than_any_other(piece: str) -> None:
    fold(piece)
    began = time.process_time()
    fold(piece * 1_000_000)
    assert time.process_time() - began < 1.0  # 0.04 s; what is not linear takes minutes
