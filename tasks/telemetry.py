"""Celery's signals: when a worker process builds its runtime, drains and closes it, and how it logs."""

import logging.config
import sys
from typing import Any

from celery import signals

from config.logs import log_settings
from config.settings import settings
from tasks.runtime import runtime


@signals.setup_logging.connect
def _set_up_logging(**_: Any) -> None:
    level = settings().log_level or "INFO"
    logging.config.dictConfig(log_settings(level=level, terminal=sys.stderr.isatty()))


@signals.worker_init.connect
def _open(**_: Any) -> None:
    try:
        runtime()
    except Exception as error:  # Celery would log it and consume without a runtime; the supervisor tries again instead
        logging.getLogger(__name__).exception("runtime_failed")
        raise SystemExit(1) from error


@signals.worker_shutting_down.connect
def _drain(**_: Any) -> None:
    runtime().drain()


@signals.worker_shutdown.connect
def _close(**_: Any) -> None:
    runtime().close()
