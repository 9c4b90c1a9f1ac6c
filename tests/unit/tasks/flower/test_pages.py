"""Flower's templates with ours among them."""

import logging
from pathlib import Path

import pytest
from flower.urls import settings
from flower.views.tasks import TASK_COLUMNS
from tornado.template import DictLoader

from tasks.flower.options import DEFAULTS
from tasks.flower.pages import FILES, OURS, PATCHES, TAB, templates, unfit

FLOWERS = Path(settings["template_path"])


def test_everything_that_we_change_in_flowers_pages_is_there_exactly_once() -> None:
    """Fails when another Flower words its pages otherwise: then `tasks/flower/pages.py` is to be looked at."""
    texts = {file.name: file.read_text(encoding="utf-8") for file in FLOWERS.glob("*.html")}
    assert unfit(texts) == []


def test_the_tab_stands_last_in_the_bar() -> None:
    bar = templates(FLOWERS)["navbar.html"].split("</ul>")[0]
    assert bar.index("reverse_url('broker')") < bar.index("reverse_url('crawls')")
    assert bar.endswith(TAB + "\n      ")


def test_a_flower_with_another_bar_keeps_its_pages_and_says_so(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "navbar.html").write_text("<menu></menu>")
    with caplog.at_level(logging.ERROR):
        found = templates(tmp_path)
    assert found["navbar.html"] == "<menu></menu>"
    assert {record.__dict__["template"] for record in caplog.records} == {patch.template for patch in PATCHES}


def test_all_templates_compile() -> None:
    texts = templates(FLOWERS)
    loader = DictLoader(texts)
    for name in texts:
        loader.load(name)


def test_ours_replace_no_page_but_the_brokers() -> None:
    theirs = {file.name for file in FLOWERS.glob("*.html")}
    assert theirs & {file.name for file in OURS.glob("*.html")} == {"broker.html"}


def test_scripts_write_text_and_never_markup() -> None:
    for script in FILES.glob("*.js"):
        text = script.read_text(encoding="utf-8")
        for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
            assert word not in text, f"{script.name} uses {word}"


def test_our_pages_have_no_script_of_their_own_that_a_content_security_policy_would_stop() -> None:
    for page in OURS.glob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert "<script>" not in text
        assert 'style="' not in text


def test_flower_knows_all_our_columns() -> None:
    assert set(str(DEFAULTS["tasks_columns"]).split(",")) <= set(TASK_COLUMNS)
