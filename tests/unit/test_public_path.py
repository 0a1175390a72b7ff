"""What answers at NOTIFICATION_URL may be anybody, and say anything."""

import pytest
import requests

from calendar_watch import public_path
from calendar_watch.errors import TryLaterError
from calendar_watch.model.check import DATABASE_HEADER, VERSION_HEADER, PublicAnswer
from tests.doubles.scripted_http import Reply, ScriptedHttp, in_order

URL = "https://notifications.example.com/"
PROBLEM = {"Content-Type": "application/problem+json"}
FORBIDDEN = {"type": "urn:calendarwatch:problem:forbidden"}


def answer_of(reply: Reply | Exception) -> tuple[PublicAnswer, ScriptedHttp]:
    http = in_order(reply)
    with requests.Session() as session:
        session.mount("https://", http)
        return public_path.notify(session, URL, "c-1", "token"), http


def test_the_message_is_one_of_googles_and_needs_no_identity() -> None:
    answer, http = answer_of(Reply(204, headers={VERSION_HEADER: "1", DATABASE_HEADER: "d"}))
    [request] = http.requests
    assert (request.method, request.url) == ("POST", URL)
    assert (request.headers["X-Goog-Channel-ID"], request.headers["X-Goog-Channel-Token"]) == ("c-1", "token")
    assert "Authorization" not in request.headers
    assert answer == PublicAnswer(204, version="1", database="d")


def test_a_redirect_is_told_and_not_followed() -> None:
    answer, http = answer_of(Reply(308, headers={"Location": "https://elsewhere.example.com/"}))
    assert answer == PublicAnswer(308, location="https://elsewhere.example.com/")
    assert len(http.requests) == 1


@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        (Reply(403, FORBIDDEN, PROBLEM), "forbidden"),
        (Reply(403, FORBIDDEN, {"Content-Type": "application/json"}), ""),
        (Reply(403, {"type": "about:blank"}, PROBLEM), ""),
        (Reply(403, ["forbidden"], PROBLEM), ""),
        (Reply(403, b"<html>", PROBLEM), ""),
        (Reply(403, {"type": FORBIDDEN["type"], "x": "x" * 100_000}, PROBLEM), ""),
        (Reply(403, b"<html>403"), ""),
    ],
)
def test_only_a_problem_of_ours_is_taken_for_one(reply: Reply, problem: str) -> None:
    assert answer_of(reply)[0] == PublicAnswer(403, problem=problem)


def test_where_nobody_answers_that_is_an_error() -> None:
    with pytest.raises(TryLaterError, match="ConnectTimeout"):
        answer_of(requests.ConnectTimeout())
