"""The file of rules for single sites: what it means, and that every mistake is named with its line and what to write instead."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.sites import Mistake, SiteRule, SitesMistake, read_sites

EXAMPLE = Path(__file__).parents[3] / "config" / "sites.example.toml"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "sites.toml"


def read(file: Path) -> tuple[SiteRule, ...]:
    """Read with two stand-ins: a host has no blank, a selector no exclamation mark."""
    return read_sites(
        file,
        why_no_host=lambda host: "it holds a blank" if " " in host or not host else None,
        why_no_selector=lambda selector: "" if "!" in selector else None,
    )


def mistakes(file: Path, text: str | bytes) -> list[Mistake]:
    """Return what is wrong with a file of this text; nothing when it can be used."""
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    try:
        read(file)
    except SitesMistake as mistaken:
        return list(mistaken.mistakes)
    return []


def site(**lines: str) -> str:
    """Return a whole site in which some lines are others, and some (empty ones) are left out."""
    values = {"host": '"a.example"', "body": '"div.text"'} | lines
    return "[[site]]\n" + "".join(f"{key} = {value}\n" for key, value in values.items() if value)


def test_the_example_says_what_may_be_said(file: Path) -> None:
    first, second = read(EXAMPLE)
    assert first == SiteRule(
        name="courier",
        hosts=("*.courier.example.org",),
        path="/",
        title=("h1.story-title",),
        body=("div.story-text",),
        remove=(".newsletter", "aside.related"),
        authors=(".byline a",),
        date=("time.published",),
        modified=("time.updated",),
        lead_image=("figure.opener img",),
        images=("div.story-text figure",),
        next_page=("a.page-next",),
        article=None,
        language="de",
        zone="Europe/Berlin",
        line=5,
    )
    assert (second.name, second.hosts, second.path, second.article) == ("gazette.test", ("gazette.test",), "/topics/", False)


@pytest.mark.parametrize("text", ["", "# nothing but a remark\n", "\ufeff"])
def test_an_empty_file_has_no_rules(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")
    assert read(file) == ()


def test_hosts_are_one_or_many_and_written_small(file: Path) -> None:
    file.write_text(site(host='["A.example", " *.B.example "]'))
    assert read(file)[0].hosts == ("a.example", "*.b.example")


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (site(host=""), 1, 'this site has no host: add host = "*.example.org"'),
        (site(host='""'), 2, "no host"),
        (site(host="7"), 2, "host must be text in quotes or a list of such texts"),
        (site(host='"https://a.example/"'), 2, "write the host alone"),
        (site(host='"a.example/news"'), 2, "what follows it is the path"),
        (site(host='"*"'), 2, "write the host alone"),
        (site(host='"a.*.example"'), 2, "write the host alone"),
        (site(host='"a b"'), 2, "'a b' is no host: it holds a blank"),
        (site(path='"news/"'), 3 + 1, "a path begins with a slash"),
        (site(path="1"), 4, "path must be text in quotes"),
        (site(body=""), 1, "this site has no rule"),
        (site(body='"div!"'), 3, "'div!' is no CSS selector; write one such as body ="),
        (site(remove='[".a", ".b!"]'), 4, "'.b!' is no CSS selector"),
        (site(remove="[1]"), 4, "remove must be text in quotes or a list"),
        (site(titel='"h1"'), 4, "titel means nothing to a site; did you mean 'title'?"),
        (site(article='"no"'), 4, "article is true or false"),
        (site(article="0"), 4, "article is true or false"),
        (site(language='"german"'), 4, "'german' is no language tag"),
        (site(zone='"Europe/Berln"'), 4, "did you mean 'Europe/Berlin'?"),
        (site() + site(), 5, "a.example/ has rules in line 1 already"),
        ("[site]\nhost = 'a'\n", 1, "a site begins with [[site]], in two pairs of brackets"),
        ("[[sites]]\n", 1, "a site begins with [[site]]"),
        ('colour = "red"\n' + site(), 1, "must stand below a line [[site]]"),
        ("[[site]]\nhost = a\n", 2, "this is no TOML"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_what_to_write_instead(file: Path, text: str, line: int, words: str) -> None:
    (found,) = mistakes(file, text)
    assert found.line == line
    assert words in found.sentence


def test_all_mistakes_are_named_at_once_in_the_order_of_the_file(file: Path) -> None:
    found = mistakes(file, site(body='"!"', article="1") + site(host='"x y"', zone='"Mars"'))
    assert [mistake.line for mistake in found] == [3, 4, 6, 8]


def test_the_same_host_may_have_rules_for_several_paths(file: Path) -> None:
    assert mistakes(file, site() + site(path='"/news/"')) == []


def test_a_file_that_is_not_there_is_an_error_of_its_own(file: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read(file)


@given(
    st.binary(max_size=200) | st.text(max_size=200).map(lambda text: b"[[site]]\nhost = '''" + text.encode("utf-8", "replace"))
)
def test_whatever_stands_there_is_rules_or_mistakes(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    file = tmp_path_factory.mktemp("any") / "sites.toml"
    assert all(mistake.line >= 1 and mistake.sentence for mistake in mistakes(file, data))
