"""Pages in every encoding of their language, whole and in pieces of forty characters, under every label."""

from collections.abc import Iterator

from tests.news_texts import ENCODINGS, TEXTS, toned
from worker.extract.charsets import CODECS

SHORT = 40
STRIDE = 23  # so that pieces overlap by half
PER_TEXT = 12  # pieces
WRONG = (
    "utf-8", "iso-8859-1", "gb2312", "big5", "shift_jis", "euc-jp", "euc-kr", "windows-1251", "koi8-r", "windows-1250",
    "iso-8859-2", "windows-1254", "iso-8859-7", "windows-1256", "windows-1255", "windows-874", "windows-1257", "windows-1258",
)  # fmt: skip


def page(text: str, label: str | None) -> str:
    """Return *text* in the least markup of a page, which declares *label*."""
    meta = f'<meta charset="{label}">' if label else ""
    return f"<html><head>{meta}</head><body><p>{text}</p></body></html>"


def encoded(text: str, name: str) -> bytes | None:
    """Return *text* in the encoding *name*, None if it cannot be held or does not come back."""
    if name == "windows-1258":
        text = toned(text)
    if name in {"shift_jis", "euc-jp", "iso-2022-jp"}:
        text = text.replace("〜", "～")
    try:
        codec = "euc_jp" if name == "euc-jp" else "iso2022_jp" if name == "iso-2022-jp" else CODECS[name]
        body = text.encode(codec)
    except UnicodeEncodeError:
        return None
    return body


def pieces(text: str) -> Iterator[str]:
    """Yield stretches of `SHORT` characters of *text*, and what is left of the last word."""
    for start in range(0, min(len(text) - SHORT, PER_TEXT * STRIDE), STRIDE):
        start = text.find(" ", start, start + 15) + 1 or start
        end = text.find(" ", start + SHORT, start + SHORT + 15)
        piece = text[start : end if end > 0 else start + SHORT]
        if len(piece) >= SHORT:
            yield piece


def own_texts() -> Iterator[tuple[str, str, str, str]]:
    """Yield (language, encoding, length, text)."""
    for language, text in TEXTS.items():
        for name in ENCODINGS[language]:
            yield language, name, "whole", text
            for piece in pieces(text):
                yield language, name, "40", piece


def labels(name: str) -> Iterator[tuple[str, str | None]]:
    """Yield (which, label): right, none, and each wrong one."""
    yield "right", name
    yield "none", None
    for label in WRONG:
        if label != name:
            yield "wrong", label
