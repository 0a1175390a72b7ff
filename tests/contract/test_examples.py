"""The examples in /openapi.json are what was answered, to every operation and with every status that there is."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from calendar_watch.http import openapi
from tests.api import documented
from tests.tools.documents import examples

RECORDED = json.loads(Path("functions/calendar_watch/http/examples.json").read_text())
OPERATIONS = {
    f"{method.upper()} {path}": operation
    for path, methods in openapi.document()["paths"].items()
    for method, operation in methods.items()
}
NOT_RECORDED = {
    "GET /openapi.json 200": "it would hold itself",
    "GET /console 200": "is a page for people: tests/api/test_console.py",
    "POST /checks 200": "takes a whole deployment: tests/api/test_checks.py",
    **{f"{each} 500": "needs wrong settings: tests/api/test_outages.py, for each operation" for each in OPERATIONS},
    "POST /checks 500": "needs a defect: with wrong settings it is a 200",
    **{
        f"{name} 503": "needs Firestore to be away: tests/api/test_outages.py, for each operation that reads there"
        for name, operation in OPERATIONS.items()
        if "503" in operation["responses"]
    },
}


def test_they_are_what_is_answered() -> None:
    assert examples.recorded() == RECORDED, "make documents"


def test_every_documented_status_of_every_operation_was_answered_or_it_is_said_why_not() -> None:
    said = {f"{name} {status}" for name, operation in OPERATIONS.items() for status in operation["responses"]}
    answered = {f"{name} {status}" for name, answers in RECORDED.items() for status in answers if status != "body"}
    assert said - answered == NOT_RECORDED.keys()


def contents() -> Iterator[Any]:
    for operation in OPERATIONS.values():
        bodies = [operation["requestBody"]] if "requestBody" in operation else []
        for each in (*bodies, *operation["responses"].values()):
            yield from each["content"].values()


def test_all_are_shown_and_fit_what_they_are_examples_of() -> None:
    shown = [each for each in contents() if "example" in each]
    assert len(shown) == sum(map(len, RECORDED.values()))
    for each in shown:
        documented.validator_of(each["schema"]).validate(each["example"])
