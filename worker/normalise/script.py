"""Traditional Chinese characters and their Simplified forms. Pure functions over OpenCC, which is loaded when it is first asked."""

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opencc import OpenCC

HAN = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # for the inside of a character class
CHARACTERS = 30_000  # remembered, more than ever stand in articles

# 著 is Simplified too where it is zhù (to write, evident), and 着 elsewhere (zhe, zháo, zhuó), of which OpenCC's phrases
# know few. What stands before or after it in words with zhù; after a blank or at the end of brackets it says who wrote a book.
_ZHU_BEFORE = "显名编原专论巨合译遗卓昭所拙新旧土撰大杰知较"
_ZHU_AFTER = "名作书述称者录文有"
_ZHE = re.compile(rf"(?<![{_ZHU_BEFORE}\s])著(?![{_ZHU_AFTER}》)）])")


@cache
def _converter() -> "OpenCC":
    from opencc import OpenCC  # here, since its tables take 0.1 s and 40 MB, and ordinary pages need none

    return OpenCC("t2s")


def _converted(text: str) -> str:
    try:
        converted: str = _converter().convert(text)
    except UnicodeEncodeError:  # a lone surrogate, which JSON can spell
        return text
    return converted


def simplified(text: str) -> str:
    """Return *text* in Simplified characters, word for word the same. Idempotent."""
    text = _converted(text)
    return _ZHE.sub("着", text) if "著" in text else text


@lru_cache(maxsize=CHARACTERS)
def is_traditional(char: str) -> bool:
    """Return whether *char* is written in Traditional text alone: it has another Simplified form, and GB 2312 lacks it."""
    return not in_gb2312(char) and _converted(char) != char


def in_gb2312(text: str) -> bool:
    """Return whether all of *text* can be written in GB 2312, the character set of Simplified Chinese."""
    try:
        text.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True
