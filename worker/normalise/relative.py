"""Days that are told from the moment of reading: "3 hours ago", "vor 2 Tagen", 昨天 09:20, "hace 5 minutos".

The words are those with which sites of that language write them; a week or a month ago is no day that could be told.
"""

import re
from datetime import UTC, datetime, time, timedelta

from worker.normalise.dates import Habits

LONGEST = 60  # characters of a line that may hold one beside the author's name; a longer one is a sentence
_ELAPSED = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
MOST_AGO = {"m": 120, "h": 72, "d": 31}  # what sites count up to before they write a date

# What stands before or after the number and its unit; without either, "3 hours" is how long something takes.
_BEFORE = "vor|il y a|hace|há|fa|πριν(?: από)?|před|pred|prieš|pirms|acum|prije|pre|преди|пре|منذ|قبل|לפני|cách đây|for|för"
_HALF = frozenset(("for", "för"))  # of "for 3 timer siden"
_AFTER = (
    "ago|geleden|siden|sedan|fa|atrás|назад|тому|temu|önce|əvvəl|sitten|tagasi|ezelőtt|trước|lalu|yang lalu|ที่แล้ว|ก่อน|ที่ผ่านมา|"
    "पहले|पूर्व|আগে|முன்|క్రితం|پیش|قبل|پہلے|前|전"
)
_UNITS = {
    "m": "min mins minute minutes minuten minuto minutos minuti minuta minutę minuty minut minutu minuter minutter minuut "
    "minuuttia minuutti minuts minučių minūtēm минут минуты минуту минута мин хвилин хвилини хвилину минути перц perc perccel "
    "percel dakika dəqiqə λεπτά λεπτό λεπτών menit minit phút นาที دقيقة دقائق دقیقه منٹ דקות דקה मिनट मिनिटे মিনিট நிமிடங்களுக்கு "
    "నిమిషాల 分 分钟 分鐘 分間 분 m",
    "h": "h hr hrs hour hours stunde stunden std heure heures hora horas ora ore uur uren timme timmar time timer godzin godziny "
    "godzinę godz hodin hodiny hodinou hodinami час часа часов години годин годину часа órája óra órával saat ώρες ώρα ωρών tuntia tunti "
    "jam giờ ชั่วโมง ชม ساعة ساعات ساعت گھنٹے שעות שעה घंटे घंटा तास ঘণ্টা ঘন্টা மணிநேரத்திற்கு గంటల 小时 小時 時間 시간 sata sati hores valandas stundām tundi",
    "d": "d day days tag tagen jour jours día días dia dias giorno giorni dag dagen dagar dage dager dzień dni den dny dnů dní "
    "день дня дней дні днів ден дни nap napja nappal zile zi gün μέρες ημέρες ημέρα μέρα päivä päivää hari ngày วัน يوم أيام روز دن "
    "ימים יום दिन दिवस দিন நாட்களுக்கு రోజుల 天 日 일 dana dies päeva dienas dienām",
}
_TWO = {"ساعتين": "h", "دقيقتين": "m", "يومين": "d", "שעתיים": "h", "יומיים": "d"}  # Arabic and Hebrew have a dual
_ONE = "an?|einer|einem|un[ao']?|une|uma?|ett?|een|één|bir|jednou|jedną"
_UNIT_OF = {word: unit for unit, words in _UNITS.items() for word in words.split()}

_DAYS = {  # today, yesterday, the day before that; each only in its language: "hier" is here in German
    "en": "today|yesterday", "de": "heute|gestern|vorgestern", "fr": "aujourd'hui|hier|avant-hier", "es": "hoy|ayer|anteayer",
    "pt": "hoje|ontem|anteontem", "it": "oggi|ieri|l'altro ieri", "nl": "vandaag|gisteren|eergisteren", "sv": "i dag|i går",
    "da": "i dag|i går", "nb": "i dag|i går", "no": "i dag|i går", "fi": "tänään|eilen", "pl": "dzisiaj|wczoraj|przedwczoraj",
    "cs": "dnes|včera|předevčírem", "sk": "dnes|včera|predvčerom", "hu": "ma|tegnap|tegnapelőtt", "ro": "astăzi|ieri|alaltăieri",
    "bg": "днес|вчера", "ru": "сегодня|вчера|позавчера", "uk": "сьогодні|вчора|позавчора", "sr": "danas|juče", "hr": "danas|jučer",
    "el": "σήμερα|χθες|προχθές", "tr": "bugün|dün", "ca": "avui|ahir", "id": "hari ini|kemarin", "ms": "hari ini|semalam",
    "vi": "hôm nay|hôm qua", "th": "วันนี้|เมื่อวานนี้", "ar": "اليوم|أمس", "fa": "امروز|دیروز", "he": "היום|אתמול",
    "ja": "今日|昨日|一昨日", "ko": "오늘|어제|그저께", "zh": "今天|昨天|前天",
}  # fmt: skip
_MORE = {
    "de": {"soeben": 0},
    "pl": {"dziś": 0},
    "sv": {"idag": 0, "igår": 1},
    "ro": {"azi": 0},
    "zh": {"今日": 0, "昨日": 1},
    "th": {"เมื่อวาน": 1},
}
_DAYS_AGO = {
    language: {word: ago for ago, word in enumerate(words.split("|"))} | _MORE.get(language, {})
    for language, words in _DAYS.items()
}
_LONGEST_DAY = max(len(word) for words in _DAYS_AGO.values() for word in words)
_NOW = frozenset((
    "just now", "gerade eben", "soeben", "à l'instant", "ahora mismo", "agora mesmo", "zojuist", "przed chwilą",
    "только что", "щойно", "az önce", "baru saja", "vừa xong", "الآن", "刚刚", "剛剛", "たった今", "방금", "방금 전",
))  # fmt: skip

