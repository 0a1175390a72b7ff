"""Pub/Sub behind a `requests.Session`: real client code, virtual time, no socket."""

from io import BytesIO
from typing import Any
from urllib.parse import unquote, urlsplit

import requests
from requests.adapters import BaseAdapter

from tests.doubles.local_pubsub.pubsub import LocalPubSub
from tests.doubles.local_pubsub.rest import Answer, handle


class PubSubAdapter(BaseAdapter):
    """`session.mount(root, PubSubAdapter(pubsub))`. Pushes wait for a `Transport`."""

    def __init__(self, pubsub: LocalPubSub) -> None:
        super().__init__()
        self._pubsub = pubsub

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        content = request.body.encode() if isinstance(request.body, str) else request.body or b""
        path = unquote(urlsplit(request.url or "").path)
        answer = handle(self._pubsub, request.method or "GET", path, content)
        if answer is None:
            raise requests.ConnectionError("Pub/Sub hung up", request=request)
        return _response(request, answer)

    def close(self) -> None:
        pass


def _response(request: requests.PreparedRequest, answer: Answer) -> requests.Response:
    response = requests.Response()
    response.request = request
    response.url = request.url or ""
    response.status_code = answer.status
    response.headers["content-type"] = "application/json"
    response.raw = BytesIO(answer.content)
    return response
