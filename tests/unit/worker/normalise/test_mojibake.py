"""Text that was read in the wrong encoding before it came to the page is read again in the right one."""

from dataclasses import replace

import pytest

from tests.chinese import ARTICLES
from tests.mirrors import page_of
from worker.normalise.restoring import restored
from worker.normalise.tree import lines_of

FRENCH = (
    "L’été dernier, la mairie a décidé de rénover le théâtre à l’entrée du village, déjà fermé. C’est à nous, dit-elle là-bas.\n"
    "Il a coûté 10\u00a0000 euros, “c’est trop” – dit-il ; l’île, Noël et le cœur naïf y étaient, voilà."
)
SPANISH = (
    "El día después, la policía dijo que aquí no había más de cien niños; según él, el país está tranquilo y así será.\n"
    "Qué día, allí todavía hablan del corazón de la región; también los jóvenes están aquí, según la alcaldía."
)
GERMAN = (
    "Die Brücke über den Fluss wird für zwei Wochen gesperrt – „das ist nötig“, hieß es. Größere Schäden gebe es nicht.\n"
    "Später soll sie öfter geprüft werden; ältere Pläne für eine Straße weiter südlich wären zu teuer, hört man."
)
_UNUSED = (0x81, 0x8D, 0x8F, 0x90, 0x9D)


def misread(text: str, times: int = 1) -> str:
    """Return *text* as its bytes in UTF-8 look in windows-1252 (as the Encoding Standard has it)."""
    for _ in range(times):
        text = "".join(chr(code) if code in _UNUSED else bytes((code,)).decode("cp1252") for code in text.encode())
    return text


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("text", [FRENCH, SPANISH, GERMAN], ids=["French", "Spanish", "German"])
def test_utf_8_that_was_taken_for_windows_1252_is_read_again(text: str, times: int) -> None:
    page = replace(page_of(misread(text, times), title=misread("Été", times)), authors=(misread("Noël Müller", times),))
    found = restored(page)
    assert found.restored is not None
    assert lines_of(found.restored.document) == lines_of(page_of(text).document)
    assert (found.restored.title, found.restored.authors) == ("Été", ("Noël Müller",))
    assert found.quality["mojibake"]["encoding"] == "utf-8"
    assert replace(found, restored=None, quality={}) == page


def test_what_has_lost_a_byte_that_nobody_can_know_is_left_and_counted() -> None:
    found = restored(page_of(misread("图书馆的开放时间没有改变，孩子们都很高兴。")))
    assert found.restored is not None
    assert lines_of(found.restored.document)[0].startswith("图书馆的")
    assert found.quality["mojibake"]["unresolved"] > 0


@pytest.mark.parametrize("article", ARTICLES)
def test_gb_2312_that_was_taken_for_latin_1_is_read_again(article: str) -> None:
    raw = article.encode("gb2312")
    assert b"\xad" in raw  # a soft hyphen in Latin-1, dropped as layout: what follows is shifted
    found = restored(page_of(raw.decode("latin-1")))
    assert found.restored is not None
    said, wanted = "".join(lines_of(found.restored.document)), "".join(lines_of(page_of(article).document))
    assert len(said) == len(wanted)
    assert {one for one, other in zip(said, wanted, strict=True) if one != other} <= {"\ufffd"}
    assert said.count("\ufffd") == found.quality["mojibake"]["unresolved"] < 0.1 * len(wanted)
    assert found.quality["mojibake"]["encoding"] == "gb2312"


@pytest.mark.parametrize(
    "text",
    [
        FRENCH,
        SPANISH,
        GERMAN,
        "NÃO HÁ PÃO: A NAÇÃO, O CORAÇÃO, AS MÃOS E OS IRMÃOS. " * 10,
        "Câu chuyện về bà Ân và ông Đào: ÂM NHẠC – TÌNH YÊU « à » Ã. " * 10,
        "Such text shows “Ã©” for “é”, “Ã¼” for “ü”, “Ã±” for “ñ”, “â€™” for “’” and “Ã¶” for “ö”, which is ugly. " * 3,
        "Ætt, ðæ þess; ÁÉÍÓÚÝÞÆÖ, ööö ääää éé. " * 20,
    ],
    ids=["French", "Spanish", "German", "Portuguese capitals", "Vietnamese", "about encodings", "Icelandic"],
)
def test_sound_text_is_left_alone(text: str) -> None:
    page = page_of(text)
    assert restored(page) is page