_LETTERS = r"[^\W\d_](?:[^\W\d_]|[\u0900-\u0e4e\u064b-\u0652])*"
_COUNTED = re.compile(
    rf"(?:(?<!\w)({_BEFORE})\s+)?(?<![\w.,:])(\d{{1,3}})\s?({_LETTERS})\.?(?:\s?({_AFTER})(?!\w))?", re.IGNORECASE
)
_ONE_AGO = re.compile(rf"(?:({_BEFORE})\s+)?(?:(?:{_ONE})\s?)?({_LETTERS})(?:\s({_AFTER}))?", re.IGNORECASE)
_GLUED = re.compile(rf"({'|'.join(sorted((*_UNIT_OF, *_TWO), key=len, reverse=True))})({_AFTER})")
_PARTS = re.compile(r"\s*[|·•–—]\s*|\s-\s|\s{2,}|\t")
_LABEL = re.compile(r"^[^\d:：]{2,30}[:：]\s*")
_CLOCK = re.compile(
    r"[\s,]*(?:(?:at|um|à|a las|às|alle|om|kl|o|в|о|у|w|saat|pukul|lúc|στις|ob|u|klo)\.?\s+)?([0-2]?[0-9])\s?[:.h時时點点]\s?([0-5][0-9])(?:\s?([AaPp])\.?[Mm])?"
    r"(?:\s?(?:uhr|h|น\.|分))?\.?",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
# One of these words is in every line that tells a day, or a letter of a script whose words are not told apart by letters alone.
_WORDS = re.compile(r"[^\W\d_]+")
_OTHER_SCRIPT = re.compile("[\u0900-\u0fff\u3040-\u9fff\uac00-\ud7a3]")
_TELLING = frozenset(
    words[0]
    for phrase in (*_BEFORE.split("|"), *_AFTER.split("|"), *_NOW, *(word for days in _DAYS_AGO.values() for word in days))
    if (words := _WORDS.findall(phrase.lower()))
)


def day_told(line: str, habits: Habits) -> str | None:
    """Return the day, with the time if the line has it and the zone is known, that *line* tells from the moment of reading.

    Counted from `Habits.now`, on the clock of `Habits.zone`, or of UTC where that is unknown. A bare date, however exactly
    the hours are counted; None if the line tells none, or is longer than a dateline.
    """
    if len(line) > LONGEST or (_TELLING.isdisjoint(_WORDS.findall(line.lower())) and not _OTHER_SCRIPT.search(line)):
        return None
    now = datetime.fromtimestamp(habits.now, habits.zone or UTC)
    if _DIGIT.search(line):
        for m in _COUNTED.finditer(line):
            ago = _ago(m[3].lower(), int(m[2]), before=m[1], after=m[4])
            if ago is not None:
                return (now - ago).date().isoformat()
    for part in _PARTS.split(line):
        words = _LABEL.sub("", part).strip(" ,.").lower()
        told = _in_words(words, now, habits) if len(words) > 1 else None
        if told is not None:
            return told
    return None


def _ago(word: str, number: int, *, before: str | None, after: str | None) -> timedelta | None:
    """Return how long ago *number* of the unit *word* is; None if that is no unit, or nothing says "ago"."""
    if word not in _UNIT_OF and (glued := _GLUED.fullmatch(word)):  # 3小时前, 5分前, 3시간전
        word, after = glued[1], glued[2]
    unit = _UNIT_OF.get(word)
    if unit is None or not (before or after) or number > MOST_AGO[unit]:
        return None
    if not after and before and before.lower() in _HALF:
        return None
    return _ELAPSED[unit] * number


def _in_words(words: str, now: datetime, habits: Habits) -> str | None:
    """Return the day that *words* alone tell: "yesterday", "gestern, 09:20 Uhr", "vor einer Stunde"."""
    if words in _NOW:
        return now.date().isoformat()
    if (m := _ONE_AGO.fullmatch(words)) and (m[1] or m[3]):
        unit = _TWO.get(m[2])
        ago = _ago(m[2], 1, before=m[1], after=m[3]) if unit is None else _ELAPSED[unit] * 2
        if ago is not None:
            return (now - ago).date().isoformat()
    days_ago = _DAYS_AGO.get((habits.language or "en").partition("-")[0], {})
    for end in range(min(len(words), _LONGEST_DAY), 1, -1):
        days = days_ago.get(words[:end].replace("’", "'"))
        if days is None:
            continue
        day = (now - timedelta(days=days)).date()
        if not words[end:]:
            return day.isoformat()
        clock = _CLOCK.fullmatch(words[end:])
        if clock and (at := _time(clock)):
            return datetime.combine(day, at, habits.zone).isoformat() if habits.zone is not None else day.isoformat()
    return None


def _time(clock: re.Match[str]) -> time | None:
    hours = int(clock[1]) % 12 + 12 * (clock[3].lower() == "p") if clock[3] else int(clock[1])
    return time(hours, int(clock[2])) if hours < 24 else None
