"""From bytes to text, as WHATWG Encoding reads them where Python's codecs differ.

Undecodable bytes become U+FFFD, also the few (81 in windows-1252) that browsers show as invisible C1 controls: a lost byte
should be seen.
"""

import codecs
import re

from worker.extract.charsets import CODECS

# Where a standard's own table and Microsoft's, which WHATWG follows, give different characters for the same bytes.
_MICROSOFT = (("〜", "～"), ("‖", "∥"), ("−", "－"), ("¢", "￠"), ("£", "￡"), ("¬", "￢"))
_BIG5 = (("•", "‧"), ("∼", "～"), ("､", "﹑"), ("‾", "¯"), ("♁", "⊕"), ("☉", "⊙"), ("¢", "￠"), ("£", "￡"), ("¥", "￥"))
_SINCE_2000 = (("\ue5e5", "\u3000"), ("\ue7c7", "ḿ"))  # gb18030 of that year had private characters there
_BELARUSIAN = (("╝", "ў"), ("╬", "Ў"))  # koi8-u is koi8-ru on the web
_ESCAPE = re.compile(rb"\x1b(\$@|\$B|\([BJI])")
_TO_HIGH = bytes(byte | 0x80 if 0x21 <= byte <= 0x7E else byte for byte in range(256))
_IN_JIS = (b"$@", b"$B")
_IN_KATAKANA = b"(I"


def text_of(body: bytes, name: str) -> str:
    """Return the text of *body* in the encoding *name* (WHATWG). Never raises on any bytes."""
    if name == "iso-2022-jp":
        return _iso_2022_jp(body)
    if name == "euc-jp":
        return _euc_jp(body)
    if name == "gb18030":
        return _replaced(body.decode("gb18030", "whatwg-gb18030"), _SINCE_2000)
    if name == "big5":
        return _replaced(body.decode("big5hkscs", "whatwg-big5"), _BIG5)
    text = body.decode(CODECS[name], "replace")
    return _replaced(text, _BELARUSIAN) if name == "koi8-u" else text


def _replaced(text: str, pairs: tuple[tuple[str, str], ...]) -> str:
    for old, new in pairs:
        text = text.replace(old, new)  # one scan each; `translate` takes twenty times as long
    return text


def _euc_jp(body: bytes) -> str:
    return _replaced(body.decode("euc_jp", "whatwg-euc-jp"), _MICROSOFT)


def _iso_2022_jp(body: bytes) -> str:
    """Read the stretches between the escape sequences: ASCII, JIS X 0208 as EUC without its high bits, or katakana."""
    first, *rest = _ESCAPE.split(body)
    texts = [first.decode("ascii", "replace")]
    for mode, part in zip(rest[::2], rest[1::2], strict=True):
        if mode in _IN_JIS:
            texts.append(_euc_jp(part.translate(_TO_HIGH)))
        elif mode == _IN_KATAKANA:
            texts.append(part.translate(_TO_HIGH).decode("shift_jis", "replace"))
        else:
            texts.append(part.decode("ascii", "replace"))
    return "".join(texts)


def _euc_jp_error(error: UnicodeError) -> tuple[str, int]:
    """Look up what JIS X 0208 leaves free in the rows of NEC and IBM, which Python has in Shift_JIS only."""
    assert isinstance(error, UnicodeDecodeError)
    pair = error.object[error.start : error.start + 2]
    if len(pair) == 2 and min(pair) >= 0xA1 and max(pair) <= 0xFE:
        row, cell = pair[0] - 0xA1, pair[1] - 0x80
        lead = row // 2 + (0x81 if row < 62 else 0xC1)
        trail = cell + 0x7E if row % 2 else cell + 0x1F + (cell > 0x5F)
        char = bytes((lead, trail)).decode("cp932", "ignore")
        if char:
            return char, error.start + 2
    return "\ufffd", error.end


def _gb18030_error(error: UnicodeError) -> tuple[str, int]:
    """Read a lone 80 as the euro sign, as Microsoft's code page 936 has it."""
    assert isinstance(error, UnicodeDecodeError)
    if error.object[error.start] == 0x80:
        return "€", error.start + 1
    return "\ufffd", error.end


def _big5_error(error: UnicodeError) -> tuple[str, int]:
    """Read A3E1 as the euro sign, which Microsoft added."""
    assert isinstance(error, UnicodeDecodeError)
    if error.object[error.start : error.start + 2] == b"\xa3\xe1":
        return "€", error.start + 2
    return "\ufffd", error.end


codecs.register_error("whatwg-big5", _big5_error)
codecs.register_error("whatwg-euc-jp", _euc_jp_error)
codecs.register_error("whatwg-gb18030", _gb18030_error)
