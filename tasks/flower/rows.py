"""How a task's row reads on Flower's Tasks page: the URL alone, and its outcome in words."""

import ast
import re
from typing import Any

_CUT_SHORT = re.compile(r"""[(\[]\d+, ['"](.*)""", re.DOTALL)  # Celery ends a long repr in the middle of its URL


def format_task(task: Any) -> Any:
    """Return *task*, a copy of Flower's, with arguments and result as people read them.

    Celery's events carry both as Python's repr; a message of ours is (ledger id, masked URL).
    """
    task.args = _last_argument(task.args or "")
    task.result = _plain(task.result or "")
    return task


def _last_argument(shown: str) -> str:
    arguments = _evaluated(shown)
    if isinstance(arguments, tuple | list):
        return str(arguments[-1]) if arguments else ""
    cut = _CUT_SHORT.match(shown)
    return cut[1] if cut else shown


def _plain(shown: str) -> str:
    value = _evaluated(shown)
    return value if isinstance(value, str) else shown


def _evaluated(shown: str) -> object:
    """Return the value that *shown* is the repr of, None when it is none."""
    try:
        return ast.literal_eval(shown)
    except (ValueError, SyntaxError, MemoryError, RecursionError):  # the last two on hostile nesting
        return None
