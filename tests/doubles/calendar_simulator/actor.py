"""A person at work: calls the simulator in process, as somebody, and insists on answers that Google could give."""

import json
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

from . import instances, times
from .call import Answer, Call
from .discovery import check_answer
from .simulator import CalendarSimulator

_EVERYTHING = "https://www.googleapis.com/auth/calendar"


class Refusal(Exception):  # noqa: N818 - an answer, not a mistake
    """The API said no."""

    def __init__(self, status: int, detail: dict[str, str]) -> None:
        super().__init__(f"{status} {detail['reason']}: {detail['message']}")
        self.status = status
        self.reason = detail["reason"]
        self.detail = detail


class Actor:
    def __init__(self, simulator: CalendarSimulator, email: str, scopes: tuple[str, ...] = (_EVERYTHING,)) -> None:
        self.email = email
        self._simulator = simulator
        self._token = f"token of {email} for {' '.join(scopes)}"
        simulator.register_token(self._token, email, scopes)

    def get(self, path: str) -> Any:
        return self._call("GET", path)

    def post(self, path: str, body: object) -> Any:
        return self._call("POST", path, body)

    def put(self, path: str, body: object) -> Any:
        return self._call("PUT", path, body)

    def patch(self, path: str, body: object) -> Any:
        return self._call("PATCH", path, body)

    def delete(self, path: str) -> Any:
        return self._call("DELETE", path)

    def create_calendar(self, summary: str) -> str:
        """Return its id."""
        created: str = self.post("calendars", {"summary": summary})["id"]
        return created

    def share(self, calendar_id: str, email: str, role: str) -> None:
        self.post(f"calendars/{quote(calendar_id)}/acl", {"role": role, "scope": {"type": "user", "value": email}})

    def create_event(self, calendar_id: str, summary: str, **fields: Any) -> str:
        """Return its id. Unless `fields` say otherwise, it takes the hour that begins now."""
        now = self._simulator.now()
        hour = {"start": times.spelled(now), "end": times.spelled(now + timedelta(hours=1))}
        created: str = self.post(_events(calendar_id), {**hour, "summary": summary, **fields})["id"]
        return created

    def change_event(self, calendar_id: str, event_id: str, **fields: Any) -> None:
        self.patch(f"{_events(calendar_id)}/{event_id}", fields)

    def delete_event(self, calendar_id: str, event_id: str) -> None:
        self.delete(f"{_events(calendar_id)}/{event_id}")

    def cancel_instance(self, calendar_id: str, series_id: str, original_start: date) -> str:
        """Return the id of the instance."""
        instance_id = instances.id_of(series_id, original_start)
        self.delete_event(calendar_id, instance_id)
        return instance_id

    def move_instance(self, calendar_id: str, series_id: str, original_start: date, start: date, end: date) -> str:
        """Return the id of the instance."""
        instance_id = instances.id_of(series_id, original_start)
        self.change_event(calendar_id, instance_id, start=times.spelled(start), end=times.spelled(end))
        return instance_id

    def _call(self, method: str, path: str, body: object = None) -> Any:
        headers = {"Authorization": f"Bearer {self._token}"}
        text = b"" if body is None else json.dumps(body).encode()
        with self._simulator.lock:
            return self._checked(self._simulator.handle(Call.of(method, f"/calendar/v3/{path}", headers, text)))

    def _checked(self, answer: Answer) -> Any:
        value: Any = json.loads(answer.body or b"null")
        if answer.status >= 400:
            raise Refusal(answer.status, value["error"]["errors"][0])
        check_answer(self._simulator.calls[-1].method_id or "", value)
        return value


def _events(calendar_id: str) -> str:
    return f"calendars/{quote(calendar_id)}/events"
