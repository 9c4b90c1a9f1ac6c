"""Full-width punctuation of Chinese text that somebody has folded to ASCII, widened again. Pure functions."""

import re

from worker.normalise.script import HAN

_CJK = rf"{HAN}\u3001-\u301f“”‘’…—"  # what stands in Chinese text; quotation marks and dashes are Chinese there
_FULL_WIDTH = re.compile("[\uff01-\uff5e]")
_CHINESE = re.compile("[。“]")
_WIDER = str.maketrans(",:();!", "，：（）；！")
# Brackets come in pairs, with Chinese before or inside; the other marks have it on either side.
_BRACKETS = re.compile(r"\(([^()\n]{1,200})\)")
_IN_CHINESE = re.compile(f"[{_CJK}]")
_MARK = re.compile(rf"(?<=[{_CJK}）])[,:;!](?!//)|[,:;!](?=[{_CJK}（])")


def is_folded(text: str) -> bool:
    """Return whether *text* is Chinese whose full-width ASCII was folded, all of it: it has 。 or “, and no ， at all."""
    return _FULL_WIDTH.search(text) is None and _CHINESE.search(text) is not None


def widened(text: str) -> str:
    """Return *text*, which `is_folded`, with `, : ( ) ; !` full-width where they stand in Chinese. Idempotent."""
    return _MARK.sub(_wide, _BRACKETS.sub(_wide_ends, text))


def _wide(found: re.Match[str]) -> str:
    return found[0].translate(_WIDER)


def _wide_ends(found: re.Match[str]) -> str:
    before = found.string[max(0, found.start() - 1) : found.start()]
    return f"（{found[1]}）" if _IN_CHINESE.search(before + found[1]) else found[0]
