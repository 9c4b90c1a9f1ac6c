"""Credit lines of the Chinese press: who wrote, reported, edited, took the pictures, and where it came from."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from worker.models import Credit, Role
from worker.normalise.text import distinct, plain

LONGEST_NAME = 60  # characters of a credited origin; longer is a sentence
MOST_NAMES = 20  # large investigations name a dozen; more is a staff page
LONGEST_OF_SEVERAL = 4  # Han characters of a name in a list; a longer item is the list of something else
LONGEST_HAN_NAME = 12  # the longest transcribed foreign names (chinese papers write them out); longer is a sentence

_GAP = r"[\s\u3000]*"
_NOT_NAME = '。，,；;！!？?：:（）()【】\\[\\]《》<>|“”"\n'
_LABELS = {
    Role.SOURCE: "来源|來源|稿源|信息来源|消息来源|文章来源|稿件来源|新闻来源|内容来源|文章來源|资料来源|转自|转载自|出处|出處",
    Role.EDITOR: "责任编辑|責任編輯|责编|責編|值班编辑|值班主编|网络编辑|本文编辑|文字编辑|执行主编|编辑|編輯|主编|主編",
    Role.AUTHOR: "文章作者|本文作者|作者|撰文|撰稿人|撰稿|执笔人|执笔|執筆|文字|文",
    Role.REPORTER: "本报记者|本報記者|本网记者|见习记者|特约记者|特約記者|驻京记者|实习记者|實習記者|记者|記者|实习生|實習生",
    Role.CORRESPONDENT: "特约通讯员|通讯员|通訊員",
    Role.PHOTOGRAPHER: "摄影记者|攝影記者|摄影|攝影|图片|图|圖|摄|攝",
    Role.TRANSLATOR: "翻译|翻譯|译者|譯者|编译|編譯|译|譯",
}
_ROLES = {label: role for role, labels in _LABELS.items() for label in labels.split("|")}
_TEXT_AND_PICTURES = frozenset(("文", "文字", "撰文", "图", "圖", "摄", "攝", "摄影", "攝影", "图片"))  # 文/图：张三
_SHORT = frozenset(("文", "文字", "图", "圖", "摄", "攝", "译", "譯", "图片"))  # words of sentences, too
WROTE = frozenset((Role.AUTHOR, Role.REPORTER, Role.CORRESPONDENT))
_WRITERS = "|".join(_LABELS[role] for role in (Role.AUTHOR, Role.REPORTER, Role.CORRESPONDENT))
_OTHER_LABELS = "校对|校對|监制|監製|监审|审核|审校|终审|制图|视觉|设计|排版|统筹|策划|编审|时间|日期|发布|发表|浏览|阅读|点击|点击数|字号|字体|评论|关键词|标签|栏目|分类|本文来自"
_ANY_LABEL = "|".join((*_LABELS.values(), _OTHER_LABELS))
_LABEL_ENDS = frozenset(label[-1] for label in _ANY_LABEL.split("|"))
# Looked for from their rare signs backwards: a search that starts at every Han character is ten times as slow.
_COLON = re.compile(rf"[:：/／丨|]{_GAP}")
_LABEL = re.compile(rf"(?:^|[^\u4e00-\u9fff])[\u4e00-\u9fff]{{0,10}}?({_ANY_LABEL})$")
_VALUE = re.compile(rf"(?:(?!{_GAP}(?:{_ANY_LABEL}){_GAP}[:：/／])[^{_NOT_NAME}]){{0,60}}")
_REPORTER = re.compile(r"记者|記者|通讯员|通訊員|实习生|實習生")
_NEXT_REPORTER = re.compile(r"特约通讯员|通讯员|通訊員|记者|記者|实习生|實習生|摄影|攝影")
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
HOUSE_OF_HAN = re.compile(
    r"(?:报|社|网|台|中心|编辑部|编辑|新闻|公司|频道|传媒|集团|日报|晚报|记者|网络|期刊|出版|工作室|委员会|办公室|部|局|组|学校|大学|学院|医院|協會|协会)$"
)
_LABEL_WORD = re.compile(rf"{_ANY_LABEL}|出自|发表于?|转载|回复|留言|原创|本文|匿名|游客|管理员")
_SOURCE_END = re.compile(rf"[\s\u3000]{{2,}}|[\s\u3000]+(?:{_ANY_LABEL}|[0-9]{{4}}[-年/.]|[0-9]{{1,2}}:)|[|｜]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Credits:
    """Names by role, in the order in which they stand; *source* is the credited origin (来源)."""

    authors: tuple[str, ...] = ()
    editors: tuple[str, ...] = ()
    source: str = ""


def summary(named: Iterable[Credit]) -> Credits:
    """Return who wrote, who edited and the first origin of those *named*."""
    named = tuple(named)
    by_role = {role: [credit.name for credit in named if credit.role == role] for role in (Role.EDITOR, Role.SOURCE)}
    return Credits(
        authors=distinct(credit.name for credit in named if credit.role in WROTE)[:MOST_NAMES],
        editors=distinct(by_role[Role.EDITOR])[:MOST_NAMES],
        source=next(iter(by_role[Role.SOURCE]), ""),
    )


def named_in(text: str) -> tuple[Credit, ...]:
    """Return whom the credit lines of a Chinese *text* name, with their roles, in the order in which they stand.

    Labels need their colon (but 本报记者 and its like), names end at the next label or sign; a sentence after a label
    is no name.
    """
    if not _HAN.search(text):
        return ()
    found = sorted(_named_by_label(text), key=lambda item: item[0])
    if not any(credit.role in WROTE for _, credit in found):
        found = sorted((*found, *_reporters(text)), key=lambda item: item[0])
    if not any(credit.role in WROTE for _, credit in found):
        found += [(len(text), Credit(name=name, role=Role.AUTHOR)) for name in _signed(text)]
    return tuple(dict.fromkeys(credit for _, credit in found))


def _named_by_label(text: str) -> Iterator[tuple[int, Credit]]:
    """Yield (place, credit) of what labels with a colon name: 编辑：李四, 文/图：张三."""
    pending: list[Role] = []  # of labels that share the name with the next
    for place, label, value in _labelled(text):
        role = _ROLES.get(label)
        if role is None:
            pending = []
        elif role == Role.SOURCE:
            if source := _source(value):
                yield place, Credit(name=source, role=role)
        elif not value.strip() and label in _TEXT_AND_PICTURES:
            pending.append(role)
        elif not (label in _SHORT and len(value.strip()) > LONGEST_HAN_NAME):
            names = han_names(value)
            for each in (*pending, role):
                yield from ((place, Credit(name=name, role=each)) for name in names)
            pending = []


def _signed(text: str) -> list[str]:
    """Return the names in brackets after the last sentence, or those of who wrote the post of a forum."""
    signed: list[str] = []
    if _BRACKET_CLOSES.search(text):
        names = [name for match in _SIGNATURE.finditer(text) for name in han_names(match[1])]
        signed = [name for name in names if name[0] in _SURNAMES and len(name) < LONGEST_OF_SEVERAL]
    if not signed and any(word in text for word in _POSTED_WORDS):
        signed = [name for match in _POSTED.finditer(text) if _is_name(name := match[1] or match[2])][:1]
    return signed


def _labelled(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield (place, label, value) of everything like 编辑：李四."""
    for sign in _COLON.finditer(text):
        before = text[max(0, sign.start() - LOOK_BACK) : sign.start()].rstrip()
        if not before or before[-1] not in _LABEL_ENDS:  # nearly all: clocks, addresses, speech
            continue
        label = _LABEL.search(before)
        value = _VALUE.match(text, sign.end())
        if label is not None and value is not None:
            yield sign.start(), label[1], value[0]


