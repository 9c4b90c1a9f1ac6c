"""Bylines as the press of many countries writes them. The names are invented."""

import pytest

from worker.models import Credit, Role
from worker.normalise.agencies import agencies_in, agency_of_dateline, is_agency
from worker.normalise.bylines import names_in
from worker.normalise.chinese_bylines import named_in, summary
from worker.normalise.roles import credited_in


@pytest.mark.parametrize(
    ("line", "names"),
    [
        # English, German, French, Spanish, Portuguese, Italian, Catalan, Romanian
        ("By Ann Lee and Bo Chan", ("Ann Lee", "Bo Chan")),
        ("Von Eva Groß und Max Müller", ("Eva Groß", "Max Müller")),
        ("Par Marie Curel et Jean Dupont", ("Marie Curel", "Jean Dupont")),
        ("Por María Pérez y José Gil", ("María Pérez", "José Gil")),
        ("Por João Silva e Ana Souza", ("João Silva", "Ana Souza")),
        ("di Mario Rossi e Anna Bianchi", ("Mario Rossi", "Anna Bianchi")),
        ("Escrit per Núria Puig", ("Núria Puig",)),
        ("Autor: Ion Popescu", ("Ion Popescu",)),
        ("Scris de Ion Popescu", ("Ion Popescu",)),
        # Dutch, Swedish, Danish, Norwegian, Finnish
        ("Door Jan de Vries", ("Jan de Vries",)),
        ("Av Karin Öberg", ("Karin Öberg",)),
        ("Af Søren Holm og Mette Krog", ("Søren Holm", "Mette Krog")),
        ("Tekst: Kari Nordmann", ("Kari Nordmann",)),
        ("Teksti: Matti Virtanen", ("Matti Virtanen",)),
        # Polish, Czech, Slovak, Hungarian, Croatian, Serbian
        ("Autor: Łukasz Nowak", ("Łukasz Nowak",)),
        ("Napsala Jana Nováková", ("Jana Nováková",)),
        ("Autorka: Zuzana Kováčová", ("Zuzana Kováčová",)),
        ("Írta: Kovács Éva", ("Kovács Éva",)),
        ("Piše: Ana Horvat", ("Ana Horvat",)),
        # Russian, Ukrainian, Bulgarian, Greek, Turkish
        ("Автор: Иван Петров", ("Иван Петров",)),
        ("Автори: Олена Шевчук, Іван Коваль", ("Олена Шевчук", "Іван Коваль")),
        ("Автор: Мария Иванова", ("Мария Иванова",)),
        ("Γράφει ο Γιώργος Παπάς", ("Γιώργος Παπάς",)),
        ("Συντάκτης: Ελένη Δήμου", ("Ελένη Δήμου",)),
        ("Yazan: Ayşe Yılmaz", ("Ayşe Yılmaz",)),
        # Arabic, Persian, Hebrew, Hindi, Bengali
        ("بقلم: أحمد علي", ("أحمد علي",)),
        ("كتب أحمد علي", ("أحمد علي",)),
        ("نویسنده: سارا احمدی", ("سارا احمدی",)),
        ("מאת דנה כהן", ("דנה כהן",)),
        ("लेखक: राम शर्मा", ("राम शर्मा",)),
        ("লেখক: রহিম উদ্দিন", ("রহিম উদ্দিন",)),
        # Thai, Vietnamese, Indonesian, Malay
        ("โดย สมชาย ใจดี", ("สมชาย ใจดี",)),
        ("ผู้เขียน: สมชาย ใจดี", ("สมชาย ใจดี",)),
        ("Tác giả: Nguyễn Văn An", ("Nguyễn Văn An",)),
        ("Oleh Budi Santoso", ("Budi Santoso",)),
        ("Penulis: Siti Aminah", ("Siti Aminah",)),
        # Japanese, Korean, Chinese
        ("文＝山田太郎", ("山田太郎",)),
        ("執筆：鈴木花子", ("鈴木花子",)),
        ("글: 홍길동", ("홍길동",)),
        ("作者：王小明", ("王小明",)),
        ("撰文／陳大文", ("陳大文",)),
    ],
)
def test_a_byline_of_any_language_gives_its_names(line: str, names: tuple[str, ...]) -> None:
    assert names_in(line) == names


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Dr. Ann Lee", ("Ann Lee",)),
        ("Prof. Dr. Eva Groß", ("Eva Groß",)),
        ("Senior reporter Ann Lee", ("Ann Lee",)),
        ("By Staff Writer Bo Chan", ("Bo Chan",)),
        ("Ann Lee, Staff writer", ("Ann Lee",)),
        ("Ann Lee ann.lee@news.example @annlee", ("Ann Lee",)),
        ("Photos by Cy Dorn", ()),
        ("By Ann Lee | Photos by Cy Dorn", ("Ann Lee",)),
        ("Foto: Cy Dorn", ()),
        ("Übersetzung: Cy Dorn", ()),
        ("Translated by Cy Dorn", ()),
        ("Mason Photo Jones", ("Mason Photo Jones",)),
        ("Drew Dr", ("Drew Dr",)),
    ],
)
def test_titles_addresses_and_those_who_did_not_write_are_left_out(line: str, names: tuple[str, ...]) -> None:
    assert names_in(line) == names


