"""The language of a text by its own words, in the languages of the press."""

import time
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from worker.extract.detected import SAMPLE, detect, main_language
from worker.extract.scripts import dominant_script

LINES = (Path(__file__).parents[4] / "tests" / "accuracy" / "sentences.tsv").read_text(encoding="utf-8").splitlines()
SENTENCES = [(tag, text) for tag, _, text in (line.partition("\t") for line in LINES)]
TAGS = sorted({tag for tag, _ in SENTENCES})
SERBO_CROATIAN = {"bs", "hr", "sr"}
EM_DASHES = "— " * 300


def right(tag: str, found: str | None) -> bool:
    language = main_language(tag)
    return found == language or {found, language} <= SERBO_CROATIAN  # a sentence is often good in all three


# ---------------------------------------------------------------- sentences of many languages


def test_the_sentences_are_in_the_languages_of_the_press() -> None:
    assert len({main_language(tag) for tag in TAGS}) >= 80


@pytest.mark.parametrize(("cut", "least"), [(40, 0.97), (60, 0.99), (None, 0.99)])
def test_a_sentence_without_a_declaration_is_told(cut: int | None, least: float) -> None:
    wrong = [(tag, detect(text[:cut]), text) for tag, text in SENTENCES if not right(tag, detect(text[:cut]))]
    assert len(wrong) <= (1 - least) * len(SENTENCES), wrong


@pytest.mark.parametrize("cut", [40, None])
@pytest.mark.parametrize("tag", TAGS)
def test_a_right_declaration_is_never_overruled(tag: str, cut: int | None) -> None:
    texts = [text for wanted, text in SENTENCES if wanted == tag]
    assert {detect(text[:cut], [tag]) for text in texts} == {main_language(tag)}


@pytest.mark.parametrize("tag", TAGS)
def test_a_paragraph_is_told_whatever_the_page_declares(tag: str) -> None:
    texts = [text for wanted, text in SENTENCES if wanted == tag]
    paragraph = " ".join(texts * 2)  # what a language with one sentence here has is too short for a paragraph
    if len(paragraph) < 200:
        paragraph = " ".join([paragraph] * 2)
    wrong = "en" if tag != "en" else "de"
    assert right(tag, detect(paragraph, [wrong]))
    assert right(tag, detect(paragraph))


@pytest.mark.parametrize(
    ("tag", "other"),
    [("no", "da"), ("da", "no"), ("sv", "no"), ("es", "pt"), ("pt", "es"), ("gl", "es"), ("ca", "es"), ("cs", "sk"), ("sk", "cs"),
     ("ru", "uk"), ("uk", "ru"), ("bg", "mk"), ("mk", "bg"), ("sr", "ru"), ("be", "ru"), ("id", "ms"), ("ms", "id"), ("hi", "mr"),
     ("mr", "hi"), ("ne", "hi"), ("fa", "ar"), ("ur", "fa"), ("ar", "fa"), ("zh", "ja"), ("ja", "zh"), ("nl", "af"), ("af", "nl"),
     ("sl", "hr"), ("et", "fi"), ("az", "tr"), ("ckb", "fa"), ("yi", "he")],
)  # fmt: skip
def test_neighbours_are_told_apart_even_where_the_other_is_declared(tag: str, other: str) -> None:
    paragraph = " ".join(text for wanted, text in SENTENCES if wanted == tag)
    paragraph += "" if len(paragraph) > 150 else f" {paragraph}"
    assert detect(paragraph, [other]) == tag


def test_what_cannot_be_told_apart_is_what_it_is_declared_to_be() -> None:
    croatian = " ".join(text for tag, text in SENTENCES if tag == "hr")
    assert [detect(croatian, [tag]) for tag in ("hr", "bs", "sr-Latn")] == ["hr", "bs", "sr"]
    chinese = " ".join(text for tag, text in SENTENCES if tag == "zh-Hant")
    assert [detect(chinese, [tag]) for tag in ("zh-HK", "yue", "en")] == ["zh", "yue", "zh"]


