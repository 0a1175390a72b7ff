"""Google's clock, by whatever Google answers."""

from datetime import UTC, datetime, timedelta

import pytest
import requests

from calendar_watch.calendar_api.clock import google_time
from calendar_watch.errors import TryLaterError
from tests.doubles.scripted_http import Reply, in_order

ROOT = "https://www.googleapis.com/calendar/v3"


def told(reply: Reply | Exception) -> datetime:
    with requests.Session() as session:
        session.mount("https://", in_order(reply))
        return google_time(session, ROOT)


def test_a_404_tells_the_time_too() -> None:
    at = told(Reply(404, headers={"Date": "Fri, 27 Nov 2026 10:00:00 GMT"}))
    assert at - datetime(2026, 11, 27, 10, tzinfo=UTC) == timedelta()


@pytest.mark.parametrize("date", ["soon", "", "Fri, 27 Nov 2026 10:00:00 GMT, Fri, 27 Nov 2026 10:00:00 GMT"])
def test_a_date_that_is_none_tells_nothing(date: str) -> None:
    with pytest.raises(TryLaterError, match="no date"):
        told(Reply(404, headers={"Date": date}))


@pytest.mark.parametrize("reply", [Reply(404), requests.ReadTimeout()])
def test_where_no_time_is_told_none_is_known(reply: Reply | Exception) -> None:
    with pytest.raises(TryLaterError):
        told(reply)