def roles_of(credits_: list[Credit] | tuple[Credit, ...]) -> list[tuple[str, Role]]:
    return [(credit.name, credit.role) for credit in credits_]


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("(Reporting by Ann Lee in Oslo and Bo Chan; Editing by Cy Dorn)", [("Ann Lee", Role.REPORTER), ("Bo Chan", Role.REPORTER), ("Cy Dorn", Role.EDITOR)]),
        ("Text: Ann Lee, Fotos: Bo Chan", [("Ann Lee", Role.AUTHOR), ("Bo Chan", Role.PHOTOGRAPHER)]),
        ("Text und Fotos: Ann Lee", [("Ann Lee", Role.AUTHOR), ("Ann Lee", Role.PHOTOGRAPHER)]),
        ("Words and photos by Ann Lee", [("Ann Lee", Role.AUTHOR), ("Ann Lee", Role.PHOTOGRAPHER)]),
        ("Photography by Cy Dorn", [("Cy Dorn", Role.PHOTOGRAPHER)]),
        ("Redaktion: Eva Groß", [("Eva Groß", Role.EDITOR)]),
        ("Aus dem Englischen von Eva Groß", [("Eva Groß", Role.TRANSLATOR)]),
        ("Traduit de l'anglais par Marie Curel", [("Marie Curel", Role.TRANSLATOR)]),
        ("Traducción: José Gil", [("José Gil", Role.TRANSLATOR)]),
        ("A cura di Mario Rossi", [("Mario Rossi", Role.EDITOR)]),
        ("Fot. / Zdjęcia: Łukasz Nowak", [("Łukasz Nowak", Role.PHOTOGRAPHER)]),
        ("Автор: Иван Петров. Фото: Анна Иванова", [("Иван Петров", Role.AUTHOR), ("Анна Иванова", Role.PHOTOGRAPHER)]),
        ("Редактор: Анна Иванова", [("Анна Иванова", Role.EDITOR)]),
        ("Çeviri: Ayşe Yılmaz", [("Ayşe Yılmaz", Role.TRANSLATOR)]),
        ("Editor: Budi Santoso", [("Budi Santoso", Role.EDITOR)]),
        ("تصوير: أحمد علي", [("أحمد علي", Role.PHOTOGRAPHER)]),
        ("עריכה: דנה כהן", [("דנה כהן", Role.EDITOR)]),
        ("写真：鈴木一郎", [("鈴木一郎", Role.PHOTOGRAPHER)]),
        ("홍길동 기자 hong@news.example", [("홍길동", Role.REPORTER)]),
        ("Source: Reuters", [("Reuters", Role.SOURCE)]),
        ("Quelle: Example-Zeitung", [("Example-Zeitung", Role.SOURCE)]),
        ("Correspondent: Ann Lee", [("Ann Lee", Role.CORRESPONDENT)]),
    ],
)  # fmt: skip
def test_a_line_of_credits_keeps_the_roles_apart(line: str, named: list[tuple[str, Role]]) -> None:
    assert roles_of(credited_in(line)) == named