def _reporters(text: str) -> Iterator[tuple[int, Credit]]:
    """Yield the names after 本报记者, or after (记者 at the head of a story, and those of the 通讯员 beside them."""
    last = -1  # where the names of the reporters before end
    for word in _REPORTER.finditer(text):
        before = text[max(0, word.start() - LOOK_BACK) : word.start()]
        names = _NAMES.match(text, word.end())
        if names is None:
            continue
        spaced = names[0][0].isspace()
        alone = spaced and (not before or before[-1] == "\n") and text[names.end() : names.end() + 1] in {"", "\n"}
        beside = last >= 0 and word.start() <= last
        if beside or alone or _HOUSE.search(before) or (_OPENED.search(before) and spaced):
            last = names.end()
            role = Role.CORRESPONDENT if word[0].startswith("通") else Role.REPORTER
            for name in han_names(_NEXT_REPORTER.split(names[1])[0]):
                yield word.start(), Credit(name=name, role=role)


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
    match = re.match(rf"(?:{_LABELS[Role.SOURCE]}|source){_GAP}[:：]{_GAP}", text, re.IGNORECASE)
    return _source(text[match.end() :] if match else text)


def _source(text: str) -> str:
    source = _SOURCE_END.split(text.strip(), maxsplit=1)[0].strip(" 　-—_、[]【】()（）《》")
    return source if 1 < len(source) <= LONGEST_NAME and not source.startswith("http") else ""


def han_names(text: str) -> list[str]:
    """Return the names of a list in Chinese, without labels, staff codes and the names of houses."""
    text = re.sub(rf"^(?:{_WRITERS}|{_LABELS[Role.EDITOR]}){_GAP}[:：/]?{_GAP}", "", text.strip())
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
    if HOUSE_OF_HAN.search(name) or _LABEL_WORD.fullmatch(name):
        return False
    if _HAN_NAME.fullmatch(name):
        return True
    # pen names and Latin names in a Chinese line
    return 1 < len(name) <= LONGEST_HAN_NAME and not name.isnumeric() and re.fullmatch(r"[\w·.&-]+", name) is not None
