import pytest

from worker.normalise.annotations import is_reading, is_syllable
from worker.normalise.script import in_gb2312, is_traditional, simplified
from worker.normalise.width import is_folded, widened


@pytest.mark.parametrize(
    ("traditional", "wanted"),
    [
        ("守護著", "守护着"),
        ("身著紅馬甲", "身着红马甲"),
        ("他笑著說", "他笑着说"),
        ("沿著,隨著。", "沿着,随着。"),
        ("著重指出", "着重指出"),
        ("著名作家", "著名作家"),
        ("成績顯著", "成绩显著"),
        ("名著與原著", "名著与原著"),
        ("(魯迅著)", "(鲁迅著)"),
        ("某某 著", "某某 著"),
        ("沖鋒在抗疫一線", "冲锋在抗疫一线"),
        ("plain text", "plain text"),
        ("a\ud800b", "a\ud800b"),
    ],
)
def test_traditional_text_is_written_in_simplified_characters(traditional: str, wanted: str) -> None:
    assert simplified(traditional) == wanted
    assert simplified(wanted) == wanted


def test_a_character_is_traditional_when_simplified_text_lacks_it() -> None:
    assert [char for char in "黨员們乾后勠a\ud800" if is_traditional(char)] == ["黨", "們"]
    assert in_gb2312("党员，abc")
    assert not in_gb2312("勠力")


def test_a_reading_is_one_of_the_characters() -> None:
    assert is_reading("調", "diào")
    assert is_reading("調", "tiáo")
    assert is_reading("單", "dɑ̄n") is False
    assert is_reading("黨", "dǎnɡ")  # as the letters of GB 2312 have it
    assert not is_reading("黨", "dang")
    assert not is_reading("a", "a")
    assert is_syllable("zhuāng")
    assert not is_syllable("him")


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        ("在哪里,黨旗", "在哪里，黨旗"),
        ("(天水在線編輯:李俊鋒)", "（天水在線編輯：李俊鋒）"),
        ("“好!”他說:“走;來”", "“好！”他說：“走；來”"),
        ("歐盟(EU),增長50%,共1,200元", "歐盟（EU），增長50%，共1,200元"),
        ("比分3:2,時間10:30", "比分3:2，時間10:30"),
        ("see http://a.example/,b(c)", "see http://a.example/,b(c)"),
        ("Hello, world (again)!", "Hello, world (again)!"),
        ("“雙報到”,全力", "“雙報到”，全力"),
    ],
)
def test_folded_punctuation_is_widened_where_it_stands_in_chinese(narrow: str, wide: str) -> None:
    assert widened(narrow) == wide
    assert widened(wide) == wide


def test_only_a_text_without_any_full_width_sign_was_folded() -> None:
    assert is_folded("在哪里,黨旗。")
    assert not is_folded("在哪里，黨旗,好。")
    assert not is_folded("Hello, world.")
