"""The simulator behind a `requests.Session`: real client code, virtual time, no socket."""

from collections.abc import Mapping
from io import BytesIO
from typing import Any

from requests import PreparedRequest, Response
from requests.adapters import BaseAdapter
from requests.exceptions import ReadTimeout
from requests.structures import CaseInsensitiveDict
from requests.utils import get_encoding_from_headers

from . import admin
from .call import Answer, Call, Delivery
from .simulator import CalendarSimulator
from .transport import Post, Transport


def _nobody(_: Delivery) -> int | None:
    return None


class SimulatorAdapter(BaseAdapter):
    """`session.mount(root, SimulatorAdapter(simulator))`.

    `post` receives the messages that precede an answer (option `sync="before"`); all others wait in the simulator
    for a `Transport`.
    """

    def __init__(self, simulator: CalendarSimulator, post: Post = _nobody) -> None:
        super().__init__()
        self._simulator = simulator
        self._transport = Transport(simulator, post)

    def send(self, request: PreparedRequest, *_: Any, timeout: Any = None, **__: Any) -> Response:
        with self._simulator.lock:
            answer = admin.handle(self._simulator, _call(request))
        for delivery in answer.preceded_by:
            self._transport.deliver(delivery)
        longest = timeout[1] if isinstance(timeout, tuple) else timeout
        if longest is not None and answer.seconds > longest:
            raise ReadTimeout(f"read timed out after {longest} s")
        return _response(request, answer)

    def close(self) -> None:
        pass


def _call(request: PreparedRequest) -> Call:
    body = request.body.encode() if isinstance(request.body, str) else request.body
    headers: Mapping[str, str] = {name: str(value) for name, value in request.headers.items()}
    return Call.of(request.method or "GET", request.url or "", headers, body or b"")


def _response(request: PreparedRequest, answer: Answer) -> Response:
    response = Response()
    response.request = request
    response.url = request.url or ""
    response.status_code = answer.status
    response.headers = CaseInsensitiveDict(answer.headers)
    response.encoding = get_encoding_from_headers(response.headers)
    response.raw = BytesIO(answer.body)
    return response
