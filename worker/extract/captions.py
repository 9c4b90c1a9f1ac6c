"""Captions: which line under a picture describes it, and who took it."""

import re

from worker.extract.blocks import Leaf

CAPTION_MAX = 80  # characters: longer lines tell the story, they do not describe a picture

_BRACKETS = {"（": "）", "(": ")", "【": "】", "[": "]"}
_EDITOR = re.compile(r"编辑|編輯|责编|責編|校对|校對|监制|監製|来源|來源|记者[:：]|作者[:：]|完$")
_SIGN = re.compile(
    r"[▲△↑▼▽◎◆↓]|(?:上|下|左|右|本)?(?:图|圖)(?:为|為|片|中|[:：|｜/／])|(?:资料|資料|配|题|題|截)(?:图|圖)|图注|圖說|图说|"
    r"(?:Photo|Image|Picture|Foto|Bild|Crédit)s?\s*(?:by|:|credit)",
    re.IGNORECASE,
)
_TAKEN = re.compile(r"(?:摄|攝|攝影|摄影|供图|供圖|/图|/圖|／图|图源.*|图片来源.*)\s*[)）。]?$")
_CREDIT = re.compile(
    r"(?:摄影|攝影|图片来源|圖片來源|图源|來源|供图|photo(?:graph)?(?: by| credit)?|image(?: credit)?|picture|credit|foto|"
    r"crédits?(?: photo)?)"
    r"\s*[:：/]\s*(?P<after>[^。）)]{2,60})|"
    r"(?:^|[\s（(，。])(?P<before>[^\s（(，。]{0,12}\s?[^\s（(，。]{2,12})\s*(?:摄|攝|供图|供圖)[)）。]?$",
    re.IGNORECASE,
)


def is_caption_line(leaf: Leaf) -> bool:
    """Return whether the text right under a picture describes it, by the signs that news pages use.

    A short centred line without a sign may be a section's lead and is none.
    """
    text = leaf.text
    if len(text) > CAPTION_MAX or "\n" in text:
        return False
    if (inner := in_brackets(text)) is not None and not _EDITOR.search(inner):
        return True
    if _SIGN.match(text) or _TAKEN.search(text):
        return True
    return leaf.small and is_centred(leaf) and not text.endswith(("。", ".", "：", ":"))


def is_centred(leaf: Leaf) -> bool:
    """Return whether the block stands centred."""
    attrs = leaf.box.attrs
    if leaf.box.tag == "center" or (attrs.get("align") or "").lower() in ("center", "middle"):
        return True
    style = (attrs.get("style") or "").replace(" ", "").lower()
    return "text-align:center" in style


def in_brackets(text: str) -> str | None:
    """Return what stands in the one pair of brackets around all of *text*, None when there is no such pair."""
    text = text.strip().rstrip("。.").rstrip()
    closing = _BRACKETS.get(text[:1])
    if closing is None or text[-1] != closing or len(text) < 3:  # two brackets and something
        return None
    depth = 0
    for index, char in enumerate(text):
        depth += (char == text[0]) - (char == closing)
        if depth == 0 and index < len(text) - 1:
            return None
    return text[1:-1].strip()


def bare(caption: str) -> str:
    """Return *caption* without the brackets around the whole and without a mark before it."""
    inner = in_brackets(caption)
    return (caption if inner is None else inner).strip().lstrip("▲△↑▼▽◎◆↓").strip()


def credit_in(caption: str) -> str:
    """Return who is credited in *caption*, empty when nobody is."""
    found = _CREDIT.search(caption)
    if not found:
        return ""
    return (found["after"] or found["before"] or "").strip(" \u3000:：()（）|/")
