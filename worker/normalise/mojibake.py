"""Text whose bytes were read in the wrong encoding before they came to the page, read again in the right one. Pure functions.

The page itself is decoded rightly: what it says was spoilt earlier, by whatever wrote it. Two ways are known: UTF-8 read as
windows-1252, once or twice, and GB 2312 read as Latin-1 or windows-1252.
"""

import re
from typing import Any

from worker.models import Restored
from worker.normalise.misread_gb2312 import is_misread, read_again
from worker.normalise.tree import Tell, lines_of, retold

FEWEST = 8  # spoilt characters; a text about encodings shows a few
SHARE = 0.9  # of the characters beyond ASCII are spoilt: a text about encodings has sound ones beside those that it shows
ROUNDS = 2  # a text may have gone through the same mill twice

_UNUSED = (0x81, 0x8D, 0x8F, 0x90, 0x9D)  # of windows-1252: controls in the Encoding Standard, which go as layout before
_CHARS = {code: chr(code) if code in _UNUSED else bytes((code,)).decode("cp1252") for code in range(0x80, 0x100)}
_CODES = {char: code for code, char in _CHARS.items()}
_NEXT = "[" + "".join(_CHARS[code] for code in range(0x80, 0xC0)) + "]"

_UTF_8 = re.compile(rf"[\u00c2-\u00df]{_NEXT}|[\u00e0-\u00ef]{_NEXT}{{2}}|[\u00f0-\u00f4]{_NEXT}{{3}}")
_SPELT_BY = re.compile(rf"[\u00c2-\u00f4]{_NEXT}")  # what any of them begins with
# Characters that have lost their last byte as layout, where they can have been only one.
_NO_BREAK = re.compile(r" ?Â(?: |$)|(?<=[Ã€])Â")  # a blank, or the first byte of a second round's
_QUOTE = re.compile(r"â€(?!\w)")  # ”
_LETTER = re.compile(r"Ã (?=[^\w\s])|Ã(?= |$)")  # à, of which the second byte is a no-break space
_INSIDE = re.compile(r"(?<=[^\W\d_])Ã(?=[a-z])")  # í, of which the second byte is a soft hyphen
_FINAL = re.compile(r"(?<=[^\W\d_])Ã(?=\W|$)")  # à or í: Spanish and Portuguese words end in í
_ALONE = re.compile(r"(?<![^\W\d_])Ã(?= )")
_IBERIAN = re.compile("[ñãõ]")
_BEYOND_ASCII = re.compile("[^\x00-\x7f]")


def unspoilt(said: Restored, text: str) -> tuple[Restored, dict[str, Any]] | None:
    """Return what a page *said*, whose body is *text*, read in the right encoding; None when it is sound.

    The account names the `encoding` that was taken for another, how many `characters` are read again, and how many are
    `unresolved` as the layout of pages has cost them a byte.
    """
    if _SPELT_BY.search(text) is None:
        return None
    characters = unresolved = 0
    for _ in range(ROUNDS):
        read, left = _spoilt_utf_8(text)
        if read < FEWEST or left > (1 - SHARE) * len(_BEYOND_ASCII.findall(text)):
            break
        characters, unresolved = characters + read, left
        said = retold(said, _from_utf_8)
        text = "\n".join(lines_of(said.document))
    if characters:
        account: dict[str, Any] = {"encoding": "utf-8", "characters": characters, "unresolved": unresolved}
        past_repair = _spoilt_utf_8(text)[0] >= FEWEST
        return None if past_repair else (retold(said, _patch(text)), account)
    if is_misread(text):
        said = retold(said, read_again)
        text = "\n".join(lines_of(said.document))
        return said, {"encoding": "gb2312", "characters": len(_BEYOND_ASCII.findall(text)), "unresolved": text.count("\ufffd")}
    return None


def _spoilt_utf_8(text: str) -> tuple[int, int]:
    """Return how many characters of *text* are UTF-8 misread, and how many beyond ASCII are left without an explanation."""
    found = [spelt for spelt in _UTF_8.findall(text) if _decoded(spelt) is not None]
    left = _UTF_8.sub("x", text)  # a letter, which stands for one read again
    for cut in (_NO_BREAK, _QUOTE, _LETTER, _INSIDE, _FINAL):
        left = cut.sub("", left)
    return len(found), len(_BEYOND_ASCII.findall(left))


def _from_utf_8(part: str) -> str:
    read = _UTF_8.sub(lambda found: _decoded(found[0]) or found[0], part)
    return _NO_BREAK.sub(lambda found: " " if " " in found[0] else "", read)


def _patch(text: str) -> Tell:
    """Return what makes characters that were cut whole again in a page, of which the body is *text*."""
    if _INSIDE.search(text) is None:
        return lambda part: _LETTER.sub("à", _QUOTE.sub("”", part))
    final = "í" if _IBERIAN.search(text) else "Ã"  # Catalan words end in either, and stay as they are
    return lambda part: _FINAL.sub(final, _ALONE.sub("à", _INSIDE.sub("í", _QUOTE.sub("”", part))))


def _decoded(spelt: str) -> str | None:
    try:
        return bytes(_CODES[char] for char in spelt).decode()
    except UnicodeDecodeError:  # overlong, or a surrogate
        return None
