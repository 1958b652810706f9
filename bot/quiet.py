"""Keeps the terminal to what concerns its reader: our own lines and real errors, not the libraries' chatter."""

from __future__ import annotations

import logging
import os
import sys
import traceback
import warnings
from typing import Any, Dict, MutableMapping

_TOLD = ("level", "event", "event_info", "host")


def keep_libraries_quiet() -> None:
    """Silence deprecation warnings, TensorFlow's start-up lines and Rasa's telemetry. Call before importing Rasa."""
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
    os.environ["SQLALCHEMY_SILENCE_UBER_WARNING"] = "1"
    # Filters do not last: several libraries set their own when imported.
    warnings.showwarning = _say_nothing


def _say_nothing(*warning: Any, **details: Any) -> None:
    """Takes the place of `warnings.showwarning`: warnings are for those who work on the libraries."""


def show_errors_only() -> None:
    """Rasa's and Sanic's loggers from level ERROR up, one line an event.

    Rasa's own set-up would do the same for structlog, and import Sentry's SDK, which is not installed.
    """
    import structlog

    logging.basicConfig(level=logging.ERROR, format="%(levelname)s %(name)s: %(message)s")
    for name in ("", "rasa", "sanic.root", "sanic.error", "sanic.access", "apscheduler", "matplotlib"):
        logging.getLogger(name).setLevel(logging.ERROR)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.UnicodeDecoder(),
            structlog.dev.set_exc_info,
            _without_words,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
        cache_logger_on_first_use=True,
    )


def _without_words(logger: Any, method: str, line: MutableMapping[str, Any]) -> Dict[str, Any]:
    """What failed and where. Rasa adds whole events and responses to its lines, in which stand an owner's words.

    So does what an exception says, and each variable on its way.
    """
    told = {name: line[name] for name in _TOLD if name in line}
    error = line.get("exc_info")
    if error is True:
        error = sys.exc_info()[1]
    elif isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        told.update(error=type(error).__name__, where="".join(traceback.format_tb(error.__traceback__)))
    return told
