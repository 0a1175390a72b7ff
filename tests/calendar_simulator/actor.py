"""A person at work: calls the simulator in process, as somebody, and insists on answers that Google could give."""

import json
from typing import Any
from urllib.parse import quote

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
