"""Days told from the moment of reading, in the words of many countries' sites."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.normalise.dates import Habits
from worker.normalise.relative import day_told
from worker.normalise.zones import zone_of

NOW = datetime(2024, 5, 10, 1, 30, tzinfo=UTC).timestamp()  # a Friday


def told(line: str, language: str | None = None) -> str | None:
    return day_told(line, Habits(now=NOW, zone=zone_of(language, ""), language=language))


@pytest.mark.parametrize(
    ("language", "line", "day"),
    [
        ("en", "5 minutes ago", "2024-05-10"),
        ("en", "3 hours ago", "2024-05-09"),
        ("en", "By Ann Lee · 2 days ago · 5 min read", "2024-05-08"),
        ("en", "an hour ago", "2024-05-10"),
        ("en", "Published 3h ago", "2024-05-09"),
        ("de", "vor 4 Stunden", "2024-05-09"),
        ("de", "Ann Lee, vor 2 Tagen", "2024-05-08"),
        ("de", "vor einer Stunde", "2024-05-10"),
        ("fr", "il y a 3 jours", "2024-05-07"),
        ("fr", "Publié il y a 2 heures", "2024-05-09"),
        ("es", "hace 3 días", "2024-05-07"),
        ("es", "Hace 5 minutos", "2024-05-10"),
        ("pt", "há 2 dias", "2024-05-08"),
        ("pt", "2 horas atrás", "2024-05-09"),
        ("it", "2 giorni fa", "2024-05-08"),
        ("it", "un'ora fa", "2024-05-10"),
        ("nl", "2 dagen geleden", "2024-05-08"),
        ("sv", "för 2 dagar sedan", "2024-05-08"),
        ("da", "for 2 dage siden", "2024-05-08"),
        ("nb", "2 timer siden", "2024-05-10"),
        ("fi", "2 päivää sitten", "2024-05-08"),
        ("pl", "2 dni temu", "2024-05-08"),
        ("cs", "před 2 dny", "2024-05-08"),
        ("hu", "2 napja", None),  # how long something has lasted is written in the same way
        ("hu", "2 nappal ezelőtt", "2024-05-08"),
        ("ro", "acum 2 zile", "2024-05-08"),
        ("bg", "преди 2 дни", "2024-05-08"),
        ("ru", "2 дня назад", "2024-05-08"),
        ("ru", "час назад", "2024-05-10"),
        ("uk", "2 дні тому", "2024-05-08"),
        ("el", "πριν 2 ημέρες", "2024-05-08"),
        ("tr", "2 gün önce", "2024-05-08"),
        ("hr", "prije 2 dana", "2024-05-08"),
        ("ar", "منذ 3 أيام", "2024-05-07"),
        ("ar", "منذ يومين", "2024-05-08"),
        ("fa", "۳ روز پیش", "2024-05-07"),
        ("he", "לפני 2 ימים", "2024-05-08"),
        ("hi", "2 दिन पहले", "2024-05-08"),
        ("th", "2 วันที่แล้ว", "2024-05-08"),
        ("vi", "2 ngày trước", "2024-05-08"),
        ("id", "2 hari yang lalu", "2024-05-08"),
        ("ja", "2日前", "2024-05-08"),
        ("ja", "3時間前", "2024-05-10"),
        ("ko", "2일 전", "2024-05-08"),
        ("ko", "3시간전", "2024-05-10"),
        ("zh", "2天前", "2024-05-08"),
        ("zh", "5小时前", "2024-05-10"),
        ("zh", "刚刚", "2024-05-10"),
    ],
)
def test_what_is_so_long_ago_is_counted_from_the_fetch_on_the_page_s_clock(language: str, line: str, day: str | None) -> None:
    assert told(line, language) == day


@pytest.mark.parametrize(
    ("language", "line", "day"),
    [
        ("en", "Yesterday", "2024-05-09"),
        ("en", "Posted: yesterday at 9:20 pm", "2024-05-09"),
        ("de", "Gestern, 09:20 Uhr", "2024-05-09T09:20:00+02:00"),
        ("de", "vorgestern", "2024-05-08"),
        ("de", "heute um 7.05 Uhr", None),
        ("fr", "Hier à 18h30", "2024-05-09"),
        ("es", "Ayer", "2024-05-09"),
        ("it", "Ieri alle 18:30", "2024-05-09T18:30:00+02:00"),
        ("pl", "Wczoraj, 09:20", "2024-05-09T09:20:00+02:00"),
        ("ru", "вчера в 09:20", "2024-05-09"),
        ("tr", "Dün 09:20", "2024-05-09T09:20:00+03:00"),
        ("zh", "昨天 09:20", "2024-05-09T09:20:00+08:00"),
        ("zh", "今天09:20", "2024-05-10T09:20:00+08:00"),
        ("ja", "昨日 9時20分", "2024-05-09T09:20:00+09:00"),
        ("ko", "어제 09:20", "2024-05-09T09:20:00+09:00"),
        ("vi", "Hôm qua, 09:20", "2024-05-09T09:20:00+07:00"),
    ],
)  # fmt: skip
def test_today_and_yesterday_are_days_and_with_a_clock_of_a_known_zone_moments(language: str, line: str, day: str | None) -> None:
    expected = "2024-05-10T07:05:00+02:00" if day is None else day
    assert told(line, language) == expected


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "Three hours of talks"),
        ("en", "5 min read"),
        ("en", "What we know today about the ferry"),
        ("en", "Today in History: the ferry"),
        ("en", "2 weeks ago"),
        ("en", "300 hours ago"),
        ("en", "The ferry sank 3 hours ago off the coast, and all of its passengers were saved by fishermen"),
        ("de", "Hier"),
        ("de", "Lesezeit 3 Minuten"),
        ("es", "para 4 personas, 3 horas"),
        ("zh", "今日头条"),
        ("zh", "3天前往北京"),
        ("en", ""),
    ],
)
def test_what_only_looks_like_it_tells_no_day(language: str, line: str) -> None:
    assert told(line, language) is None


@given(st.text(max_size=80), st.sampled_from([None, "en", "zh", "th", "x"]))
def test_any_line_may_be_asked(line: str, language: str | None) -> None:
    day = told(line, language)
    assert day is None or datetime.fromisoformat(day)
