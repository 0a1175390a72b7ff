"""A person at work: calls the simulator in process, as somebody, and insists on answers that Google could give."""

import json
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

from . import instances, times
from .call import Answer, Call
from .discovery import check_answer
from .errors import ApiError
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
        self._scopes = scopes

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
        self.share_with(calendar_id, "user", email, role)

    def share_with(self, calendar_id: str, kind: str, value: str | None, role: str) -> None:
        """With a user, a group, a domain or, as `default`, with everybody."""
        scope = {"type": kind, **({"value": value} if value else {})}
        self.post(f"calendars/{quote(calendar_id)}/acl", {"role": role, "scope": scope})

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
        self.delete_event(calendar_id, instances.id_of(series_id, original_start))
        return self._simulator.office.instance_id(self.email, calendar_id, series_id, original_start)

    def move_instance(self, calendar_id: str, series_id: str, original_start: date, start: date, end: date) -> str:
        """Return the id of the instance."""
        path = f"{_events(calendar_id)}/{instances.id_of(series_id, original_start)}"
        moved: str = self.patch(path, {"start": times.spelled(start), "end": times.spelled(end)})["id"]
        return moved

    def split(self, calendar_id: str, series_id: str, at: date) -> str:
        """Change 'this and following': return the id of the series that goes on."""
        with self._simulator.lock:
            try:
                return self._simulator.office.split(self.email, calendar_id, series_id, at)
            except ApiError as error:
                raise Refusal(error.status, error.detail) from None

    def move_event(self, calendar_id: str, event_id: str, destination: str) -> None:
        self.post(f"{_events(calendar_id)}/{event_id}/move?destination={quote(destination)}", {})

    def _call(self, method: str, path: str, body: object = None) -> Any:
        headers = {"Authorization": f"Bearer {self._token}"}
        text = b"" if body is None else json.dumps(body).encode()
        with self._simulator.lock:
            self._simulator.register_token(self._token, self.email, self._scopes)  # again, lest a reset forgot it
            return self._checked(self._sent(Call.of(method, f"/calendar/v3/{path}", headers, text)))

    def _sent(self, call: Call) -> Answer:
        return self._simulator.perform(call)

    def _checked(self, answer: Answer) -> Any:
        if answer.status >= 400:
            raise Refusal(answer.status, _detail(answer.body))
        value: Any = json.loads(answer.body or b"null")
        if self._simulator.quirks.ever_on:
            return value  # which may be what no document has
        check_answer(self._simulator.calls[-1].method_id or "", value)
        return value


def _detail(body: bytes) -> dict[str, str]:
    """Return what is said of the first error; not every refusal is JSON, or says why."""
    try:
        return dict(json.loads(body)["error"]["errors"][0])
    except (ValueError, KeyError, TypeError):
        return {"reason": "", "message": body.decode()}


class Client(Actor):
    """A program: quirks refuse its calls, too, and what reaches it is counted."""

    def _sent(self, call: Call) -> Answer:
        return self._simulator.handle(call)


class Witness(Actor):
    """Looks at Google's own pages, which show the truth whatever quirks are on."""

    def __init__(self, simulator: CalendarSimulator, email: str, scopes: tuple[str, ...] = (_EVERYTHING,)) -> None:
        super().__init__(simulator, email, scopes)
        simulator.office.meet(email)

    def get(self, path: str) -> Any:
        with self._simulator.lock, self._simulator.quirks.paused():
            return super().get(path)


def _events(calendar_id: str) -> str:
    return f"calendars/{quote(calendar_id)}/events"
