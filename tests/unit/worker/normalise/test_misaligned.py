"""Readings that were put into the middle of two characters are taken out byte by byte, or left and named."""

import pytest

from tests.chinese import ARTICLES
from tests.mirrors import crude, mirrored, page_of, sample_dictionary
from worker.normalise.mirror import Mirror, mirror_of
from worker.normalise.misaligned import Repair, realigned, remnants
from worker.normalise.restoring import restored
from worker.normalise.script import simplified
from worker.normalise.tree import lines_of


@pytest.fixture(scope="module")
def mirror() -> Mirror:
    found = mirror_of(mirrored("\n".join(ARTICLES), sample_dictionary()))
    assert found is not None
    return found


def damaged(sentence: str) -> str:
    """Return *sentence* as the mirror shows it, its sound annotations left out."""
    shown = mirrored(sentence, sample_dictionary())
    for char, syllable in sample_dictionary().items():
        shown = shown.replace(f"{char}({syllable})", char)
    assert "\ufffd" in shown
    return shown


def test_a_hit_across_two_characters_is_undone(mirror: Mirror) -> None:
    shown = damaged("他们全部党员都在")
    text, repairs = realigned(shown, mirror)
    assert simplified(text) == "他们全部党员都在"
    assert repairs == (Repair(text="們\ufffd(nèi)\ue06f奎h", restored="們全部黨"),)
    assert remnants(text) == []


def test_a_hit_that_reaches_an_annotated_character_gives_it_its_annotation_back(mirror: Mirror) -> None:
    shown = mirrored("我们全学会了", {"內": "nèi", "學": "xué", "會": "huì"})
    assert "學" not in shown
    assert realigned(shown, mirror)[0] == "我們全學(xué)會(huì)了"


def test_a_byte_that_is_lost_for_good_leaves_its_mark_and_no_guess(mirror: Mirror) -> None:
    text, repairs = realigned(damaged("他们全好,都好"), mirror)
    assert text == "他們全\ufffd,都好"
    assert len(repairs) == 1
    assert [text[start:stop] for start, stop in remnants(text)] == ["全\ufffd,"]


@pytest.mark.parametrize(
    "text",
    [
        "們?nèi)奎h員都在",  # the bytes are gone
        "們\ufffd(zzz)\ue06f奎h員",  # no reading
        "們\ufffd(yǎn)\ue06f奎h員",  # of no one character alone
        "們\ufffd(nèi)\ue06f\ud800奎h員",
        "們\ufffd(nèi)" + "奎" * 200,
        "a\ufffd(nèi)b",
        "\ufffd(nèi)",
    ],
)
def test_what_is_not_certain_is_left_as_it_is(mirror: Mirror, text: str) -> None:
    assert realigned(text, mirror) == (text, ())
    assert remnants(text)


@pytest.mark.parametrize("text", ["真的嗎?(a)是", "什么?him)", "第一(yī)", "好?好)", "a?b)c"])
def test_a_question_mark_is_no_damage(text: str) -> None:
    assert remnants(text) == []


def test_a_character_that_the_page_never_annotates_is_not_the_one_that_was_meant(mirror: Mirror) -> None:
    shown = damaged("他们全部党员都在")
    known = Mirror(annotations=9, dictionary={}, rates={}, plain=frozenset("內"), density=0.1)
    assert realigned(shown, known) == (shown, ())
    assert realigned(shown, mirror)[0] != shown


def test_a_page_full_of_hits_takes_no_longer_for_its_length(mirror: Mirror) -> None:
    text, repairs = realigned(damaged("他们全部党员都在") * 5_000, mirror)
    assert len(repairs) == 100
    assert "\ufffd" in text


def test_every_repair_in_our_own_articles_is_right() -> None:
    # Each paragraph with a word in front that the dictionary hits across: all of them, one after the other.
    article = "\n".join(f"他们全部说过{line}" for text in ARTICLES for line in text.strip().splitlines())
    found = restored(page_of(mirrored(article, sample_dictionary())))
    assert found.restored is not None
    assert len(found.quality["mirror"]["repairs"]) == 15
    assert lines_of(found.restored.document) == article.splitlines()
    assert crude(article) != article
