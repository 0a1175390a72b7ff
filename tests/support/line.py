"""The line between us and the simulated Google, where a test may cut in."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import requests
from requests import PreparedRequest, Response

from tests.doubles.calendar_simulator import SimulatorAdapter

Send = Callable[[], Response]
Cut = Callable[[PreparedRequest, Send], Response]


class Death(BaseException):
    """The process ends here: nothing that would clean up may run."""


class Line(SimulatorAdapter):
    """`with line.cut("POST", "/watch", lost): …` meddles with every such call within."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._cuts: list[tuple[str, str, Cut]] = []

    @contextmanager
    def cut(self, method: str, ending: str, how: Cut) -> Iterator[None]:
        entry = (method, ending, how)
        self._cuts.append(entry)
        try:
            yield
        finally:
            self._cuts.remove(entry)

    def send(self, request: PreparedRequest, *args: Any, **options: Any) -> Response:
        path = (request.url or "").partition("?")[0]
        for method, ending, how in list(self._cuts):
            if request.method == method and path.endswith(ending):
                return how(request, lambda: super(Line, self).send(request, *args, **options))
        return super().send(request, *args, **options)


def lost(_request: PreparedRequest, send: Send) -> Response:
    """It took effect, but nobody will know."""
    send()
    raise requests.ReadTimeout("the answer is lost")


def dead_before(_request: PreparedRequest, _send: Send) -> Response:
    raise Death


def dead_after(_request: PreparedRequest, send: Send) -> Response:
    send()
    raise Death


def refused(status: int, reason: str, **headers: str) -> Cut:
    error = {"errors": [{"domain": "global", "reason": reason, "message": f"because of {reason}"}], "code": status}
    return answered(status, {"error": {**error, "message": f"because of {reason}"}}, headers)


def answered(status: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Cut:
    return said(status, json.dumps(body).encode(), {"Content-Type": "application/json", **(headers or {})})


def said(status: int, content: bytes, headers: Mapping[str, str]) -> Cut:
    def answer(request: PreparedRequest, _send: Send) -> Response:
        response = Response()
        response.request, response.status_code, response.url = request, status, request.url or ""
        response.headers.update(headers)
        response._content = content  # noqa: SLF001 (what a stream would have filled)
        return response

    return answer


def slow(pause: Callable[[], object]) -> Cut:
    """`pause` is what happens while Google takes its time, before the call takes effect."""

    def answer(_request: PreparedRequest, send: Send) -> Response:
        pause()
        return send()

    return answer


def late(pause: Callable[[], object]) -> Cut:
    """`pause` is what happens after the call took effect and before we hear of it."""

    def answer(_request: PreparedRequest, send: Send) -> Response:
        response = send()
        pause()
        return response

    return answer
