"""Bylines: who wrote, who edited, where it came from. Names only: no "By", no titles, no addresses, no organisation's URL."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from worker.normalise.text import distinct, plain, squeeze

LONGEST_NAME = 60  # characters; longer is a sentence or a list that could not be split
MOST_WORDS = 6  # of one name: "María del Carmen Ruiz de la Torre" is a rare seven
MOST_DIGITS = 2  # of one name: a pen name may have a year, an address has more
MOST_NAMES = 20  # large investigations name a dozen; more is a staff page
LONGEST_OF_SEVERAL = 4  # Han characters of a name in a list; a longer item is the list of something else
LONGEST_HAN_NAME = 12  # the longest transcribed foreign names (chinese papers write them out); longer is a sentence

_INTRODUCTION = re.compile(
    r"^(?:(?:(?:story|article|text|words?|report|reporting|review|recipe|opinion|analysis|column|post|photos?|interview|guest post|as told)\s+)?by\b(?!-)|"
    r"(?:written|posted|published|reported|authored|edited|submitted|contributed|created|compiled|added|reviewed)\s+by\b|"
    r"(?:(?:geschrieben|verfasst|gepostet|gespeichert|erstellt|eingestellt|(?:blog[\s-]?)?beitrag|interview|text|artikel|veröffentlicht)\s?|"
    r"eine?\s\w{3,20}\s)?vo[nm]\b|"
    r"(?:publié |écrit |rédigé |propos recueillis )?par\b|(?:escrito |publicado |redacción |texto |redigido )?por\b|"
    r"(?:scritto |pubblicato |articolo )?(?:da|di)\b|(?:geschreven )?door\b|(?:skrevet |skriven |tekst )?(?:av|af)\b|"
    r"(?:text|interview|fotos?)\s+(?:und|and|&|et|y)\s+\w{3,12}\s*[:：]|"
    r"(?:authors?|autore?n?|auteur|autors?|autor[ae]s?|autorin|verfasser|text|texte|texto|testo|tekst|"
    r"writer|reporter|words|redaktion|redacteur|redactie|oleh|penulis|автор|авторы|текст|yazan|συντάκτης)\s*[:：]|"
    r"(?:[Aa]uthors?|AUTHOR|[Aa]utor(?:in|en)?|[Aa]uteur|[Ww]riter|[Bb]y|[Vv]on)\s*(?-i:(?=[A-ZÄÖÜ][a-zäöü]+\s+[A-ZÄÖÜ]))|(?:author|autor)\s+(?=\w))\s*:?\s*",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(
    r"\s*(?:[;；、|•·▪/／]|,(?!\s*(?:Jr|Sr|II|III|IV|MD|PhD|Ph\.D|M\.D|Esq|RN|MA|MBA|CPA|JD|DO|RD|MS|MPH)\b)|，|\n|"
    r"\s(?:and|und|et|y|og|och|dan|and by|with|mit|avec|con|и|ve|&amp;|&|\+)\s|\s(?:e|en|i|a)\s(?=[A-ZÀ-Þ]))\s*",
)
_TAIL = re.compile(
    r"\s*(?:[|•»]|\s[-–—⋅]\s|\b(?:illustration(?:en|s)?|fotos?|photos?|photography|bilder)\s+(?:von|by|par|por|di)\b|"
    r"(?<=\s)(?:chef)?redakteur(?:in)?\b|\(|\[|<|@|https?:|\bfor the\b|\b(?:is|was) (?:a|an|the)\b|"
    r"\b(?:updated|published|posted|last (?:modified|updated)|veröffentlicht|aktualisiert|stand:)\b|\sLast$|\bon \w+ \d|"
    r"\b\d{1,2}[./:]\d|\b(?:19|20)\d\d\b|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*\.?\s\d|\s(?:am|at|on|le|el|den|vom|@)(?:\s+\d|\s*$)|"
    r"(?-i:(?<=[a-z\s])(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|Ma[iy]|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?"
    r"(?:\s?\d.*)?$)).*$",
    re.IGNORECASE | re.DOTALL,
)
_WEEKDAY = (
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|"
    r"mo|di|mi|do|fr|sa|so|mon|tue|wed|thu|fri|sat|sun"
)
_MONTH = r"(?:jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)[a-zä]{0,6}"
# The date that follows a name, with or without its year: "Ann Lee, Fr, 18. Oktober", "Bo Chan on Friday", "Cy Dee 18th Dec".
_DATED = re.compile(
    rf"[\s,|·•–—-]+(?:(?:on|am|at|vom|den|le|el)\s+)?(?:(?:{_WEEKDAY})\.?,?\s+)?"
    rf"(?:[0-9]{{1,2}}(?:st|nd|rd|th|\.)?\s+{_MONTH}|{_MONTH}\.?\s+[0-9]{{1,2}}(?:st|nd|rd|th|,|\s|$)|[0-9]{{1,2}}[./][0-9]{{1,2}}[./]).*$|"
    r"\s+(?:on|am)\s+(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch)\b.*$",
    re.IGNORECASE | re.DOTALL,
)
_PLAIN_NAME = re.compile(r"[A-Z][a-z]+(?: [A-Z]\.)? [A-Z][a-z]+")  # most names are like this, and need no cleaning
_PEN_NAME = re.compile(r"[^\W\d_]{3,20}[0-9]{3,4}")  # with a year
_CODE = re.compile(r"[A-Z]{2,5}(?:-[A-Z]{1,3})?")  # of a news agency
_DEGREE = re.compile(r",?\s+(?:M\.?D|Ph\.?\s?D|Esq|R\.?N|MBA|CPA|RDN?|MPH|J\.?D)\.?$")
_ADDRESS = re.compile(r"\S+@\S+|(?:https?://|www\.)\S+|@\w+")
_BRACKETED = re.compile(r"\s*\([^()]{0,40}\)\s*")
_ABBREVIATED = re.compile(r"\s(?:Jr|Sr|[A-Z])\.$")
_CONJUNCTION = re.compile(r"^(?:and|und|et|y|&)\s+", re.IGNORECASE)
_ORGANISATION_WORD = re.compile(
    r"\b(?:news|media|medien|team|redaktion|verlag|gmbh|ltd|inc|llc|e\.\s?v|press|presse|agency|agentur|agencia|agence|zeitung|post|times|magazine?|blog|"
    r"university|universität|institute?|cent(?:er|re)|daily|journal|network|group|company|association|society|foundation|stiftung|verband|online|tv|"
    r"radio|welle|publishers?|nachrichtenagentur|editorial|staff|services?|cond[eé] nast|hearst|gannett|springer|dotdash|club|clinic|insights?|desk|reports?)\b|\w\.(?:com|de|net|org|tv|it|fr|cl|at|ch|co)\b",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"\b(?:staff(?: writer| reporter)?|writers?|reporters?|correspondents?|editors?|editor-in-chief|columnists?|contributors?|contributing|journalists?|"
    r"producer|bureau chief|chief|senior|deputy|assistant|associate|political|freelance|redakteur(?:in)?|redaktor|director|manager|(?:co-?)?founder|"
    r"ceo|cto|expert|specialist|consultant|professor|attorney|analyst|strategist|operations|marketing|content|"
    r"journaliste|redacteur|photographer)\b",
    re.IGNORECASE,
)
_NO_NAME = re.compile(
    r"^(?:unknown|none|null|undefined|nan|user|name|anonymous|n/?a|by|no author|last|first|from|and|with|in|"
    r"share.*|(?:(?:[0-9]+|no) )?comments?|(?:the )?authors?|autor(?:in|en)?|full bio|sign (?:in|up)|(?:member )?log ?in|"
    r"alle beiträge|alle artikel|publiziert|verfasst|gepostet|kommentare?|top picks|quick links|credits?|staff picks|print|"
    r"(?:mo|tue|wed|thu|fri|sat|sun|mon)|follow.*|view (?:all|bio|profile).*|about.*|more.*|read.*|contact.*|e?-?mail.*|twitter|facebook|"
    r"see all.*|posts?|profile|website|bio|home|advertisement|gesponserte.*|anzeige|sponsored.*|published.*|veröffentlicht.*|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|min(?:ute)?s? read.*|updated.*|"
    r"著者一覧|写真|画像|投稿者|作成者|筆者)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Credits:
    """Names by role, in the order in which they stand; *source* is the credited origin (来源)."""

    authors: tuple[str, ...] = ()
    editors: tuple[str, ...] = ()
    source: str = ""


def names_in(text: str, *, strict: bool = True) -> tuple[str, ...]:
    """Return the people that a byline names: "By Ann Lee and Bo Chan, staff writers" → ("Ann Lee", "Bo Chan").

    What follows the first part that is no name is left out: titles and houses. *strict* is for text made for readers;
    without it (a field that is said to hold an author) the first part counts even if it is a newsroom or an office.
    """
    text = plain(text)[:500]  # a byline with its title and place is shorter
    if _PLAIN_NAME.fullmatch(text) and not (_INTRODUCTION.match(text) or _NO_NAME.match(text) or _ROLE.search(text)):
        return (text,)
    if han_name_list(text):
        return _unique(_han_names(text))
    names: list[str] = []
    for part in _SEPARATOR.split(undated(_INTRODUCTION.sub("", _ADDRESS.sub(" ", text).strip()))):
        name = clean_name(part)
        if names and _CODE.fullmatch(name):
            break
        if name and (not _ROLE.search(name) or (not strict and not names)):
            names.append(name)
        elif names and part.strip():
            break
    return _unique(names)


def undated(text: str) -> str:
    """Return a byline without the date that follows the name: "By Ann Lee, Fri 18 October" → "By Ann Lee"."""
    return _DATED.sub("", text)


def clean_name(text: str) -> str:
    """Return one name without what surrounds it, "" if *text* is no name. Idempotent."""
    name, before = plain(text), ""
    while name != before:
        before = name
        name = _peeled(name)
    if not name or len(name) > LONGEST_NAME or len(name.split()) > MOST_WORDS or _NO_NAME.match(name):
        return ""
    digits = sum(map(str.isdigit, name))
    if not any(map(str.isalpha, name)) or (digits > MOST_DIGITS and not _PEN_NAME.fullmatch(name)):
        return ""
    return _recased(name)


def _peeled(name: str) -> str:
    """Return *name* without one layer of address, introduction, remark and punctuation."""
    name = _CONJUNCTION.sub("", _BRACKETED.sub(" ", _ADDRESS.sub("", name)))
    name = _DEGREE.sub("", _TAIL.sub("", _INTRODUCTION.sub("", name)))
    peeled = squeeze(name).strip(" \t,.;:：|-–—•·⋅*\"“”'’()[]{}/")
    return f"{peeled}." if _ABBREVIATED.search(name.rstrip(" ,;:|")) else peeled


def is_personal(name: str) -> bool:
    """Return whether *name* looks like a person's full name: two words or more, or Han or kana, and no word of a house."""
    return (" " in name or not name.isascii()) and not is_house(name)


