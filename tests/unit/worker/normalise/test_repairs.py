"""Signs, blanks and letters that were put in to spoil a text are taken out; the same ones are left where they mean something."""

from dataclasses import replace

import pytest

from tests.chinese import BRIDGE, HARVEST, LIBRARY
from tests.mirrors import page_of
from worker.document import Code, Document, Paragraph, Span
from worker.models import Extraction
from worker.normalise.restoring import restored
from worker.normalise.text import squeeze
from worker.normalise.tree import lines_of

ENGLISH = (
    "The harbour board met on Tuesday and agreed to repair the northern pier before the winter storms arrive, a spokesman said – "
    "“nobody wants to wait again”. Boats have been moored at the old quay since spring, which costs the town money every week.\n"
    "Engineers expect that the work takes four months. Visitors can still reach the lighthouse on foot, and the café stays open."
)
RUSSIAN = (
    "Совет порта собрался во вторник и решил отремонтировать северный причал до начала зимних штормов, сообщил представитель.\n"
    "Инженеры считают, что работы займут четыре месяца, а маяк всё это время останется открытым для посетителей и рыбаков."
)
GREEK = (
    "Το συμβούλιο του λιμανιού αποφάσισε την Τρίτη να επισκευάσει τη βόρεια προβλήτα πριν από τις καταιγίδες του χειμώνα.\n"
    "Ο εκπρόσωπος του δήμου είπε ότι το έργο κοστίζει πολύ, όμως ο φάρος μένει ανοιχτός για όλους όσοι έρχονται με τα πόδια."
)


def said(page: Extraction) -> list[str] | None:
    return lines_of(page.restored.document) if page.restored is not None else None


def plain(text: str) -> list[str]:
    return [squeeze(line) for line in text.strip().splitlines()]


def every(text: str, nth: int, sign: str) -> str:
    """Return *text* with *sign* behind each *nth* character that is followed by a letter."""
    return "".join(
        char + sign if number % nth == 0 and char.isalpha() and text[number + 1 : number + 2].isalpha() else char
        for number, char in enumerate(text)
    )


# ---------------------------------------------------------------- invisible characters


@pytest.mark.parametrize("sign", ["\u200c", "\u200d", "\u034f", "\u2063\u200d", "\u3164"])
@pytest.mark.parametrize("text", [ENGLISH, RUSSIAN, LIBRARY], ids=["Latin", "Cyrillic", "Chinese"])
def test_invisible_characters_in_words_are_taken_out(text: str, sign: str) -> None:
    page = page_of(every(text, 3, sign), title=f"Pi{sign}er")
    found = restored(page)
    assert said(found) == plain(text)
    assert found.restored is not None
    assert found.restored.title == "Pier"
    assert found.quality["invisible"]["removed"] >= 20
    assert replace(found, restored=None, quality={}) == page


@pytest.mark.parametrize(
    "text",
    [
        "او می\u200cخواهد کتاب\u200cها را به خانه\u200cاش ببرد و نمی\u200cداند که iPhone\u200cها کجا هستند. " * 20,
        "वह क्\u200dष और र्\u200dय लिखता है और नई किताब पढ़ता है। " * 20,
        "Der Chor sang 👩\u200d👩\u200d👧 und 🏳️\u200d🌈 für alle, die gekommen waren – schön war’s. " * 20,
        ENGLISH.replace("lighthouse", "light\u200chouse") * 5,
    ],
    ids=["Persian", "Hindi", "emoji", "a ligature now and then"],
)
def test_joiners_that_mean_something_stay(text: str) -> None:
    page = page_of(text)
    assert restored(page) is page


# ---------------------------------------------------------------- blanks


def test_blanks_between_all_characters_of_a_chinese_text_are_taken_out() -> None:
    found = restored(page_of("\n".join(" ".join(line) for line in plain(BRIDGE)), title="大 桥 通 车"))
    assert said(found) == plain(BRIDGE)
    assert found.restored is not None
    assert found.restored.title == "大桥通车"
    assert found.quality["spacing"]["removed"] > 300


@pytest.mark.parametrize(
    "text",
    [
        "我们 今天 去 学校 看 老师 他 教 我们 读书 写字 唱歌 ，大家 都 很 高兴 。\n" * 30,
        "春风又绿江南岸 明月何时照我还 远山近水皆是画 一叶小舟过前川\n" * 30,
        "目 录\n" + HARVEST,
        "王 伟 李 强 张 敏 刘 洋\n" + HARVEST,
    ],
    ids=["parted by words", "verse", "a headline", "names"],
)
def test_blanks_that_mean_something_stay(text: str) -> None:
    page = page_of(text)
    assert restored(page) is page


# ---------------------------------------------------------------- letters that look alike

CYRILLIC_FOR = str.maketrans("aeopcxy", "аеорсху")
LATIN_FOR = str.maketrans("аеорсху", "aeopcxy")
GREEK_FOR = str.maketrans("ο", "o")


def swapped(text: str, table: dict[int, int]) -> str:
    """Return *text* with every second letter of the *table* swapped."""
    return "".join(char.translate(table) if number % 2 else char for number, char in enumerate(text))


@pytest.mark.parametrize(
    ("text", "table"),
    [(ENGLISH, CYRILLIC_FOR), (RUSSIAN, LATIN_FOR), (GREEK, GREEK_FOR)],
    ids=["Latin", "Cyrillic", "Greek"],
)
def test_letters_of_another_alphabet_become_those_they_stand_for(text: str, table: dict[int, int]) -> None:
    page = page_of(swapped(text, table))
    found = restored(page)
    wrong = [word for line, want in zip(said(found) or [], plain(text), strict=True) for word in line.split() if word not in want]
    assert len(wrong) <= 2  # a word of one letter may be of either alphabet
    assert found.quality["lookalikes"]["words"] >= 10
    assert found.document == page.document


@pytest.mark.parametrize(
    "text",
    [
        "Die Probe wog 5 μg, der Widerstand 3 kΩm, das Teilchen Δx lag bei αβ-Ketten und γδ-Zellen in H₂O. " * 20,
        "Компания Яndex и СMS-система, VIPов и SEOшников, IT-отдел, PRщик, TikTokом и YouTubeа достаточно. " * 20,
        "Српски текст на ћирилици. Srpski tekst na latinici. Реч и reč, дан i dan. " * 20,
        "TOPовый игрок " * 3 + RUSSIAN * 5,
        ENGLISH * 3 + " The Russian word «кот» and the Greek «λόγος» are spelt so. " * 5,
    ],
    ids=["formulas", "brands", "two alphabets", "one brand", "foreign words"],
)
def test_words_of_two_alphabets_that_mean_something_stay(text: str) -> None:
    page = page_of(text)
    assert restored(page) is page


# ---------------------------------------------------------------- all of them


def test_code_is_left_alone() -> None:
    dirty = every(ENGLISH, 3, "\u200d")
    page = page_of(dirty)
    code = (Code(dirty), Paragraph((Span(dirty, code=True),)))
    found = restored(replace(page, document=Document(page.document.blocks + code)))
    assert found.restored is not None
    assert found.restored.document.blocks[-2:] == code
    assert said(found)[:2] == plain(ENGLISH)  # type: ignore[index]


def test_kinds_of_damage_are_undone_together() -> None:
    found = restored(page_of(every(swapped(ENGLISH, CYRILLIC_FOR), 3, "\u200d")))
    assert set(found.quality) == {"invisible", "lookalikes"}
    assert "\u200d" not in "".join(said(found) or [])
