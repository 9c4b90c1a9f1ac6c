"""Dates as the press of many countries writes them. The sentences are invented."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from worker.normalise.dates import Habits, parse_date
from worker.normalise.zones import EuropeanTime, zone_of

NOW = datetime(2024, 5, 1, 12, tzinfo=UTC).timestamp()


def habits_of(language: str) -> Habits:
    return Habits(now=NOW, zone=zone_of(language, "news.example.com"), language=language)


@pytest.mark.parametrize(
    ("language", "text", "day"),
    [
        ("en", "Published on Tuesday, 12 March 2024", "2024-03-12"),
        ("en", "Mar 12th, 2024", "2024-03-12"),
        ("zh", "发布时间：2024年3月12日", "2024-03-12"),
        ("zh", "２０２４年３月１２日", "2024-03-12"),
        ("zh", "二〇二四年三月十二日", "2024-03-12"),
        ("zh", "中華民國113年3月12日", "2024-03-12"),
        ("zh", "民國 113 年 3 月 12 日", "2024-03-12"),
        ("ja", "公開日：2024年3月12日（火）", "2024-03-12"),
        ("ja", "令和6年3月12日", "2024-03-12"),
        ("ja", "平成31年4月30日", "2019-04-30"),
        ("ja", "令和元年5月1日", "2019-05-01"),
        ("ko", "입력 2024.03.12", "2024-03-12"),
        ("ko", "2024년 3월 12일", "2024-03-12"),
        ("es", "Martes, 12 de marzo de 2024", "2024-03-12"),
        ("es", "12 mar. 2024", "2024-03-12"),
        ("fr", "Publié le mardi 12 août 2023", "2023-08-12"),
        ("fr", "1er févr. 2024", "2024-02-01"),
        ("de", "Dienstag, 12. März 2024", "2024-03-12"),
        ("pt", "Terça-feira, 12 de março de 2024", "2024-03-12"),
        ("it", "Martedì 12 marzo 2024", "2024-03-12"),
        ("nl", "dinsdag 12 maart 2024", "2024-03-12"),
        ("sv", "Publicerad den 12 mars 2024", "2024-03-12"),
        ("da", "tirsdag d. 12. marts 2024", "2024-03-12"),
        ("nb", "Publisert 12. desember 2023", "2023-12-12"),
        ("fi", "Julkaistu 12. maaliskuuta 2024", "2024-03-12"),
        ("is", "12. júní 2023", "2023-06-12"),
        ("pl", "wtorek, 12 marca 2024", "2024-03-12"),
        ("cs", "úterý 12. března 2024", "2024-03-12"),
        ("sk", "12. októbra 2023", "2023-10-12"),
        ("hu", "2024. március 12., kedd", "2024-03-12"),
        ("ro", "12 martie 2024", "2024-03-12"),
        ("bg", "12 октомври 2023 г.", "2023-10-12"),
        ("el", "Τρίτη, 12 Μαρτίου 2024", "2024-03-12"),
        ("el", "12 Μάρτιος 2024", "2024-03-12"),
        ("ru", "12 марта 2024 года", "2024-03-12"),
        ("uk", "12 березня 2024", "2024-03-12"),
        ("be", "12 сакавіка 2024", "2024-03-12"),
        ("kk", "2024 жылғы 12 наурыз", "2024-03-12"),
        ("sr", "12. марта 2024.", "2024-03-12"),
        ("sr", "12. jula 2023.", "2023-07-12"),
        ("hr", "12. listopada 2023.", "2023-10-12"),
        ("pl", "12 listopada 2023", "2023-11-12"),
        ("sl", "12. avgusta 2023", "2023-08-12"),
        ("lt", "2024 m. kovo 12 d.", "2024-03-12"),
        ("lv", "2024. gada 12. martā", "2024-03-12"),
        ("et", "12. veebruar 2024", "2024-02-12"),
        ("sq", "12 korrik 2023", "2023-07-12"),
        ("tr", "12 Ağustos 2023 Cumartesi", "2023-08-12"),
        ("az", "12 sentyabr 2023", "2023-09-12"),
        ("ka", "12 მარტი, 2024", "2024-03-12"),
        ("ar", "الثلاثاء 12 مارس 2024", "2024-03-12"),
        ("ar", "١٢ مارس ٢٠٢٤", "2024-03-12"),
        ("ar", "12 آذار/مارس 2024", "2024-03-12"),
        ("ar", "12 تشرين الأول 2023", "2023-10-12"),
        ("fa", "سه‌شنبه ۲۲ اسفند ۱۴۰۲", "2024-03-12"),
        ("fa", "۱۴۰۲/۱۲/۲۲", "2024-03-12"),
        ("fa", "۱۲ مارس ۲۰۲۴", "2024-03-12"),
        ("ur", "12 مارچ 2024", "2024-03-12"),
        ("he", "12 במרץ 2024", "2024-03-12"),
        ("hi", "12 मार्च 2024", "2024-03-12"),
        ("hi", "१२ सितंबर २०२३", "2023-09-12"),
        ("hi", "सितंबर 12, 2023", "2023-09-12"),
        ("bn", "১২ মার্চ ২০২৪", "2024-03-12"),
        ("ta", "12 மார்ச் 2024", "2024-03-12"),
        ("te", "12 సెప్టెంబర్ 2023", "2023-09-12"),
        ("th", "12 มีนาคม 2567", "2024-03-12"),
        ("th", "12 มี.ค. 67", "2024-03-12"),
        ("th", "12 มี.ค. 2567", "2024-03-12"),
        ("th", "12 มีนาคม พ.ศ. 2567", "2024-03-12"),
        ("th", "12 มีนาคม 2024", "2024-03-12"),
        ("th", "12/03/2567", "2024-03-12"),
        ("vi", "Thứ ba, 12/3/2024", "2024-03-12"),
        ("vi", "Ngày 12 tháng 3 năm 2024", "2024-03-12"),
        ("id", "Selasa, 12 Agustus 2023", "2023-08-12"),
        ("ms", "12 Ogos 2023", "2023-08-12"),
        ("sw", "12 Machi 2024", "2024-03-12"),
        ("fil", "Marso 12, 2024", "2024-03-12"),
        ("ca", "12 de març de 2024", "2024-03-12"),
    ],
)
def test_a_date_is_read_in_the_language_of_its_page(language: str, text: str, day: str) -> None:
    assert parse_date(text, Habits(now=NOW, language=language)) == day


@pytest.mark.parametrize(
    ("language", "text", "moment"),
    [
        ("de", "12.03.2024, 09:20 Uhr", "2024-03-12T09:20:00+01:00"),
        ("fi", "12.3.2024 klo 9.20", "2024-03-12T09:20:00+02:00"),
        ("pl", "12 marca 2024, godz. 09:20", "2024-03-12T09:20:00+01:00"),
        ("el", "12 Μαρτίου 2024, 9:20 μ.μ.", "2024-03-12T21:20:00+02:00"),
        ("ko", "2024.03.12 오후 9:20", "2024-03-12T21:20:00+09:00"),
        ("vi", "Thứ ba, 12/3/2024, 09:20 (GMT+7)", "2024-03-12T09:20:00+07:00"),
        ("th", "12 มี.ค. 2567 09:20 น.", "2024-03-12T09:20:00+07:00"),
        ("th", "2567-03-12T09:20:00+07:00", "2024-03-12T09:20:00+07:00"),
        ("hi", "12 मार्च 2024, 09:20", "2024-03-12T09:20:00+05:30"),
        ("tr", "12.03.2024 - 09:20", "2024-03-12T09:20:00+03:00"),
        ("id", "Selasa, 12/03/2024 09:20 WIB", "2024-03-12T09:20:00+07:00"),
        ("ar", "12 مارس 2024", "2024-03-12"),
        ("es", "12 de marzo de 2024 a las 09:20", "2024-03-12"),
        ("fa", "۱۴۰۲/۱۲/۲۲ ۰۹:۲۰", "2024-03-12"),
    ],
)
def test_its_time_counts_where_language_or_words_tell_the_zone(language: str, text: str, moment: str) -> None:
    assert parse_date(text, habits_of(language)) == moment


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("9:20 a.m. ET, March 12, 2024", "2024-03-12T09:20:00-04:00"),
        ("January 12, 2024 9:20 PM PT", "2024-01-12T21:20:00-08:00"),
        ("2024-03-12 09:20 AEDT", "2024-03-12T09:20:00+11:00"),
        ("2024-03-12 09:20 IST", "2024-03-12"),
        ("2024-03-12 09:20 CST", "2024-03-12"),
    ],
)
def test_an_abbreviation_counts_if_it_means_one_offset(text: str, moment: str) -> None:
    assert parse_date(text, Habits(now=NOW)) == moment


def test_an_abbreviation_of_several_offsets_means_the_page_s_own_or_nothing() -> None:
    india, china = timezone(timedelta(hours=5.5)), timezone(timedelta(hours=8))
    assert parse_date("2024-03-12 09:20 IST", Habits(now=NOW, zone=india)) == "2024-03-12T09:20:00+05:30"
    assert parse_date("2024-03-12 09:20 CST", Habits(now=NOW, zone=china)) == "2024-03-12T09:20:00+08:00"
    assert parse_date("2024-03-12 09:20 IST", Habits(now=NOW, zone=china)) == "2024-03-12"
    assert parse_date("2023-07-12 09:20 BST", Habits(now=NOW, zone=EuropeanTime(0))) == "2023-07-12T09:20:00+01:00"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ar", "3 رمضان 1445"),  # the moon decides
        ("fa", "۱۴۰۲/۱۳/۰۱"),
        ("fa", "۳۰ اسفند ۱۴۰۲"),  # no leap year
        ("en", "1402/12/22"),
        ("en", "12/03/2567"),
        ("ja", "令和6年13月1日"),
        ("th", "12 มี.ค. 90"),
        ("zh", "第113届3月12日"),
    ],
)
def test_what_another_calendar_does_not_know_for_certain_is_left_unread(language: str, text: str) -> None:
    assert parse_date(text, Habits(now=NOW, language=language)) is None
