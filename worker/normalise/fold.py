"""The fold of a text: what stays the same of it when it is copied into another script, layout or house style. A key only."""

import re
import unicodedata
from itertools import islice

from worker.normalise.script import HAN, simplified

# Scripts that part no words by spaces: Han, kana, bopomofo, Thai, Lao, Tibetan, Burmese, Khmer.
UNSPACED = f"{HAN}\u3005-\u3007\u3041-\u30ff\u3105-\u312f\u0e01-\u0eff\u0f40-\u0fbc\u1000-\u109f\u1780-\u17d3"
LETTERS = 20_000  # of a text: as long as ten newspaper pages, and 8 ms to compare; what goes on is known by its opening
MOST = 3 * LETTERS  # characters looked at for them: markup, spaces and annotations are dropped

_LINK = re.compile(r"!\[[^\]\n]{0,300}\]\([^()\s]{0,2000}\)|(?:https?://|www\.)[!-~]+", re.IGNORECASE)
_TAG = re.compile(r"</?[a-z][^<>]{0,1000}>", re.IGNORECASE)
# A reading put behind a character: 黨(dǎng). One without a tone mark may be a word of the text; both copies lose it then.
_READING = re.compile(rf"(?<=[{HAN}])\([a-zàáèéìíòóùúüāēěīńňōūǎǐǒǔǖǘǚǜǹɑɡ]{{1,6}}\)")
# Signs above and below letters, and signs that nobody sees: they part no words.
_MARKS = "".join(chr(code) for code in range(0x300, 0x1E00) if unicodedata.category(chr(code)).startswith("M"))
_SILENT = re.compile(f"[{_MARKS}\u00ad\u200b-\u200f\u2060\ufeff]+")
_BETWEEN = re.compile(r"[\W_]+")
_UNSPACED = re.compile(f"[{UNSPACED}]")
_HAN = re.compile(f"[{HAN}]")


def fold(text: str) -> str:
    """Return the first `LETTERS` letters and digits of *text*, folded as `folded_words` says."""
    return "".join(islice("".join(folded_words(text)), LETTERS))


def folded_words(text: str) -> list[str]:
    """Return the runs of letters and digits in *text*: in compatibility form (NFKC), Simplified characters and lower case.

    Left out are links, tags, and readings in brackets behind Chinese characters. Linear in a bounded part of *text*.
    """
    text = text[:MOST]
    if text.isascii():
        return _BETWEEN.sub(" ", _without_markup(text)).lower().split()
    text = unicodedata.normalize("NFKC", _without_markup(text))[:MOST]  # one character may become eighteen
    words = _BETWEEN.sub(" ", _SILENT.sub("", _READING.sub("", text)))
    if _HAN.search(words):
        words = simplified(words).replace("著", "着")  # a converter takes 着 for 著 and back; no two texts differ in them alone
    return words.lower().split()


def is_unspaced(folded: str) -> bool:
    """Return whether the text that *folded* was made of is written in a script without spaces, for the most part."""
    return not folded.isascii() and 2 * len(_UNSPACED.sub("", folded)) < len(folded)


def _without_markup(text: str) -> str:
    if "://" in text or "www." in text or "![" in text:
        text = _LINK.sub(" ", text)
    return _TAG.sub(" ", text) if "<" in text else text
