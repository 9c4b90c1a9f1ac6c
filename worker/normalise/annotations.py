"""Pinyin in brackets after Han characters, as lessons and corrupted mirrors have it. Pure functions."""

import re
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path

from worker.normalise.script import HAN

TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ"
_LETTERS = f"a-zê{TONED}üɑɡ"
SYLLABLE = rf"[{_LETTERS}]{{1,6}}"  # zhuāng has six letters, and none has more
READING = re.compile(rf"[(（]({SYLLABLE})[)）]")
# One Han character and the syllable after it, in brackets of either width.
ANNOTATION = re.compile(rf"([{HAN}])[(（]({SYLLABLE})[)）]")
_AS_GB2312_WRITES = str.maketrans("ɑɡ", "ag")  # the letters of its phonetic row (GB/T 2312, row 8)


@cache
def readings() -> Mapping[int, str]:
    """Return all readings of each Han character by its number, with tone marks, parted by commas."""
    package = find_spec("pypinyin")
    assert package is not None
    assert package.origin is not None
    # The package itself would load the readings of its 47,000 phrases too: 60 MB that nobody wants here.
    spec = spec_from_file_location("pypinyin_single_characters", Path(package.origin).with_name("pinyin_dict.py"))
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    table: Mapping[int, str] = module.pinyin_dict
    return table


def is_reading(char: str, syllable: str) -> bool:
    """Return whether *char* is ever read as *syllable*, tone included."""
    return syllable.translate(_AS_GB2312_WRITES) in readings().get(ord(char), "").split(",")


@cache
def _syllables() -> frozenset[str]:
    return frozenset(syllable for said in readings().values() for syllable in said.split(","))


def is_syllable(text: str) -> bool:
    """Return whether any character is read as *text*, tone included."""
    return text.translate(_AS_GB2312_WRITES) in _syllables()
