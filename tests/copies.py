"""Texts that are copies of each other, and articles of them with what tells copies, as the product would have made it."""

import random
import re
from collections.abc import Sequence
from dataclasses import replace

from tests.building import news, paragraph
from worker.models import Article
from worker.normalise.likeness import likeness_of_article

_WORDS = tuple(
    re.findall(
        r"\w+",
        "harbour council bridge winter market school river engine morning budget teacher island record winner museum garden "
        "village doctor station forest minister festival railway kitchen painter library factory captain meadow lantern",
    )
)

CHINESE = (
    "昨天下午，城北的老图书馆重新开门，这座建于八十年前的楼房经过两年整修，终于又迎来了读者。",
    "馆长说，整修期间工人们发现墙里藏着一批旧报纸，时间从战后第一年到铁路开通那年，共三百余份，现在陈列在二楼东边的大厅里。",
    "“我们原来只打算换掉窗户和电线，”他说，“后来才知道屋顶的木头已经坏了，不得不全部拆下来重做。”",
    "这项工程一共花了四百万元，其中一半来自市里的预算，另一半由居民们捐赠，捐款最少的只有五元钱。",
    "图书馆现有藏书十二万册，儿童阅览室比从前大了一倍，还添了一间可以听录音的小屋，专门留给视力不好的人。",
    "开馆第一天，门口排起了长队，住在附近的张老师带着两个孙子来办借书证，她说自己小时候就在这里读过书。",
    "从下个月开始，每个星期六上午这里将举办讲座，第一讲的题目是城里的桥，由一位退休的工程师主讲，听讲不需要买票。",
    "市政府还计划明年在河对岸再建一座分馆，选址的意见将在网上公开征求，为期三十天，结果会在秋天以前公布。",
)


def story(seed: int, paragraphs: int = 10) -> tuple[str, ...]:
    """Return an English text that is like no other; the same for the same *seed*."""
    rng = random.Random(seed)
    return tuple(
        " ".join(f"{word}{rng.randint(0, 9) or ''}" for word in rng.choices(_WORDS, k=40)) + "." for _ in range(paragraphs)
    )


def edited(text: Sequence[str], paragraphs: int, *, seed: int = 99) -> tuple[str, ...]:
    """Return *text* with so many of its last paragraphs written anew."""
    return (*text[: len(text) - paragraphs], *story(seed, paragraphs))


def told(url: str, text: Sequence[str], **said: object) -> Article:
    """Return the article at *url* whose paragraphs are *text*; *said* is what `news` takes."""
    article = news(url, blocks=tuple(map(paragraph, text)), **said)  # type: ignore[arg-type]  # the caller names them
    return replace(article, likeness=likeness_of_article(article.extraction, article.text))
