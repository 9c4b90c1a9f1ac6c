"""The sources file: what it means, and that every mistake is named with its line and what to write instead."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.sources import CrawlJob, Mistake, SourcesMistake, read_sources

SHIPPED = Path(__file__).parents[3] / "config" / "sources.toml"
FULL = """\
[[job]]
name = "courier"
feed = "https://news.example/feed.xml"    # a remark
every = "15m"
include = ["/politics/", '/econom(y|ies)/']
exclude = ["/live/", '\\?print=']
limit = 100

[[job]]
name = "天水新闻"
sitemap = "http://gazette.example/sitemap.xml"
cron = "*/15 6-22 * * MON-FRI"
timezone = "Europe/Berlin"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "sources.toml"


def mistakes(file: Path, text: str | bytes) -> list[Mistake]:
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return complaints(file)


def complaints(file: Path) -> list[Mistake]:
    """Return what is wrong with the file; nothing when it can be used."""
    try:
        read_sources(file)
    except SourcesMistake as mistaken:
        return list(mistaken.mistakes)
    return []


def job(**lines: str) -> str:
    """Return a whole job in which some lines are others, and some (empty ones) are left out."""
    values = {"name": '"n"', "feed": '"https://a.example/f"', "every": '"1h"'} | lines
    return "[[job]]\n" + "".join(f"{key} = {value}\n" for key, value in values.items() if value)


def test_a_file_says_what_to_read_when_and_what_of_it_to_take(file: Path) -> None:
    file.write_text(FULL, encoding="utf-8")
    assert read_sources(file) == (
        CrawlJob(
            name="courier",
            form="feed",
            url="https://news.example/feed.xml",
            every=900,
            cron=None,
            timezone="UTC",
            include=("/politics/", "/econom(y|ies)/"),
            exclude=("/live/", r"\?print="),
            limit=100,
            line=1,
        ),
        CrawlJob(
            name="天水新闻",
            form="sitemap",
            url="http://gazette.example/sitemap.xml",
            every=None,
            cron="*/15 6-22 * * MON-FRI",
            timezone="Europe/Berlin",
            include=(),
            exclude=(),
            limit=None,
            line=9,
        ),
    )


def test_the_shipped_file_has_no_jobs_and_its_examples_are_right(file: Path) -> None:
    assert read_sources(SHIPPED) == ()
    text = SHIPPED.read_text(encoding="utf-8")
    lines = [line.removeprefix("# ") for line in text.splitlines()]
    file.write_text("\n".join(line for line in lines if line.startswith("[[job]]") or " = " in line.split("#")[0]))
    assert [found.name for found in read_sources(file)] == ["courier", "gazette"]


