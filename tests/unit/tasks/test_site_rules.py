"""The rules for single sites as a worker process has them: from the file, and as it changes."""

import logging
import os
from pathlib import Path

import pytest

from config.sites import SitesMistake
from tasks.site_rules import SiteFile, site_rules
from worker.extract.site_rules import SiteRules

TEXT = '[[site]]\nhost = "*.你好.example"\nbody = "div.text"\nzone = "Asia/Shanghai"\n'
URL = "https://www.xn--6qq79v.example/a"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sites.toml"


def write(path: Path, text: str) -> None:
    """Write the file so that its time differs, however fast the test is."""
    at = path.stat().st_mtime_ns + 1_000_000_000 if path.exists() else 1_000_000_000
    path.write_text(text, encoding="utf-8")
    os.utime(path, ns=(at, at))


def test_the_file_says_the_rules_in_the_words_of_the_work(path: Path) -> None:
    write(path, TEXT)
    assert site_rules(path) == (
        SiteRules(name="*.你好.example", hosts=("*.xn--6qq79v.example",), body=("div.text",), zone="Asia/Shanghai"),
    )


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("*.你好.example", "you @ home", "is no host"),
        ("*.你好.example", "*.*.example", "write the host alone"),
        ("div.text", "div[", "is no CSS selector; write one such as"),
        ("div.text", "h1::text", "pseudo-elements"),
    ],
)
def test_what_the_work_could_not_use_is_a_mistake_of_the_file(path: Path, old: str, new: str, words: str) -> None:
    write(path, TEXT.replace(old, new))
    with pytest.raises(SitesMistake, match=words):
        site_rules(path)


def test_without_the_file_there_are_no_rules_and_it_is_found_when_it_comes(path: Path) -> None:
    file = SiteFile(path)
    assert file.find(URL) is None
    write(path, TEXT)
    found = file.find(URL)
    assert found is not None
    assert found.body == ("div.text",)


def test_a_change_counts_from_the_next_page_on(path: Path) -> None:
    write(path, TEXT)
    file = SiteFile(path)
    file.find(URL)
    write(path, TEXT.replace("div.text", "main"))
    assert [rules.body for rules in [file.find(URL)] if rules] == [("main",)]
    path.unlink()
    assert file.find(URL) is None


def test_while_the_file_cannot_be_used_the_rules_last_read_stay_and_it_is_said_once(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write(path, TEXT)
    file = SiteFile(path)
    first = file.find(URL)
    write(path, TEXT + "boddy = 1\n")
    with caplog.at_level(logging.ERROR):
        assert [file.find(URL) for _ in range(3)] == [first] * 3
    (record,) = caplog.records
    assert (record.message, record.__dict__["place"]) == ("site_rule_mistaken", f"{path}:5")


def test_a_folder_in_its_place_is_said_and_does_no_harm(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path.mkdir()
    assert SiteFile(path).find(URL) is None
    assert [record.message for record in caplog.records if record.levelno >= logging.ERROR] == ["site_rules_unread"]
