"""The gate for mirrors, and what is restored behind it: own articles as they are, as lessons, and as mirrors."""

import re

import pytest

from tests.chinese import ARTICLES, LIBRARY
from tests.mirrors import converted, crude, mirrored, page_of, sample_dictionary
from worker.normalise.annotations import readings
from worker.normalise.mirror import mirror_of
from worker.normalise.restoring import restored
from worker.normalise.script import is_traditional
from worker.normalise.text import squeeze
from worker.normalise.tree import lines_of

EVERY = re.compile("[\u4e00-\u9fff]")
SCRIPTS = ("s2t", "s2tw", "s2hk", "s2twp")


def reading(char: str) -> str:
    return readings()[ord(char)].split(",")[0]


def glossed(text: str, chars: str, *, once: bool) -> str:
    """Return *text* with the reading behind each of *chars*, at every occurrence or only the first."""
    for char in chars:
        text = text.replace(char, f"{char}({reading(char)})", 1 if once else -1)
    return text


def words_of(text: str, count: int, *, traditional: bool) -> str:
    kinds = dict.fromkeys(char for char in text if EVERY.match(char) and (is_traditional(char) or not traditional))
    return "".join(kinds)[:count]


NEGATIVES = {
    "as it is": lambda text: text,
    **{f"in {script}": lambda text, script=script: converted(text, script) for script in SCRIPTS},
    "converted crudely": crude,
    "a lesson, every character, Simplified": lambda text: glossed(text, words_of(text, 9999, traditional=False), once=False),
    "a lesson, every character, Traditional": lambda text: glossed(
        converted(text, "s2t"), words_of(converted(text, "s2t"), 9999, traditional=False), once=False
    ),
    "every Traditional character, at first": lambda text: glossed(
        converted(text, "s2t"), words_of(converted(text, "s2t"), 9999, traditional=True), once=True
    ),
    "every Traditional character, each time": lambda text: glossed(
        converted(text, "s2t"), words_of(converted(text, "s2t"), 9999, traditional=True), once=False
    ),
    "twenty new words, at first": lambda text: glossed(text, words_of(text, 20, traditional=False), once=True),
    "twenty new words, each time": lambda text: glossed(text, words_of(text, 20, traditional=False), once=False),
    "eight Traditional characters, at first": lambda text: glossed(
        converted(text, "s2t"), words_of(converted(text, "s2t"), 8, traditional=True), once=True
    ),
    "eight Traditional characters, each time": lambda text: glossed(
        converted(text, "s2t"), words_of(converted(text, "s2t"), 8, traditional=True), once=False
    ),
    "a table of Traditional characters at the end": lambda text: (
        converted(text, "s2t")
        + "\n"
        + "，".join(f"{char}({reading(char)})" for char in words_of(converted(text, "s2t"), 60, traditional=True))
    ),
    "a quotation from a mirror": lambda text: text + text + mirrored(text.strip().splitlines()[0], sample_dictionary()),
}


@pytest.mark.parametrize("article", ARTICLES)
@pytest.mark.parametrize("kind", NEGATIVES)
def test_what_is_no_mirror_is_never_touched(article: str, kind: str) -> None:
    page = page_of(NEGATIVES[kind](article))
    assert restored(page) is page


@pytest.mark.parametrize(
    "sentence",
    [
        "世界卫生组织(who)与欧盟(eu)在会上讨论了点(a)和点(b)，选项(c)没有通过。",
        "越南首都河内(hà nội)的阮(nguyễn)先生和他(tā)的同事来访。",
        "货币单位：人民币元(yuán)、日元、韩元；鄞(yín)州、亳(bó)州、歙(shè)县。",
        "這條街叫龍(lóng)門街，附近有個鎮叫灣(wān)口，老人說那裏曾有一座廟(miào)。",
    ],
)
def test_names_and_foreign_words_in_brackets_are_never_touched(sentence: str) -> None:
    page = page_of(LIBRARY + sentence * 10)
    assert restored(page) is page


@pytest.mark.parametrize("article", ARTICLES)
def test_a_mirror_is_found_and_gives_back_what_it_was_made_of(article: str) -> None:
    page = page_of(mirrored(article, sample_dictionary()))
    found = restored(page)
    account = found.quality["mirror"]
    assert found.restored is not None
    assert account["removed"] == account["annotations"] > 50
    assert account["kept"] == account["unresolved"] == []
    assert lines_of(found.restored.document) == [squeeze(line) for line in article.strip().splitlines()]
    assert found.document is page.document


def test_a_mirror_without_the_marks_of_a_crude_converter_needs_the_stronger_evidence() -> None:
    few = {char: reading(char) for char in words_of(crude(LIBRARY), 9, traditional=True)}
    assert mirror_of(mirrored(LIBRARY, few)) is not None
    proper = glossed(converted(LIBRARY, "s2t"), "".join(few), once=False)
    assert mirror_of(proper) is None


def test_a_reading_that_the_mirror_does_not_put_in_is_kept_and_named() -> None:
    text = mirrored(LIBRARY, sample_dictionary()) + "\n他是歙(shè)縣人,原籍鄞(yín)州,任職(zhí)于WHO(世界衛(wèi)生組織)。"
    found = restored(page_of(text))
    assert found.restored is not None
    assert lines_of(found.restored.document)[-1] == "他是歙（shè）县人，原籍鄞（yín）州，任职于WHO（世界卫生组织）。"
    assert found.quality["mirror"]["kept"] == ["歙(shè)", "鄞(yín)"]


def test_a_title_and_a_caption_are_restored_by_what_the_body_is() -> None:
    title = mirrored("县图书馆开放", sample_dictionary()) + "了飄揚(yáng)"
    page = page_of(mirrored(LIBRARY, sample_dictionary()), title=title)
    alone = page_of("", title=title)
    found = restored(page)
    assert found.restored is not None
    assert found.restored.title == "县图书馆开放了飘扬"
    assert found.title == title
    assert restored(alone) is alone


def test_too_short_a_text_is_left_to_itself() -> None:
    page = page_of(mirrored(LIBRARY[:60], sample_dictionary()))
    assert restored(page) is page
