"""One JSON object a line on standard output, as Cloud Logging reads it.

Metrics and alerts are built on `event` and its fields: they are part of the contract. The standard `logging` does the
work, so `logging.getLogger(__name__).exception(…)` in this package comes out the same way, traceback included, which
is what Error Reporting groups by.
"""

import json
import logging
import math
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from enum import Enum
from typing import TextIO

from calendar_watch.times import rfc3339

_TRACE_FIELD = "logging.googleapis.com/trace"

_logger = logging.getLogger("calendar_watch")
_trace: ContextVar[str] = ContextVar("trace", default="")


def event(name: str, message: str, *, severity: str = "INFO", **fields: object) -> None:
    level = logging.getLevelNamesMapping()[severity]
    _logger.log(level, "%s", message, extra={"fields": {"event": name, **fields}})


def configure(level: str) -> None:
    """May be called any number of times; the last level counts."""
    _logger.setLevel(level)
    _logger.propagate = False
    _logger.handlers = [_HANDLER]


@contextmanager
def trace(trace_id: str, project: str) -> Iterator[None]:
    """All that is logged within belongs to this trace; an empty id: to none."""
    before = _trace.set(f"projects/{project}/traces/{trace_id}" if trace_id else "")
    try:
        yield
    finally:
        _trace.reset(before)


class _StandardOutput(logging.StreamHandler[TextIO]):
    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stdout  # functions-framework puts another one there for each request
        super().emit(record)


class _OneLine(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        fields = {
            "severity": record.levelname,
            "message": super().format(record),
            **({_TRACE_FIELD: _trace.get()} if _trace.get() else {}),
            **getattr(record, "fields", {}),
        }
        return json.dumps(_plain(fields))


_HANDLER = _StandardOutput()
_HANDLER.setFormatter(_OneLine())


def _plain(value: object) -> object:
    """Say the same in JSON's few types: a line is never lost to a value that is none of them."""
    match value:
        case None | str() | int():  # nearly all; looked at first, because a forged message costs little else
            return value
        case Mapping():
            return {str(_scalar(key)): _plain(each) for key, each in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_plain(each) for each in value]
        case _:
            return _scalar(value)


def _scalar(value: object) -> str | float | None:
    match value:
        case Enum():
            return _scalar(value.value)
        case datetime():
            return rfc3339(value)
        case float() if not math.isfinite(value):
            return str(value)
        case None | str() | int() | float():
            return value
        case _:
            return str(value)