@pytest.mark.parametrize("text", ["", "# nothing but a remark\n", "\ufeff", "\r\n"])
def test_an_empty_file_has_no_jobs(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")
    assert read_sources(file) == ()


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(file: Path) -> None:
    file.write_bytes(b"\xef\xbb\xbf" + FULL.replace("\n", "\r\n").encode())
    assert [found.line for found in read_sources(file)] == [1, 9]


@pytest.mark.parametrize(
    ("said", "seconds"), [("1s", 1), ("15m", 900), ("2 h", 7_200), ("1d", 86_400), ("1w", 604_800), (" 90m ", 5_400)]
)
def test_a_time_is_a_number_with_its_unit(file: Path, said: str, seconds: int) -> None:
    file.write_text(job(every=f'"{said}"'))
    assert read_sources(file)[0].every == seconds


def test_blanks_around_a_url_are_none_of_it(file: Path) -> None:
    file.write_text(job(feed='" https://a.example/f\\n"'))
    assert read_sources(file)[0].url == "https://a.example/f"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (job(name=""), 1, 'this job has no name: add name = "courier"'),
        (job(feed=""), 1, "neither feed nor sitemap"),
        (job(every=""), 1, "neither every nor cron"),
        (job(sitemap='"https://a.example/s"'), 5, "there is feed and sitemap: keep one"),
        (job(cron='"0 6 * * *"'), 5, "there is every and cron: keep one"),
        (job(evry='"1h"'), 5, "evry means nothing to a job; did you mean 'every'?"),
        (job(colour='"red"'), 5, "there are name, feed, sitemap"),
        (job(name="7"), 2, "name must be text in quotes"),
        (job(name='""'), 2, "1 to 100 characters"),
        (job(name='" a"'), 2, "no blanks around it"),
        (job(name=f'"{"x" * 101}"'), 2, "1 to 100 characters"),
        (job(name='"a\\u001bb"'), 2, "in one line"),
        (job(feed="true"), 3, 'such as feed = "https://news.example/feed.xml"'),
        (job(feed='"ftp://a.example/f"'), 3, "write it with http:// or https://"),
        (job(feed='"a.example/feed"'), 3, "is no web address"),
        (job(every="900"), 4, 'every must be text in quotes, such as every = "15m"'),
        (job(every='"15 minutes"'), 4, "write a number with s, m, h, d or w"),
        (job(every='"0s"'), 4, "no time between 1s and 366d"),
        (job(every='"999w"'), 4, "no time between 1s and 366d"),
        (job(every='"-5m"'), 4, "no time between"),
        (job(every="", cron='"61 * * * *"'), 4, "Bad minute"),
        (job(every="", cron='"* * * *"'), 4, "there are 4 fields, not 5"),
        (job(every="", cron='"0 */5 * * * *"'), 4, "there are 6 fields, not 5"),
        (job(every="", cron='"@hourly"'), 4, "write minute, hour, day of month, month and day of week"),
        (job(every="", cron='"0 0 31 2 *"'), 4, "Bad day-of-month"),
        (job(timezone='"Europe/Berln"'), 5, "did you mean 'Europe/Berlin'?"),
        (job(timezone='"europe/berlin "'), 5, "did you mean 'Europe/Berlin'?"),
        (job(timezone='"Europe"'), 5, "'Europe' is no time zone"),
        (job(timezone='"../etc/passwd"'), 5, "is no time zone"),
        (job(timezone='"!!!"'), 5, 'write one such as timezone = "Europe/Berlin"'),
        (job(include='"/politics/"'), 5, "include must be a list of texts, such as include = ['/politics/']"),
        (job(exclude="[1]"), 5, "exclude must be a list of texts"),
        (job(include='["/a/", "(b"]'), 5, "'(b' is no regular expression: missing )"),
        (job(exclude='[""]'), 5, "it is empty, and would be found in every URL"),
        (job(limit="0"), 5, "at least 1"),
        (job(limit="true"), 5, "a whole number"),
        (job(limit='"10"'), 5, "a whole number"),
        (job(limit="1.5"), 5, "a whole number"),
        ('# first\n[job]\nname = "a"\n', 2, "a job begins with [[job]]"),
        ("[[jobs]]\n", 1, "a job begins with [[job]]"),
        ('name = "a"\n' + job(), 1, "must stand below a line [[job]]"),
        ("[[job]]\nname = a\n", 2, "this is no TOML"),
        ('[[job]]\nname = "a', 2, "this is no TOML"),
        ("[[job]]\ninclude = [\n'a',\n", 3, "this is no TOML"),
        ('[[job]]\ninclude = ["\\d+"]\n', 2, "a regular expression stands in single quotes"),
        ("a = " + "[" * 5_000, 1, "nested too deeply"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_what_to_write_instead(file: Path, text: str, line: int, words: str) -> None:
    (found,) = mistakes(file, text)
    assert found.line == line
    assert words in found.sentence


def test_all_mistakes_are_named_at_once_in_the_order_of_the_file(file: Path) -> None:
    found = mistakes(file, job(limit="0", every='"x"') + job(name='"n"', evry='"1h"') + job(name="", feed='"gopher://a"'))
    assert [mistake.line for mistake in found] == [4, 5, 7, 10, 11, 12]
    assert "there is a job 'n' in line 1 already" in found[2].sentence


def test_a_namesake_is_found_though_the_first_has_mistakes_of_its_own(file: Path) -> None:
    assert len(mistakes(file, job(limit="0") + job())) == 2


def test_a_job_in_one_line_is_a_job_too(file: Path) -> None:
    file.write_text('job = [{ name = "a", feed = "https://a.example/f", every = "1h" }]\n')
    assert [found.name for found in read_sources(file)] == ["a"]
    assert [mistake.line for mistake in mistakes(file, 'job = [{ name = "a" }]\n')] == [1, 1]


@pytest.mark.parametrize(
    ("data", "line", "words"),
    [
        (b'[[job]]\nname = "caf\xe9"\n', 2, "not UTF-8"),
        (FULL.encode("utf-16"), 1, "UTF-16: save it as UTF-8"),
    ],
)
def test_a_file_in_another_encoding_is_told(file: Path, data: bytes, line: int, words: str) -> None:
    (found,) = mistakes(file, data)
    assert found.line == line
    assert words in found.sentence


def test_what_cannot_be_asked_is_for_the_caller_to_say(file: Path) -> None:
    file.write_text(job())
    with pytest.raises(SourcesMistake, match="line 3: feed cannot be asked: its host is odd"):
        read_sources(file, why_not=lambda url: "its host is odd" if "a.example" in url else None)


def test_a_file_that_is_not_there_is_an_error_of_its_own(file: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_sources(file)


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: b"[[job]]\nname = '''" + text.encode("utf-8", "replace")))
def test_whatever_stands_there_is_jobs_or_mistakes(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    file = tmp_path_factory.mktemp("any") / "sources.toml"
    file.write_bytes(data)
    assert all(mistake.line >= 1 and mistake.sentence for mistake in complaints(file))


@given(st.lists(st.text("0123456789*/-,#LWSUNJA?", min_size=1, max_size=5), min_size=5, max_size=5))
def test_whatever_stands_as_cron_is_a_timetable_or_a_mistake(tmp_path_factory: pytest.TempPathFactory, fields: list[str]) -> None:
    file = tmp_path_factory.mktemp("any") / "sources.toml"
    file.write_text(job(every="", cron=f'"{" ".join(fields)}"'))
    assert [mistake.line for mistake in complaints(file)] in ([], [4])
