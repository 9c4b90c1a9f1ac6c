"""A simulated mirror site: it takes Simplified Chinese, converts it crudely, and puts pinyin in by replacing bytes of GBK.

Made after the one true mirror at hand (`tests/pages/sample-article.txt`), whose dictionary it uses unless it is given another.
"""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from opencc import OpenCC

from worker.document import Document, Paragraph, Span
from worker.models import Extraction
from worker.normalise.text import squeeze

SAMPLE = Path(__file__).parent / "pages" / "sample-article.txt"
LEFT = frozenset("里斗范筑愿干后并采涌吃于着")  # what its converter leaves as Simplified text has it
_ANNOTATED = re.compile(r"([\u4e00-\u9fff])\(([^()\s]{1,6})\)")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


@cache
def sample_dictionary() -> Mapping[str, str]:
    """Return the readings that the sample's mirror puts in, by character; 內 is known by the one place that it damaged."""
    return dict(_ANNOTATED.findall(SAMPLE.read_text(encoding="utf-8"))) | {"內": "nèi"}


@cache
def _traditional(char: str) -> str:
    return char if char in LEFT else _converter("s2t").convert(char)


@cache
def _converter(config: str) -> OpenCC:
    return OpenCC(config)


def converted(text: str, config: str) -> str:
    """Return *text* as OpenCC's *config* (`s2t`, `s2tw`, `s2hk`, `s2twp`) gives it: a properly converted page."""
    return _converter(config).convert(text)


def crude(text: str) -> str:
    """Return Simplified *text* as the mirror's converter writes it: character by character, full-width ASCII folded."""
    return "".join(map(_traditional, text)).translate(_FULL_WIDTH)


def mirrored(text: str, dictionary: Mapping[str, str]) -> str:
    """Return Simplified *text* as the mirror shows it, with the damage that replacing bytes does to some characters."""
    raw = crude(text).encode("gbk", "ignore")
    for char, syllable in dictionary.items():
        code = char.encode("gbk")
        raw = raw.replace(code, code + f"({syllable})".encode("gbk"))
    return raw.decode("gb18030", "replace")


def page_of(text: str, *, title: str = "") -> Extraction:
    """Return what is extracted of a page that has *title* and the lines of *text* as its paragraphs."""
    lines = filter(None, map(squeeze, text.splitlines()))
    return Extraction(document=Document(tuple(Paragraph((Span(line),)) for line in lines)), title=title)
