"""Captions: which lines beside a picture describe it, and who took it."""

import re
from functools import lru_cache

from worker.extract.blocks import Box, Leaf
from worker.extract.hints import NAMED_BY, is_caption_name, names, words

CAPTION_MAX = 80  # characters: longer lines tell the story, they do not describe a picture
FRAME_LEAVES = 12  # leaves in the box around a picture and its caption; more is a part of the story
CLASSES_MAX = 200  # characters of classes that are remembered
WRAPPERS = 6  # boxes between a line and the caption that it stands in; two or three are usual
_NAMED_BY = frozenset(NAMED_BY)

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


def is_credit_line(text: str) -> bool:
    """Return whether *text* says nothing but who took the picture."""
    found = _CREDIT.match(text.strip(" \u3000()（）|"))
    return found is not None and found["after"] is not None


def credit_in(caption: str) -> str:
    """Return who is credited in *caption*, empty when nobody is."""
    found = _CREDIT.search(caption)
    if not found:
        return ""
    return (found["after"] or found["before"] or "").strip(" \u3000:：()（）|/")


@lru_cache(maxsize=1024)
def _is_caption_class(classes: str) -> bool:
    return is_caption_name(words(classes))


def _calls_caption(box: Box) -> bool:
    """Return whether the names of *box* call it a caption; most boxes have classes and nothing else."""
    attrs = box.attrs
    if len(attrs) == 1 and (classes := attrs.get("class")) and len(classes) <= CLASSES_MAX:
        return _is_caption_class(classes)
    return not _NAMED_BY.isdisjoint(attrs) and is_caption_name(names(box))


def in_caption(box: Box) -> bool:
    """Return whether the markup calls *box* or one close around it a caption; a box of many leaves is none."""
    if (known := box.captioned) is not None:
        return known
    if not box.attrs and box.tag == "p" and box.parent is not None and box.parent.captioned is False:
        return False  # most lines of an article
    found = False
    around: list[Box] = []
    probe: Box | None = box
    for _ in range(WRAPPERS):
        if probe is None or probe.end - probe.first > FRAME_LEAVES:
            break
        if (known := probe.captioned) is not None:
            found = known
            break
        around.append(probe)
        if probe.tag in ("figcaption", "caption") or (probe.attrs and _calls_caption(probe)):
            found = True
            break
        probe = probe.parent
    for probe in around or (box,):
        probe.captioned = found
    return found


def is_credit(box: Box) -> bool:
    """Return whether the box names who took a picture."""
    name = names(box)
    return any(word in name for word in (" credit", " copyright ", " photographer ", " source "))