# ---------------------------------------------------------------- little or mixed evidence


@pytest.mark.parametrize("text", ["", "2026-11-23 10:30", "Reuters", "© AP / dpa", "😀" * 200, "١٢٣٤٥ ٦٧٨" * 20])
def test_a_text_that_says_too_little_has_no_language(text: str) -> None:
    assert detect(text) is None


def test_a_title_of_names_is_in_the_language_that_is_declared() -> None:
    assert detect("Novak Djokovic, Carlos Alcaraz, Jannik Sinner, Iga Swiatek", ["fr"]) in {"fr", None}


def test_filler_says_nothing() -> None:
    filler = (
        "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut labore et dolore magna."
    )
    assert detect(filler, ["en"]) is None
    assert detect(filler, ["la"]) == "la"


def test_latin_names_in_another_script_do_not_matter() -> None:
    assert detect("Компания Microsoft и фирма OpenAI объявили о новом соглашении, сообщает агентство Reuters в среду") == "ru"
    assert detect("苹果公司（Apple Inc.）周二在加州库比蒂诺发布了新款iPhone手机，售价不变。") == "zh"
    assert detect("アップルは新型iPhoneを発表した。Apple社の株価は上昇している。") == "ja"


def test_readings_beside_the_characters_leave_a_text_chinese() -> None:
    assert detect("市(shì)议(yì)会(huì)周二经过长时间辩论后通过(tōngguò)了新的预算案，学校拨款将增加百分之五。") == "zh"


def test_a_declaration_of_a_language_of_another_script_weighs_nothing() -> None:
    assert detect("Ferry traffic across the bay was stopped.", ["zh-CN"]) == "en"
    assert detect("渡轮在港口沉没，船上二十三人全部获救，没有人受伤，原因不明。", ["en-US"]) == "zh"


@pytest.mark.parametrize(
    ("text", "script"), [("Ferry", "Latn"), ("паром", "Cyrl"), ("渡轮です", "Kana"), ("渡轮", "Hani"), ("...", "")]
)
def test_the_script_of_most_letters_is_the_script(text: str, script: str) -> None:
    assert dominant_script(text)[0] == script


# ---------------------------------------------------------------- any input


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(), max_size=400), st.lists(st.text(max_size=12), max_size=3))
def test_no_text_raises(text: str, declared: list[str]) -> None:
    found = detect(text, declared)
    assert found is None or found.islower()


@pytest.mark.parametrize("unit", ["a", "'", "a'", "é", "\ud800", "\x00", "中", "İ", "ъ", "a ", "\u0301", "ﷺ", EM_DASHES])
def test_half_characters_and_repetition_do_no_harm(unit: str) -> None:
    started = time.process_time()
    for _ in range(5):
        detect(unit * (1_000_000 // len(unit)), ["en"])
    assert time.process_time() - started < 0.5  # 3 ms on the machine it was written on: the sample is bounded


def test_only_the_sample_is_looked_at() -> None:
    english = "The council approved the new budget after a long debate about the schools of the town. " * 20
    russian = "Городской совет после долгих споров утвердил новый бюджет. " * 400
    assert len(english) > SAMPLE
    assert detect(english + russian) == "en"


# ---------------------------------------------------------------- the data


def test_the_list_of_words_is_small_and_clean() -> None:
    text = files("worker.extract").joinpath("frequent_words.txt").read_text(encoding="utf-8")
    assert len(text.encode()) < 200_000
    for line in text.splitlines():
        if not line.startswith("#"):
            language, _, rest = line.partition(": ")
            words, _, letters = rest.partition(" | ")
            assert main_language(language) == language
            assert words == words.lower()
            assert len(set(words.split())) == len(words.split()), language
            assert all(len(letter) == 1 and not letter.isascii() for letter in letters.split()), language
