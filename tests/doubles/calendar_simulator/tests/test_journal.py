"""What was done is done again at the next start."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest
import requests

from tests.doubles.calendar_simulator import CalendarSimulator, serve
from tests.doubles.calendar_simulator.journal import Journal

ALICE = "alice@example.com"


@contextmanager
def google(file: Path) -> Iterator[tuple[str, CalendarSimulator]]:
    journal = Journal(file)
    simulator = CalendarSimulator(journal.clock, random=Random(0), users=[ALICE])  # noqa: S311 - repeatable on purpose
    journal.do_again(simulator)
    with serve(simulator, journal=journal) as server:
        yield server.url, simulator


def told(method: str, url: str, body: object = None, token: str = "") -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    answer = requests.request(method, url, json=body, headers=headers, timeout=20)
    answer.raise_for_status()
    return answer.json() if answer.content else None


def test_calendars_rules_events_channels_and_tokens_are_as_they_were(tmp_path: Path) -> None:
    file = tmp_path / "journal"
    with google(file) as (url, simulator):
        scopes = ["https://www.googleapis.com/auth/calendar"]
        lent = told("POST", f"{url}/simulator/lend", {"subject": "bob@example.com", "scopes": scopes})["accessToken"]
        team = told("POST", f"{url}/calendar/v3/calendars", {"summary": "Team"}, lent)["id"]
        told("GET", f"{url}/calendar/v3/users/me/calendarList", token=lent)
        rule = {"role": "reader", "scope": {"type": "user", "value": ALICE}}
        told("POST", f"{url}/calendar/v3/calendars/{team}/acl", rule, lent)
        channel = {"id": "c-1", "type": "web_hook", "address": "http://127.0.0.1:1/", "params": {"ttl": "600"}}
        told("POST", f"{url}/calendar/v3/calendars/{team}/acl/watch", channel, lent)
        gone = told("POST", f"{url}/calendar/v3/calendars", {"summary": "Gone"})["id"]
        told("DELETE", f"{url}/calendar/v3/calendars/{gone}")
        rules = told("GET", f"{url}/calendar/v3/calendars/{team}/acl", token=lent)["items"]
        live = simulator.live_channels()
    with google(file) as (url, simulator):
        assert told("GET", f"{url}/calendar/v3/calendars/{team}/acl", token=lent)["items"] == rules
        assert simulator.live_channels() == live
        names = [
            each["summary"] for each in told("GET", f"{url}/calendar/v3/users/me/calendarList", token=lent)["items"]
        ]
        assert sorted(names) == ["Team", "bob@example.com"]
        told("POST", f"{url}/calendar/v3/calendars/{team}/acl", {**rule, "role": "writer"}, lent)
        assert told("POST", f"{url}/calendar/v3/calendars", {"summary": "Next"})["id"] not in {team, gone}


@pytest.mark.parametrize("whole", ["", '{"at": "2026-11-20T10:00:00+00:00"}\n'], ids=["the first", "a later one"])
def test_a_line_that_was_cut_short_counts_for_nothing_and_spoils_none_behind_it(tmp_path: Path, whole: str) -> None:
    file = tmp_path / "journal"
    file.write_text(f'{whole}{{"at": "2026-11-20T10:00:01+00:0')
    with google(file) as (url, simulator):
        assert simulator.calls == []
        team = told("POST", f"{url}/calendar/v3/calendars", {"summary": "Team"})["id"]
    with google(file) as (url, _):
        assert told("GET", f"{url}/calendar/v3/calendars/{team}")["summary"] == "Team"
