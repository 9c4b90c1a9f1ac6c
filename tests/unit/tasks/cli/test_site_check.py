"""`newsmill sites`, and that `newsmill extract` reads pages by the rules in use."""

import json
from pathlib import Path

import pytest
from sqlalchemy import Engine

from config.settings import Settings
from tasks.cli.site_rules import USUAL
from tests.fakes import Answer
from tests.press import Press
from tests.unit.tasks.cli.conftest import Newsmill

STORY = "The harbour board met on Tuesday and agreed to repair the northern pier before the winter storms arrive. " * 4
PAGE = f"""<html><head><title>Pier | Courier</title></head><body><h1>Pier</h1><div class="text"><p>{STORY}</p>
<p class="x-bread">Bread is baked at the corner of the market square by a family of five, who rise at three every day.</p></div></body></html>"""
URL = "https://news.example.org/pier"
RULES = '[[site]]\nname = "courier"\nhost = "*.example.org"\nbody = ".text"\nremove = [".x-bread"]\ndate = ".when"\n'


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """The file of rules where it is looked for."""
    path = tmp_path / "config" / "sites.toml"
    path.parent.mkdir()
    path.write_text(RULES)
    return path


@pytest.fixture
def page(tmp_path: Path) -> str:
    (tmp_path / "page.html").write_text(PAGE)
    return "page.html"


def test_a_file_that_is_well_says_so(call: Newsmill, rules: Path) -> None:
    result = call("sites", "check")
    assert (result.exit_code, result.stdout) == (0, "1 site, all well.\n")
    (one,) = json.loads(call("sites", "check", "--json").stdout)["sites"]
    assert (one["name"], one["hosts"], one["remove"], one["article"]) == ("courier", ["*.example.org"], [".x-bread"], None)


def test_the_example_that_is_shipped_is_well(call: Newsmill) -> None:
    example = Path(__file__).parents[4] / "config" / "sites.example.toml"
    assert call("sites", "check", str(example)).stdout == "2 sites, all well.\n"


def test_every_mistake_is_named_with_its_line(call: Newsmill, rules: Path) -> None:
    rules.write_text(RULES.replace('".text"', '"div["') + 'titel = "h1"\n')
    result = call("sites", "check")
    assert (result.exit_code, result.stdout) == (2, "")
    first, second = result.stderr.splitlines()
    assert first.startswith("config/sites.toml:4: 'div[' is no CSS selector")
    assert second.startswith("config/sites.toml:7: titel means nothing to a site; did you mean 'title'?")


def test_a_file_that_is_not_there_is_told_with_how_to_make_one(call: Newsmill) -> None:
    result = call("sites", "check")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "NEWSMILL_SITES" in result.stderr
    assert "[[site]]" in result.stderr


def test_a_folder_is_no_file_of_rules(call: Newsmill, tmp_path: Path) -> None:
    assert call("sites", "check", str(tmp_path)).exit_code == 2


def test_trying_shows_what_is_otherwise_by_the_rules(call: Newsmill, rules: Path, page: str) -> None:
    result = call("sites", "try", page, "--url", URL)
    assert result.exit_code == 0
    assert result.stdout.startswith(f"courier: {URL}\n    body: ")
    assert "- Bread is baked" in result.stdout
    assert result.stdout.endswith("    date: what the rules name is not there\n")
    values = json.loads(call("sites", "try", page, "--url", URL, "--json").stdout)
    assert (values["site_rule"], values["missed"], values["reason"], list(values["changes"])) == (
        "courier",
        ["date"],
        None,
        ["body"],
    )


def test_trying_rules_that_change_nothing_says_so(call: Newsmill, rules: Path, page: str) -> None:
    rules.write_text('[[site]]\nhost = "news.example.org"\ntitle = "h1"\n')
    assert call("sites", "try", page, "--url", URL).stdout == f"news.example.org: {URL}\n    nothing is otherwise\n"


def test_other_rules_than_those_in_use_may_be_tried(call: Newsmill, tmp_path: Path, page: str) -> None:
    (tmp_path / "mine.toml").write_text('[[site]]\nhost = "news.example.org"\narticle = false\n')
    result = call("sites", "try", page, "--url", URL, "--rules", "mine.toml")
    assert result.exit_code == 0
    assert "no article: not an article, by the rules of its site" in result.stdout
    assert "Bread" not in result.stdout  # what is no article has no text to compare


def test_a_page_that_no_rules_are_for_is_told(call: Newsmill, rules: Path, page: str) -> None:
    result = call("sites", "try", page, "--url", "https://elsewhere.example/a")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "config/sites.toml: no rules are for https://elsewhere.example/a." in result.stderr


def test_rules_that_make_an_article_of_a_page_say_what_it_was_without_them(call: Newsmill, rules: Path, tmp_path: Path) -> None:
    (tmp_path / "short.html").write_text(
        "<html><body><h1>Notice</h1><div class='text'><p>The ferry is late.</p></div></body></html>"
    )
    rules.write_text(RULES.replace('".text"', '".text"\narticle = true'))
    assert "    an article; without the rules: " in call("sites", "try", "short.html", "--url", URL).stdout


@pytest.mark.parametrize(("target", "sentence"), [("https://[::1", "IPv6"), ("news.example.org/pier", "begins with http")])
def test_what_is_neither_a_url_nor_a_file_ends_with_a_sentence(call: Newsmill, rules: Path, target: str, sentence: str) -> None:
    result = call("sites", "try", target)
    assert result.exit_code == 2
    assert sentence in result.stderr


def test_a_known_page_is_tried_from_the_archive(call: Newsmill, rules: Path, engine: Engine, home: Path) -> None:
    press = Press(engine, home / "archive")
    press.put(**{URL: Answer(body=PAGE.encode())})
    press.ingest(URL)
    press.close()
    assert call("sites", "try", URL).stdout.startswith(f"courier: {URL}\n")


def test_extraction_is_by_the_rules_in_use(call: Newsmill, rules: Path, page: str) -> None:
    values = json.loads(call("extract", page, "--url", URL).stdout)
    assert "Bread" not in values["text"]
    assert values["quality"] == {"site_rule": "courier", "site_rule_missed": ["date"]}
    assert "Bread" in json.loads(call("extract", page, "--url", "https://elsewhere.example/a").stdout)["text"]


def test_rules_named_by_the_settings_are_in_use_too(
    call: Newsmill, tmp_path: Path, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.toml").write_text(RULES)
    Path("newsmill.toml").write_text('sites = "mine.toml"\n')
    assert json.loads(call("extract", page, "--url", URL).stdout)["quality"]["site_rule"] == "courier"
    monkeypatch.setenv("NEWSMILL_SITES", "none.toml")
    assert json.loads(call("extract", page, "--url", URL).stdout)["quality"] == {}


def test_a_suspicious_page_is_read_by_the_rules_too(call: Newsmill, rules: Path, tmp_path: Path) -> None:
    (tmp_path / "deep.html").write_text(PAGE.replace("<h1>", "<div>" * 1_500 + "<h1>"))
    assert json.loads(call("extract", "deep.html", "--url", URL).stdout)["quality"]["site_rule"] == "courier"


def test_extraction_by_rules_with_a_mistake_ends_with_a_sentence(call: Newsmill, rules: Path, page: str) -> None:
    rules.write_text("[[site]]\n")
    assert call("extract", page, "--url", URL).exit_code == 2


def test_the_usual_place_is_the_one_of_the_settings() -> None:
    assert Settings.model_fields["sites"].default == USUAL
