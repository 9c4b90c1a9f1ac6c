"""What hostile pages, and secrets in variables, can do to the log: nothing."""

import io
import json
import logging

import pytest

from config.logs import log_settings

FORGED = "https://news.example/\n2026-11-23T10:00:00Z [error] forged \x1b[31m\x9b2J\u202e\u2028\ud800"


def logged(*, terminal: bool, error: bool = False) -> str:
    """What stands on stderr after one event with a forged URL, in the message and beside it."""
    lines = log_settings(level="INFO", terminal=terminal)["formatters"]["lines"]
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(lines.pop("()")(**lines))
    logger = logging.getLogger("a.test")
    logger.addHandler(handler)
    try:
        if error:
            fail(logger, password="hunter2")
        else:
            logger.warning("seen %s", FORGED, extra={"url": FORGED, "k\ney": "v"})
    finally:
        logger.removeHandler(handler)
    return stream.getvalue()


def fail(logger: logging.Logger, *, password: str) -> None:
    try:
        raise ValueError(FORGED if password else "")
    except ValueError:
        logger.exception("went_wrong")


@pytest.mark.parametrize("terminal", [True, False])
def test_an_event_is_one_line_whatever_the_url_holds(terminal: bool) -> None:
    text = logged(terminal=terminal)
    assert text.count("\n") == 1
    assert text.encode()  # no lone surrogate is left
    assert not {"\x9b", "\u202e", "\u2028", "\x1b[31m\x9b"} & set(text)
    assert "forged" in text


def test_off_a_terminal_it_is_json_with_the_url_readable() -> None:
    assert json.loads(logged(terminal=False))["url"].startswith("https://news.example/\\n2026")


@pytest.mark.parametrize("terminal", [True, False])
def test_a_traceback_shows_no_values_of_variables_and_forges_no_line(terminal: bool) -> None:
    text = logged(terminal=terminal, error=True)
    assert "ValueError" in text
    assert "went_wrong" in text
    assert "hunter2" not in text
    assert not [line for line in text.splitlines() if line.startswith("2026-11-23T10")]
    assert not {"\x9b", "\u202e", "\ud800"} & set(text)
