import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.normalise.bylines import clean_name, is_personal, names_in
from worker.normalise.chinese_bylines import Credits, clean_source, named_in, summary


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("By Ann Lee and Bo Chan, staff writers", ("Ann Lee", "Bo Chan")),
        ("BY JOHN SMITH", ("John Smith",)),
        ("Written by: Foo Bar", ("Foo Bar",)),
        ("By Jim Smith, Updated 10 May 2020", ("Jim Smith",)),
        ("Ann Lee | Senior Reporter | Example News", ("Ann Lee",)),
        ("Chris O'Neil-Jones (CNN)", ("Chris O'Neil-Jones",)),
        ("Ann Lee, Bo Chan, and Cy Dorn", ("Ann Lee", "Bo Chan", "Cy Dorn")),
        ("Von Max Müller und Eva Groß", ("Max Müller", "Eva Groß")),
        ("Eine Kolumne von Nils Pick", ("Nils Pick",)),
        ("Par Jean Dupont et Marie Curie", ("Jean Dupont", "Marie Curie")),
        ("Por María Pérez y José Gil", ("María Pérez", "José Gil")),
        ("AuthorAndreas Kalt", ("Andreas Kalt",)),
        ("Ann Lee @annlee", ("Ann Lee",)),
        ("Ann Lee ann.lee@example.com", ("Ann Lee",)),
        ("Jane Roe, MD", ("Jane Roe",)),
        ("Matt Snyder Dec 12, 2016", ("Matt Snyder",)),
        ("Byron Adams", ("Byron Adams",)),
        ("作者：王小明", ("王小明",)),
        ("张三、李四", ("张三", "李四")),
        ("张 三", ("张三",)),
        ("https://example.com/author/ann", ()),
        ("Share", ()),
        ("2 comments", ()),
        ("Staff", ()),
        ("", ()),
    ],
)
def test_a_byline_gives_its_names_and_nothing_else(text: str, names: tuple[str, ...]) -> None:
    assert names_in(text) == names


def test_a_field_for_the_author_may_name_a_newsroom() -> None:
    assert names_in("Editorial Staff", strict=False) == ("Editorial Staff",)
    assert names_in("Ann Lee, Editor", strict=False) == ("Ann Lee",)


@pytest.mark.parametrize(
    ("line", "credits_"),
    [
        ("2019年06月15日08:18  来源：人民网-时政频道", Credits(source="人民网-时政频道")),
        ("来源:\u00a0中国新闻网 编辑: 陈海峰", Credits(source="中国新闻网", editors=("陈海峰",))),
        ("（天水在线编辑：李俊锋）", Credits(editors=("李俊锋",))),
        ("(天水在線編輯:李俊鋒)", Credits(editors=("李俊鋒",))),
        ("(责编：汤诗瑶、丁涛)", Credits(editors=("汤诗瑶", "丁涛"))),
        ("责任编辑：杨倩_NF4425", Credits(editors=("杨倩",))),
        ("(本报通讯员 张三 李四)", Credits(authors=("张三", "李四"))),
        ("【环球时报 记者 王小二】", Credits(authors=("王小二",))),
        ("新华社记者 李明 王强", Credits(authors=("李明", "王强"))),
        ("河南商报记者马俊峰/文", Credits(authors=("马俊峰",))),
        ("文/王明 编辑/李红", Credits(authors=("王明",), editors=("李红",))),
        ("来源：新华社  作者：张三  责任编辑：李四 校对：王五", Credits(source="新华社", authors=("张三",), editors=("李四",))),
        ("一切都准备好了。（常书香 马丹阳 ）", Credits(authors=("常书香", "马丹阳"))),
    ],
)
def test_a_chinese_credit_line_gives_its_roles(line: str, credits_: Credits) -> None:
    assert summary(named_in(line)) == credits_


@pytest.mark.parametrize(
    "line",
    [
        "记者：解放军继续前进的步伐不会停止在这里的。",
        "他对本报记者说，来源可靠。",
        "编辑部的故事",
        "（完）",
        "一切都准备好了。（资料图）",
        "责任编辑：",
        "By Ann Lee",
    ],
)
def test_a_sentence_is_no_credit(line: str) -> None:
    assert summary(named_in(line)) == Credits()


def test_an_editor_is_no_author() -> None:
    found = summary(named_in("记者 王小二 编辑：李四"))
    assert "李四" not in found.authors
    assert found.editors == ("李四",)


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("来源：人民网-时政频道", "人民网-时政频道"),
        ("Source: Reuters", "Reuters"),
        ("新华社", "新华社"),
        ("http://example.com", ""),
        ("", ""),
    ],
)
def test_a_source_loses_its_label(text: str, source: str) -> None:
    assert clean_source(text) == source


def test_persons_are_told_from_houses() -> None:
    assert is_personal("Ann Lee")
    assert is_personal("王小明")
    assert not is_personal("Example News")
    assert not is_personal("example.com")
    assert not is_personal("人民网")


@given(st.text(max_size=300))
def test_bylines_are_total_and_names_short(text: str) -> None:
    for name in (
        *names_in(text),
        *names_in(text, strict=False),
        *summary(named_in(text)).authors,
        *summary(named_in(text)).editors,
    ):
        assert 0 < len(name) <= 60
        assert name == name.strip()


@given(
    st.lists(
        st.sampled_from(["By", "Ann Lee", "and", ",", "(CNN)", "|", "10 May 2020", "Jr.", "编辑：", "张三", "@x", "<b>"]),
        max_size=8,
    ).map(" ".join)
)
def test_a_clean_name_is_clean(text: str) -> None:
    name = clean_name(text)
    assert clean_name(name) == name
