"""Settings: every one documented, read from where it should be, refused when it makes no sense."""

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from config.settings import Settings

EXAMPLE = Path(__file__).parents[3] / ".env.example"
LINES = dict(re.findall(r"^#NEWSMILL_([A-Z0-9_]+)=(.*)$", EXAMPLE.read_text(encoding="utf-8"), re.MULTILINE))


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Settings of nobody: no variables, no files."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"NEWSMILL_{name.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)


def test_the_example_names_every_setting_and_no_other() -> None:
    assert set(LINES) == {name.upper() for name in Settings.model_fields}


def test_the_example_describes_each_setting_as_the_code_does() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    for name, field in Settings.model_fields.items():
        assert f"# {field.description}\n#NEWSMILL_{name.upper()}=" in text


def test_the_example_shows_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    defaults = Settings()
    for name, shown in LINES.items():
        if shown and not shown.startswith("(") and name != "HOME":
            monkeypatch.setenv(f"NEWSMILL_{name}", shown)
    assert Settings() == defaults


def test_the_environment_wins_over_the_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("NEWSMILL_CONTACT=env-file\nNEWSMILL_MAX_IMAGES=7\n", encoding="utf-8")
    (tmp_path / "newsmill.toml").write_text('contact = "toml"\nmax_images = 8\nconcurrency = 9\n', encoding="utf-8")
    monkeypatch.setenv("NEWSMILL_CONTACT", "environment")
    read = Settings()
    assert (read.contact, read.max_images, read.concurrency) == ("environment", 7, 9)


def test_ports_and_networks_are_comma_separated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSMILL_ALLOW_PORTS", "80, 8080")
    monkeypatch.setenv("NEWSMILL_ALLOW_NETWORKS", "127.0.0.0/8,::1/128")
    assert Settings().allow_ports == (80, 8080)
    assert Settings().allow_networks == ("127.0.0.0/8", "::1/128")
    monkeypatch.setenv("NEWSMILL_ALLOW_PORTS", "*")
    assert Settings().allow_ports is None


@pytest.mark.parametrize(
    ("name", "value"), [("CONCURRENCY", "0"), ("ALLOW_PORTS", "http"), ("FETCH_DEADLINE", "-1"), ("ALLOW_NETWORKS", "foo")]
)
def test_what_makes_no_sense_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"NEWSMILL_{name}", value)
    with pytest.raises(ValidationError, match=name.lower()):
        Settings()


def test_the_embedded_database_and_archive_lie_in_the_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NEWSMILL_HOME", str(tmp_path))
    assert Settings().database == f"sqlite:///{tmp_path}/newsmill.db"
    assert Settings().archive == f"file://{tmp_path}/archive"
