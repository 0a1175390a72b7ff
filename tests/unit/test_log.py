import io
import json
import logging
from collections.abc import Iterator
from contextlib import redirect_stdout
from datetime import UTC, datetime, timedelta, timezone
from enum import Enum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import Headers

from calendar_watch import log
from calendar_watch.http.requests import trace_of
from calendar_watch.model.watch import State

TRACE = "0af7651916cd43dd8448eb211c80319c"
TRACE_FIELD = "logging.googleapis.com/trace"


class Colour(Enum):
    RED = 1


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    logger = logging.getLogger("calendar_watch")
    before = logger.level, logger.propagate, logger.handlers
    log.configure("INFO")
    yield
    logger.setLevel(before[0])
    logger.propagate, logger.handlers = before[1:]


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_an_event_is_one_line_with_its_fields(capsys: pytest.CaptureFixture[str]) -> None:
    log.event("notification", "100 %s taken,\nas ever", outcome="taken", watchId="w", channelId="c")
    assert lines(capsys) == [
        {
            "severity": "INFO",
            "message": "100 %s taken,\nas ever",
            "event": "notification",
            "outcome": "taken",
            "watchId": "w",
            "channelId": "c",
        }
    ]


def test_a_field_may_have_the_name_of_a_keyword(capsys: pytest.CaptureFixture[str]) -> None:
    log.event("state", "changed", **{"from": State.OPENING, "to": State.ACTIVE})
    [line] = lines(capsys)
    assert (line["from"], line["to"]) == ("opening", "active")


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, None),
        (True, True),
        (0.5, 0.5),
        (State.ACTIVE, "active"),
        (Colour.RED, 1),
        (datetime(2026, 11, 27, 10, tzinfo=UTC), "2026-11-27T10:00:00Z"),
        (datetime(2026, 11, 27, 12, tzinfo=timezone(timedelta(hours=2))), "2026-11-27T10:00:00Z"),
        (timedelta(seconds=90), "0:01:30"),
        (float("inf"), "inf"),
        (("read", State.ACTIVE), ["read", "active"]),
        ({"read"}, ["read"]),
        ({State.ACTIVE: 3, 1: {Colour.RED: None}}, {"active": 3, "1": {"1": None}}),
        ("\ud800", "\ud800"),
    ],
)
def test_any_value_can_be_written(value: object, written: object, capsys: pytest.CaptureFixture[str]) -> None:
    log.event("sweep", "done", value=value)
    assert lines(capsys)[0]["value"] == written


@given(
    st.recursive(st.none() | st.floats() | st.text() | st.binary(), lambda each: st.lists(each) | st.sets(st.text()))
)
def test_a_line_is_json_whatever_it_holds(value: object) -> None:
    with redirect_stdout(io.StringIO()) as out:
        log.event("sweep", "done", value=value)
    [line] = out.getvalue().splitlines()
    assert json.loads(line, parse_constant=pytest.fail)["event"] == "sweep"


def test_a_line_goes_to_what_is_standard_output_at_that_time(capsys: pytest.CaptureFixture[str]) -> None:
    with redirect_stdout(io.StringIO()) as out:
        log.event("sweep", "within a request")
    log.event("sweep", "after it")
    assert json.loads(out.getvalue())["message"] == "within a request"
    assert [line["message"] for line in lines(capsys)] == ["after it"]


@pytest.mark.parametrize(
    ("level", "severities"),
    [
        ("DEBUG", ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]),
        ("INFO", ["INFO", "WARNING", "ERROR", "CRITICAL"]),
        ("CRITICAL", ["CRITICAL"]),
    ],
)
def test_what_is_less_severe_than_the_level_is_left_out(
    level: str, severities: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    log.configure(level)
    for severity in ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"):
        log.event("call", "made", severity=severity)
    assert [line["severity"] for line in lines(capsys)] == severities


def test_configuring_again_does_not_write_lines_twice(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    log.configure("INFO")
    log.configure("INFO")
    log.event("sweep", "done")
    assert len(lines(capsys)) == 1
    assert not caplog.records, "the root logger would write the line a second time"


def test_an_exception_is_one_line_with_its_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    logger = logging.getLogger("calendar_watch.reconciler.reconcile")
    try:
        json.loads("{")
    except ValueError:
        logger.exception("watch %s failed", "w", extra={"fields": {"watchId": "w"}})
    [line] = lines(capsys)
    assert (line["severity"], line["watchId"]) == ("ERROR", "w")
    assert line["message"].startswith("watch w failed\nTraceback (most recent call last):")
    assert "JSONDecodeError" in line["message"].splitlines()[-1]


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Cloud-Trace-Context": f"{TRACE}/1;o=1"},
        {"x-cloud-trace-context": TRACE.upper()},
        {"Traceparent": f"00-{TRACE}-b7ad6b7169203331-01"},
        {"X-Cloud-Trace-Context": "nonsense", "traceparent": f"00-{TRACE}-b7ad6b7169203331-01"},
    ],
)
def test_lines_of_a_request_carry_its_trace(headers: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    with log.trace(trace_of(Headers(headers)), "project"):
        log.event("sweep", "within")
    log.event("sweep", "outside")
    within, outside = lines(capsys)
    assert within[TRACE_FIELD] == f"projects/project/traces/{TRACE}"
    assert TRACE_FIELD not in outside


@pytest.mark.parametrize("value", ["", "/1;o=1", f"{TRACE}0", f"x{TRACE}", f"00-{TRACE}"])
def test_a_malformed_trace_is_left_out(value: str, capsys: pytest.CaptureFixture[str]) -> None:
    with log.trace(trace_of(Headers({"X-Cloud-Trace-Context": value, "traceparent": value})), "project"):
        log.event("sweep", "within")
    assert TRACE_FIELD not in lines(capsys)[0]


def fail_within_trace() -> None:
    with log.trace(trace_of(Headers({"X-Cloud-Trace-Context": TRACE})), "project"):
        raise LookupError


def test_a_failed_request_does_not_leave_its_trace_to_the_next(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(LookupError):
        fail_within_trace()
    log.event("sweep", "the next")
    assert TRACE_FIELD not in lines(capsys)[0]