@pytest.mark.parametrize(
    "line",
    ["The editor: a man who never slept", "Photo: Getty Images", "Foto: dpa", "Doors open: 9:20", "He was moved by Paris in spring", "Source:", ":", ""],
)  # fmt: skip
def test_a_line_that_credits_nobody_names_nobody(line: str) -> None:
    assert credited_in(line) == []


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("记者 张三 通讯员 李四", [("张三", Role.REPORTER), ("李四", Role.CORRESPONDENT)]),
        ("本报记者 张三 李四", [("张三", Role.REPORTER), ("李四", Role.REPORTER)]),
        ("文/图：张三", [("张三", Role.AUTHOR), ("张三", Role.PHOTOGRAPHER)]),
        ("文/张三 图/李四", [("张三", Role.AUTHOR), ("李四", Role.PHOTOGRAPHER)]),
        ("摄影：李四", [("李四", Role.PHOTOGRAPHER)]),
        ("翻译：王五  责任编辑：李四_NF12", [("王五", Role.TRANSLATOR), ("李四", Role.EDITOR)]),
        ("来源：新华社  作者：张三", [("新华社", Role.SOURCE), ("张三", Role.AUTHOR)]),
        ("責任編輯：陳大文 攝影：李小龍", [("陳大文", Role.EDITOR), ("李小龍", Role.PHOTOGRAPHER)]),
    ],
)
def test_a_chinese_line_of_credits_keeps_the_roles_apart(line: str, named: list[tuple[str, Role]]) -> None:
    assert roles_of(named_in(line)) == named


def test_a_chinese_photographer_is_no_author() -> None:
    assert summary(named_in("文/张三 图/李四")).authors == ("张三",)


def test_agencies_are_known_by_name_and_code() -> None:
    assert all(
        map(
            is_agency,
            (
                "Reuters",
                "The Associated Press",
                "dpa",
                "AFP",
                "新华社",
                "연합뉴스",
                "Deutsche Presse-Agentur",
                "Example News Agency",
            ),
        )
    )
    assert not any(map(is_agency, ("Ann Lee", "ap", "Spa", "Example Times", "", "新华书店")))


@pytest.mark.parametrize(
    ("byline", "agencies"),
    [
        ("By Ann Lee, Reuters", ["Reuters"]),
        ("The Associated Press", ["Associated Press"]),
        ("EZ mit dpa", ["dpa"]),
        ("AFP/AP", ["AFP", "AP"]),
        ("Reuters Staff", ["Reuters"]),
        ("By Ann Lee", []),
    ],
)
def test_agencies_are_found_beside_names(byline: str, agencies: list[str]) -> None:
    assert list(agencies_in(byline)) == agencies


@pytest.mark.parametrize(
    ("paragraph", "agency"),
    [
        ("LONDON, March 3 (Reuters) - A ferry sank on Monday.", "Reuters"),
        ("Berlin (dpa/lno) – Eine Fähre ist gesunken.", "dpa"),
        ("新华社北京11月10日电（记者 张三）一艘渡轮沉没。", "新华社"),
        ("The ferry (AP) sank. It was old.", None),
        ("A ferry (a ship) - sank.", None),
    ],
)
def test_the_dateline_of_a_story_names_its_agency(paragraph: str, agency: str | None) -> None:
    assert agency_of_dateline(paragraph) == agency
