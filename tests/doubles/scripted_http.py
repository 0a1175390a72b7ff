"""A network of one function: what a `requests` session sends is kept, and answered from here."""

import io
import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from requests.adapters import BaseAdapter


@dataclass(frozen=True)
class Reply:
    status: int = 200
    body: object = None
    """Bytes as they are, None for none, anything else as JSON."""
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self, request: requests.PreparedRequest) -> requests.Response:
        response = requests.Response()
        response.status_code = self.status
        response.reason = HTTPStatus(self.status).phrase
        response.headers.update(self.headers)
        response.raw = io.BytesIO(self._bytes())
        response.request = request
        response.url = request.url or ""
        return response

    def _bytes(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return b"" if self.body is None else json.dumps(self.body).encode()


class ScriptedHttp(BaseAdapter):
    """Thread-safe. `answer` gives a reply to a request, or an exception to raise in its place."""

    def __init__(self, answer: Callable[[requests.PreparedRequest], Reply | Exception]) -> None:
        super().__init__()
        self._answer = answer
        self._lock = threading.Lock()
        self.requests: list[requests.PreparedRequest] = []
        self.timeouts: list[Any] = []

    def send(self, request: requests.PreparedRequest, *_: Any, timeout: Any = None, **__: Any) -> requests.Response:
        with self._lock:
            self.requests.append(request)
            self.timeouts.append(timeout)
            reply = self._answer(request)
        if isinstance(reply, Exception):
            raise reply
        return reply.response(request)

    def close(self) -> None:
        pass


def in_order(*replies: Reply | Exception) -> ScriptedHttp:
    rest = iter(replies)
    return ScriptedHttp(lambda _request: next(rest))


def path_of(request: requests.PreparedRequest) -> str:
    return urlsplit(request.url or "").path


def query_of(request: requests.PreparedRequest) -> dict[str, list[str]]:
    return parse_qs(urlsplit(request.url or "").query)


def json_of(request: requests.PreparedRequest) -> Any:
    return json.loads(request.body) if request.body else None