def is_house(name: str) -> bool:
    """Return whether a word of *name* is that of a newsroom, an agency or another organisation."""
    return bool(_ORGANISATION_WORD.search(name) or _ORGANISATION.search(name) or _CODE.fullmatch(name))


def _recased(name: str) -> str:
    """Return a name set all in capitals in the usual mixture; anything else as it is."""
    words = name.split()
    if len(words) < 2 or not name.isupper() or not name.isascii():
        return name
    return " ".join(word if "." in word else "-".join(part.capitalize() for part in word.split("-")) for word in words)


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return distinct(names)[:MOST_NAMES]


# ---------------------------------------------------------------- Chinese

_GAP = r"[\s\u3000]*"
_NOT_NAME = '。，,；;！!？?：:（）()【】\\[\\]《》<>|“”"\n'
_LABELS = {
    "source": "来源|來源|稿源|信息来源|消息来源|文章来源|稿件来源|新闻来源|内容来源|文章來源|资料来源|转自|转载自|出处",
    "editors": "责任编辑|責任編輯|责编|責編|值班编辑|值班主编|网络编辑|本文编辑|文字编辑|执行主编|编辑|編輯|主编|主編",
    "authors": "文章作者|本文作者|作者|撰文|撰稿人|撰稿|执笔人|执笔|文字|本报记者|本報記者|本网记者|见习记者|特约记者|驻京记者|记者|記者|通讯员|通訊員|实习生|实习记者|文",
}
_OTHER_LABELS = "校对|校對|监制|監製|监审|审核|审校|终审|摄影|攝影|图|图片|制图|视觉|设计|排版|统筹|策划|编审|时间|日期|发布|发表|浏览|阅读|点击|点击数|字号|字体|评论|关键词|标签|栏目|分类|本文来自"
_ANY_LABEL = "|".join((*_LABELS.values(), _OTHER_LABELS))
_LABEL_ENDS = frozenset(label[-1] for label in _ANY_LABEL.split("|"))
# Looked for from their rare signs backwards: a search that starts at every Han character is ten times as slow.
_COLON = re.compile(rf"[:：/／丨|]{_GAP}")
_LABEL = re.compile(rf"(?:^|[^\u4e00-\u9fff])[\u4e00-\u9fff]{{0,10}}?({_ANY_LABEL})$")
_VALUE = re.compile(rf"(?:(?!{_GAP}(?:{_ANY_LABEL}){_GAP}[:：/／])[^{_NOT_NAME}]){{0,60}}")
_REPORTER = re.compile(r"记者|記者|通讯员|通訊員|实习生")
_HOUSE = re.compile(
    r"(?:本报|本報|本网|本刊|见习|特约|实习|[\u4e00-\u9fff]{2,8}(?:报|社|网|台|新闻|财经|客户端|融媒体?))"
    rf"(?:[\u4e00-\u9fff]{{2,4}}频道)?{_GAP}(?:全媒体|首席|见习|特约|实习|驻[\u4e00-\u9fff]{{2,4}})?$"
)
_OPENED = re.compile(r"[（(【][^（()）】【]{0,12}$")
_NAMES = re.compile(
    r"[\s\u3000]*((?:[\u4e00-\u9fff·]{2,5}(?:[、\s\u3000]|(?=[】）)/／\n]|$)){1,2}){1,4}|[\u4e00-\u9fff]{2,4}(?=发自|報道|报道|摄))"
)
# Who wrote a post of a forum: 本贴由大卫于2005年8月12日…, 海姑娘写于2005年6月12日
_POSTED = re.compile(
    r"(?:[贴帖文]由(\w{2,12}?)[\s\u3000]?(?:于|於|发表|發表)|(?:^|[\s\u3000])(\w{2,12}?)[\s\u3000]?(?:发表于|發表於|写于))[\s\u3000]?[0-9]{4}[年./-]",
    re.MULTILINE,
)
_POSTED_WORDS = ("贴由", "帖由", "文由", "发表于", "發表於", "写于")
LOOK_BACK = 24  # characters before a sign that may belong to its label
# Chinese papers sign an item with its author in brackets after the last sentence.
_SIGNATURE = re.compile(
    r"[。！？”…][\s\u3000]*[（(][\s\u3000]*((?:[\u4e00-\u9fff]{2,4}[、\s\u3000]*){1,4})[）)][\s\u3000]*$", re.MULTILINE
)
_BRACKET_CLOSES = re.compile(r"[）)][\s\u3000]*$", re.MULTILINE)
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林郑谢罗梁宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方"
    "白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘"
    "祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳穆司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费"
    "張劉陳楊黃趙吳孫馬鄭謝羅許韓馮鄧葉蘇呂盧鍾譚陸賈鄒閻龍陶顧錢嚴湯"
)
_HAN, _KANA, _LATIN = re.compile("[\u3400-\u9fff]"), re.compile("[\u3040-\u30ff]"), re.compile("[A-Za-zÀ-ž]")
_HAN_SPLIT = re.compile(r"[、，,;；/／&\s\u3000]+")
_HAN_NAME = re.compile(r"[\u3400-\u9fff]{2,4}|[\u3400-\u9fff]{1,8}(?:[·•・][\u3400-\u9fff]{1,8}){1,3}")
_STAFF_CODE = re.compile(r"[_(（\[][A-Za-z0-9_-]+[)）\]]?$|[_\s][A-Za-z]{0,4}[0-9]{2,}$")
_ORGANISATION = re.compile(
    r"(?:报|社|网|台|中心|编辑部|编辑|新闻|公司|频道|传媒|集团|日报|晚报|记者|网络|期刊|出版|工作室|委员会|办公室|部|局|组|学校|大学|学院|医院|協會|协会)$"
)
_LABEL_WORD = re.compile(rf"{_ANY_LABEL}|出自|发表于?|转载|回复|留言|原创|本文|匿名|游客|管理员")
_SOURCE_END = re.compile(rf"[\s\u3000]{{2,}}|[\s\u3000]+(?:{_ANY_LABEL}|[0-9]{{4}}[-年/.]|[0-9]{{1,2}}:)|[|｜]")


