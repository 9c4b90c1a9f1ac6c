"""The words by which pages lead away from an article, in the languages of the press. Data: one alternative a line."""

import re


def alternatives(lines: str) -> str:
    """Return the alternatives of *lines*, one or more (`|`) a line, as one regular expression."""
    return "|".join(line.strip() for line in lines.splitlines() if line.strip())


# All in lower case, as is what they are matched against: ignoring case takes up to five times as long.
# A short line or a heading that says: what follows is something else. Matched against the whole line.
_TAIL_HEADING = re.compile(
    r"^(?:"
    + alternatives(r"""
    related(?: (?:articles?|posts?|stories|story|content|topics|news|reading|links|coverage|resources))?
    more (?:from|on|stories|news|articles|posts|like|in|about|great|reading|to read)\b.{0,60}
    you (?:may|might|could) (?:also )?(?:like|enjoy|be interested).{0,30}
    recommended(?: (?:for you|reading|articles|stories|posts|videos|links))?
    (?:read|see) (?:more|next|also)\b.{0,40}|what to read next|read this next
    about (?:the |our )?authors?\b.{0,40}|about the writer|meet the author
    share (?:this|on|via)?\b.{0,30}|leave (?:a|your) (?:reply|comment|response).{0,20}
    (?:\d+ )?(?:comments?|responses?|replies|thoughts on)\b.{0,30}
    join the (?:discussion|conversation|community).{0,20}
    (?:sign up|subscribe|get|join)\b.{0,50}(?:newsletter|inbox|updates|mailing list|email).{0,30}|newsletter.{0,30}
    follow us.{0,30}|stay (?:connected|informed|up to date).{0,30}|get in touch|contact us.{0,20}|ready to .{0,60}\?
    (?:tags?|topics?|filed under|categories|category|keywords)\s*:?.{0,60}
    (?:latest|recent|popular|top|trending|featured|other|similar) (?:news|posts?|stories|articles?|topics|blogs?)\b.{0,20}
    trending(?: now)?|most (?:read|popular|viewed).{0,20}|up next|next up|next article|previous article|editor.?s picks?
    disclosure|disclaimer|copyright notice
    mehr zum thema.{0,30}|(?:lesen|sehen) sie auch.{0,60}|das könnte (?:sie|dich) .{0,30}|auch interessant.{0,20}
    weitere (?:artikel|themen|meldungen|nachrichten).{0,30}|themen(?: in diesem artikel)?:?|kommentare.{0,20}
    zum thema|quellen?
    sur le même (?:sujet|thème)|(?:à )?lire (?:aussi|également).{0,60}|articles? (?:similaires|liés|connexes)
    à découvrir.{0,30}|commentaires.{0,20}
    leggi anche.{0,60}|potrebbe interessarti.{0,30}|articoli correlati
    (?:te|le) (?:pueden?|podrían?) interesar.{0,30}|(?:lee|lea|leer|ver) (?:también|además|más).{0,60}
    noticias relacionadas|más (?:noticias|información)
    (?:leia|veja) (?:também|mais).{0,60}|notícias relacionadas
    lees ook.{0,60}|les også.{0,60}|läs (?:också|mer|även).{0,60}|læs også.{0,60}
    (?:czytaj|zobacz) (?:też|także|również).{0,60}|читайте также.{0,60}|по теме
    (?:[【\[◆●▼■])?(?:相[关關]|推[荐薦]|延伸|[热熱][门門]|更多|精彩|往期|扩展|拓展|关联|猜你).{0,12}
    (?:关键词|[标標][签籤]|分[类類])\s*[:：].{0,80}|(?:网友|发表|發表)?[评評][论論]|.{0,12}条评论
    関連(?:記事|リンク|ニュース|キーワード|タグ|トピック).{0,20}|おすすめ(?:記事)?.{0,20}|あわせて読みたい.{0,20}
    こちらもおすすめ|人気記事.{0,10}|この記事(?:を書いた人|をシェア|の著者|に関する).{0,20}|コメント
    관련\s?(?:기사|뉴스|글).{0,10}|인기\s?기사
    """)
    + r")\s*[:：…>»】\]]*$"
)

# Notices at the end of a page. They also occur in prose: they count only after the last long paragraph.
_NOTICE = re.compile(
    alternatives(r"""
    [扫掃]一[扫掃]|[扫掃][码碼]|二[维維][码碼]|分享[到至]|声明[:：]|(?:版[权權]|免[责責]|特别|[郑鄭]重|平台)[声聲]明|侵权公告|版[权權]所有
    [转轉][载載][请請]注明|未[经經](?:授权|许可|书面).{0,20}(?:转载|摘编)|凡本[网站]|上一[篇页條条]|下一[篇页條条]
    打印本[页文]|[关關][闭閉]窗口|返回(?:首页|列表|顶部)|收藏本[页站文]|我要(?:评论|投稿)|点击排行|热门排行|友情[链鏈]接
    备案号|icp备|举报|[阅閱][读讀]原文|点击(?:查看|进入|下载)|(?:微信|公众)(?:公众)?号|[关關]注我[们們]|欢迎关注
    加入收藏|复制链接|推荐给(?:朋友|好友)|字号
    all rights reserved|©|copyright \d{4}|terms of (?:use|service)|(?:privacy|cookie) policy
    sign up (?:for|to) .{0,40}newsletter|subscribe (?:to|for|now)|our newsletter|newsletter|abonnieren
    follow (?:us|me|him|her|them) on|like us on|click here to|(?:read|see) more (?:at|on|about|from|stories)
    originally (?:published|appeared)
    this (?:article|story|post) (?:was|is|has been|originally|first) (?:originally |first )?(?:published|appeared|syndicated)
    have (?:a|any) (?:story|tip|question|news)|got a (?:story|tip)|get in touch|contact the (?:author|reporter|writer)
    join our|download (?:the|our) app
    """)
)

# How a line begins that only points to another article.
_POINTER = re.compile(
    r"^\W*(?:"
    + alternatives(r"""
    (?:also )?read(?: more| also| next| on| the full| our)?|related|see also|more(?: on| from)?|watch|listen
    don.t miss|must read|recommended|you may also like
    lesen sie (?:auch|mehr|hier)|mehr (?:zum|dazu|lesen)|lire aussi|à lire|voir aussi|leggi(?: anche)?|lee también
    te puede interesar|(?:leia|veja) (?:também|mais)|lees ook|les også|läs (?:också|mer|även)|читайте также
    czytaj (?:też|także)|baca juga|[延相推更点].{0,6}[：:]|(?:延伸|相[关關]|推[荐薦])(?:[阅閱][读讀]|新[闻聞])|更多|点击
    【関連|関連記事|[►▶»]|>>
    """)
    + ")"
)


def is_tail_heading(text: str) -> bool:
    """Return whether *text*, a short line, is the heading of what comes after articles."""
    return _TAIL_HEADING.match(text.lower()) is not None


def is_notice(text: str) -> bool:
    """Return whether *text* holds words of a notice: share, copyright, subscribe, previous and next."""
    return _NOTICE.search(text.lower()) is not None


def is_pointer(text: str) -> bool:
    """Return whether *text* begins like a pointer to another article."""
    return _POINTER.match(text.lower()) is not None
