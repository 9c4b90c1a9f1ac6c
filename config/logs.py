"""How the log looks: columns on a terminal, one JSON object a line elsewhere; one event is one line, and only text.

Neither secrets nor tricks get into it by way of errors: tracebacks show no values of variables, and characters that a
terminal would obey, or that would begin a line of their own, are shown as escapes.
"""

import re
import traceback
from collections.abc import MutableMapping
from typing import Any, TextIO

# C0 and C1 controls, line and paragraph separators, direction marks, lone surrogates (which no encoding can write).
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def log_settings(*, level: str, terminal: bool) -> dict[str, Any]:
    """Return a `logging.config` dictionary; structlog renders, the standard library delivers to stderr."""
    from structlog.dev import ConsoleRenderer
    from structlog.processors import ExceptionRenderer, JSONRenderer, TimeStamper
    from structlog.stdlib import ExtraAdder, ProcessorFormatter, add_log_level, add_logger_name

    before = [add_log_level, add_logger_name, ExtraAdder(), TimeStamper(fmt="iso", utc=True)]
    # structlog's own choice for terminals, where rich is installed, prints the local variables: settings, passwords and all.
    columns = [_harmless, ConsoleRenderer(exception_formatter=_print_traceback)]
    last = columns if terminal else [ExceptionRenderer(), _harmless, JSONRenderer(ensure_ascii=False)]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "lines": {
                "()": ProcessorFormatter,
                "foreign_pre_chain": before,
                "processors": [ProcessorFormatter.remove_processors_meta, *last],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["stderr"], "level": level},
        # Celery announces each task it receives at INFO; the ledger and Flower say it better.
        "loggers": {"celery.worker.strategy": {"level": "WARNING"}, "celery.app.trace": {"level": "WARNING"}},
    }


def _harmless(_logger: object, _method: str, event: MutableMapping[str, Any]) -> dict[str, Any]:
    """Return *event* with its texts escaped; what is no text is rendered by its repr, which does the same."""
    return {_escaped(key): _escaped(value) if isinstance(value, str) else value for key, value in event.items()}


def _escaped(text: str) -> str:
    """Return *text* with every unsafe character as Python would write it, such as `\\x1b`."""
    return _UNSAFE.sub(lambda found: ascii(found[0])[1:-1], text)


def _print_traceback(stream: TextIO, error: Any) -> None:
    """Write a traceback without the variables' values, indented: no line of a message can pass for an event."""
    text = "".join(traceback.format_exception(*error))
    stream.write("".join(f"\n  {_escaped(line)}" for line in text.rstrip("\n").split("\n")))