def credits_in(text: str) -> Credits:
    """Return the roles that a Chinese credit line labels: 来源, 作者 or 记者, 编辑 or 责任编辑.

    Labels need their colon (but 本报记者 and its like), names end at the next label or sign; a sentence after a label
    is no name.
    """
    if not _HAN.search(text):
        return Credits()
    roles: dict[str, list[str]] = {"authors": [], "editors": [], "source": []}
    for label, value in _labelled(text):
        role = next((role for role, labels in _LABELS.items() if label in labels.split("|")), None)
        if role == "source":
            roles["source"].append(_source(value))
        elif role is not None and not (label in {"文", "文字"} and len(value.strip()) > LONGEST_HAN_NAME):
            roles[role].extend(_han_names(value))
    roles["authors"] = roles["authors"] or list(_reporters(text))
    if not roles["authors"] and _BRACKET_CLOSES.search(text):
        signed = [name for match in _SIGNATURE.finditer(text) for name in _han_names(match[1])]
        roles["authors"] = [name for name in signed if name[0] in _SURNAMES and len(name) < LONGEST_OF_SEVERAL]
    if not roles["authors"] and any(word in text for word in _POSTED_WORDS):
        roles["authors"] = [name for match in _POSTED.finditer(text) if _is_name(name := match[1] or match[2])][:1]
    return Credits(
        authors=_unique(roles["authors"]),
        editors=_unique(roles["editors"]),
        source=next(filter(None, roles["source"]), ""),
    )


