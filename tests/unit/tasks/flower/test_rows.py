"""How rows of the Tasks page read."""

from types import SimpleNamespace

import pytest
from celery.utils.saferepr import saferepr

from config.broker import celery_settings
from tasks.flower.rows import format_task

URL = "https://news.example/2026/天水.html?a='1'"


def shown(args: str | None = None, result: str | None = None) -> SimpleNamespace:
    task: SimpleNamespace = format_task(SimpleNamespace(name="tasks.article.ingest", args=args, result=result))
    return task


@pytest.mark.parametrize("args", [saferepr((12, URL)), saferepr([12, URL]), repr((12, URL))])
def test_a_message_is_shown_as_its_url_alone(args: str) -> None:
    assert shown(args).args == URL


def test_a_long_url_that_celery_has_cut_short_is_still_shown_as_a_url() -> None:
    args = saferepr((12, "https://news.example/" + "a" * 2000), maxlen=1024)
    assert shown(args).args.startswith("https://news.example/aaa")


@pytest.mark.parametrize(
    ("args", "text"), [(None, ""), ("()", ""), ("[]", ""), ("('politics',)", "politics"), ("odd (", "odd (")]
)
def test_other_arguments_are_shown_as_they_can_be(args: str | None, text: str) -> None:
    assert shown(args).args == text


@pytest.mark.parametrize(
    ("result", "text"),
    [("'stored · images 10/10'", "stored · images 10/10"), (None, ""), ("None", "None"), ("17", "17"), ("'cut sho", "'cut sho")],
)
def test_an_outcome_is_shown_as_words_without_quotes(result: str | None, text: str) -> None:
    assert shown(result=result).result == text


def test_hostile_nesting_is_shown_as_it_came() -> None:
    args = "(" * 100_000
    assert shown(args).args == args


def test_workers_tell_flower_of_their_tasks() -> None:
    settings = celery_settings("redis://127.0.0.1:1/0")
    assert settings["worker_send_task_events"]
    assert settings["task_send_sent_event"]
