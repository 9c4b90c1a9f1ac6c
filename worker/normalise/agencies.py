"""News agencies: an article may be theirs, but they are nobody's name.

The members of the large associations (EANA, OANA, FANA, ALASUL), as bylines and datelines write them.
"""

import re
from collections.abc import Iterator

from worker.normalise.text import fold

_NAMES = """
    Reuters|Thomson Reuters|Associated Press|AP News|Agence France-Presse|Agence France Presse|Agencia France-Presse|AFP News|Deutsche Presse-Agentur|
    Austria Presse Agentur|Keystone-SDA|Keystone-ATS|Schweizerische Depeschenagentur|Evangelischer Pressedienst|Katholische Nachrichten-Agentur|
    Sport-Informations-Dienst|kathpress|dpa-AFX|dts Nachrichtenagentur|United Press International|Press Association|PA Media|PA News Agency|
    Canadian Press|La Presse Canadienne|Presse Canadienne|Australian Associated Press|Agencia EFE|Agencias EFE|Europa Press|Agência Lusa|Lusa|Agência Brasil|
    Agência Estado|Estadão Conteúdo|Agencia Télam|Télam|Notimex|Prensa Latina|Adnkronos|Agenzia ANSA|Ansa|LaPresse|Belga|ANP|Ritzau|NTB|TT Nyhetsbyrån|STT|STT-Lehtikuva|
    ČTK|Tlačová agentúra|Agerpres|Mediafax|Tanjug|Hina|Beta|Ukrinform|Укринформ|Укрінформ|УНИАН|УНІАН|Interfax|Интерфакс|Interfax-Ukraine|TASS|ТАСС|ИТАР-ТАСС|
    RIA Novosti|РИА Новости|БелТА|BelTA|Kazinform|Казинформ|Anadolu Agency|Anadolu Ajansı|Anadolu|Demirören Haber Ajansı|İhlas Haber Ajansı|
    Xinhua|Xinhua News Agency|新华社|新華社|新华网|中新社|中国新闻社|中央社|共同社|共同通信|共同通信社|時事通信|時事通信社|时事社|Kyodo|Kyodo News|Jiji|Jiji Press|Yonhap|
    Yonhap News Agency|연합뉴스|뉴시스|뉴스1|路透社|法新社|美联社|美聯社|塔斯社|德新社|韩联社|韓聯社|Press Trust of India|Asian News International|
    Indo-Asian News Service|United News of India|Bernama|Antara|ANTARA News|TTXVN|Vietnam News Agency|Philippine News Agency|Associated Press of Pakistan|
    News Agency of Nigeria|Ghana News Agency|Middle East News Agency|Saudi Press Agency|Petra|WAFA|IRNA|ISNA|Tasnim|Fars News|رويترز|أ ف ب|فرانس برس|وكالة الأنباء|
    أسوشيتد برس|إرنا|ایرنا|ایسنا|تسنیم|ΑΠΕ-ΜΠΕ|ΑΠΕ|БТА|Tass|News Service of Florida|Tribune News Service|Tribune Content Agency|City News Service|Bay City News
"""
# Codes mean an agency as they are written, not as a word of a sentence.
_CODES = frozenset((
    "AP", "AFP", "dpa", "DPA", "APA", "sda", "SDA", "ats", "ATS", "awp", "epd", "KNA", "SID", "sid", "dts", "UPI", "AAP", "EFE", "ANSA", "PTI",
    "ANI", "IANS", "UNI", "PAP", "CTK", "TASR", "SITA", "MTI", "BTA", "DHA", "IHA", "İHA", "CNA", "VNA", "NAN", "PA", "CP", "JIJI", "dpa-AFX", "AA",
    "AFX", "AFP-Relaxnews", "OTS", "ots", "APA-OTS",
))  # fmt: skip
_KNOWN = frozenset(filter(None, (fold(name) for name in _NAMES.replace("\n", "").split("|"))))
_FIRST_WORDS = frozenset(
    form for name in _NAMES.replace("\n", "").split("|") for word in name.strip().split(" ")[:1] for form in (word, word.upper())
)
_WORDS = _FIRST_WORDS | _CODES
_APART = "/,;|·•()[].:+©"
_SUFFIX = re.compile(r"(?:news agency|nachrichtenagentur|presse-?agentur|通讯社|通訊社|通信社|통신)$", re.IGNORECASE)
_SUFFIXES = ("gency", "gentur", "通讯社", "通訊社", "通信社", "통신")
_AROUND = re.compile(r"^(?:the|die|l['’]|la|le)\s+|\s+(?:staff|news|writers?|reporters?|news agency)$|[()\[\]]", re.IGNORECASE)
_STAFF = re.compile(r"\s+(?:staff|writers?|reporters?)$", re.IGNORECASE)
_BETWEEN = re.compile(r"[/,;|·•()\[\]、]|\s[-–—+&]\s|\s(?:and|und|mit|with|et|avec|y|con|e|og|och|en|via)\s", re.IGNORECASE)
# As in: LONDON (Reuters) - A ferry, or: Berlin (dpa/lno) – Eine Fähre, or 新华社北京11月10日电.
_DATELINE = re.compile(r"^[^()（）.!?]{2,60}[(（]([^()（）]{2,40})[)）]\s*(?:[-–—:.]|$)")
_CHINESE_DATELINE = re.compile(
    r"^[（(【\s]{0,3}([\u4e00-\u9fff]{1,4}[社网])[\u4e00-\u9fff]{2,8}[0-9]{1,2}月[0-9]{1,2}日(?:电|電|讯|訊)"
)


def is_agency(name: str) -> bool:
    """Return whether *name* is that of a news agency, in full or as its code."""
    if name in _CODES:
        return True
    if len(name) > 60:  # characters; the longest of them has forty
        return False
    bare = _AROUND.sub("", name.strip())
    return bare in _CODES or fold(bare) in _KNOWN or _SUFFIX.search(name) is not None


def may_name_agency(text: str) -> bool:
    """Return whether a word of *text* is one with which an agency's name begins; quick, and never wrongly false."""
    for sign in _APART:
        text = text.replace(sign, " ")
    return not _WORDS.isdisjoint(text.split()) or any(suffix in text for suffix in _SUFFIXES)


def agencies_in(byline: str) -> Iterator[str]:
    """Yield the agencies that a *byline* names beside others: "FR mit dpa", "Ann Lee, Reuters", "AFP/AP"."""
    if not may_name_agency(byline):
        return
    for part in _BETWEEN.split(byline):
        name = part.strip(" .:©")
        if name.lower().startswith("by "):
            name = name[3:].strip()
        if name and is_agency(name):
            yield _STAFF.sub("", name.removeprefix("The ").removeprefix("the "))


def agency_of_dateline(paragraph: str) -> str | None:
    """Return the agency that the dateline with which a *paragraph* begins names."""
    match = (None if paragraph.isascii() else _CHINESE_DATELINE.match(paragraph)) or (
        _DATELINE.match(paragraph[:110]) if "(" in paragraph[:64] or "（" in paragraph[:64] else None
    )
    return next(agencies_in(match[1]), None) if match is not None else None