def _labelled(text: str) -> Iterator[tuple[str, str]]:
    """Yield (label, value) of everything like 编辑：李四."""
    for sign in _COLON.finditer(text):
        before = text[max(0, sign.start() - LOOK_BACK) : sign.start()].rstrip()
        if not before or before[-1] not in _LABEL_ENDS:  # nearly all: clocks, addresses, speech
            continue
        label = _LABEL.search(before)
        value = _VALUE.match(text, sign.end())
        if label is not None and value is not None:
            yield label[1], value[0]


def _reporters(text: str) -> Iterator[str]:
    """Yield the names after 本报记者, or after (记者 at the head of a story."""
    for word in _REPORTER.finditer(text):
        before = text[max(0, word.start() - LOOK_BACK) : word.start()]
        names = _NAMES.match(text, word.end())
        if names is None:
            continue
        spaced = names[0][0].isspace()
        alone = spaced and (not before or before[-1] == "\n") and text[names.end() : names.end() + 1] in {"", "\n"}
        if alone or _HOUSE.search(before) or (_OPENED.search(before) and spaced):
            yield from _han_names(names[1])


def is_surname(char: str) -> bool:
    """Return whether *char* is one of the common Chinese surnames, in either script."""
    return char in _SURNAMES


def han_name_list(text: str) -> bool:
    """Return whether *text* is mostly written in Han characters, so that its names are to be split in the Chinese way."""
    han = len(_HAN.findall(text))
    return han > 0 and han > len(_LATIN.findall(text)) and not _KANA.search(text)


def clean_source(text: str) -> str:
    """Return a credited origin without its label: "来源：人民网-时政频道" → "人民网-时政频道"."""
    text = plain(text)
    match = re.match(rf"(?:{_LABELS['source']}|source){_GAP}[:：]{_GAP}", text, re.IGNORECASE)
    return _source(text[match.end() :] if match else text)


def _source(text: str) -> str:
    source = _SOURCE_END.split(text.strip(), maxsplit=1)[0].strip(" 　-—_、[]【】()（）《》")
    return source if 1 < len(source) <= LONGEST_NAME and not source.startswith("http") else ""


def _han_names(text: str) -> list[str]:
    text = re.sub(rf"^(?:{_LABELS['authors']}|{_LABELS['editors']}){_GAP}[:：/]?{_GAP}", "", text.strip())
    parts = [part for part in _HAN_SPLIT.split(text.strip()) if part]
    if len(parts) > 1 and all(len(part) == 1 for part in parts):  # 张 三, set wide
        parts = ["".join(parts)]
    merged: list[str] = []
    for part in parts:
        name = _STAFF_CODE.sub("", part).strip("_-·•")
        if merged and len(merged[-1]) == 1 and len(name) == 1:
            merged[-1] += name
        else:
            merged.append(name)
    names = [name for name in merged if _is_name(name)]
    return (
        names
        if len(names) == 1
        else [name for name in names if len(name) <= LONGEST_OF_SEVERAL or not _HAN.search(name) or "·" in name]
    )


def _is_name(name: str) -> bool:
    if _ORGANISATION.search(name) or _LABEL_WORD.fullmatch(name):
        return False
    if _HAN_NAME.fullmatch(name):
        return True
    # pen names and Latin names in a Chinese line
    return 1 < len(name) <= LONGEST_HAN_NAME and not name.isnumeric() and re.fullmatch(r"[\w·.&-]+", name) is not None
