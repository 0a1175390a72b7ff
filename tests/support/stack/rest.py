"""One HTTP request with JSON in and out, over a connection of its own: nobody here may be kept waiting by another."""

from typing import Any

import requests

_SECONDS = 120.0


class RefusedError(Exception):
    def __init__(self, response: requests.Response):
        super().__init__(f"{response.request.method} {response.url} answered {response.status_code}: {response.text}")
        self.status = response.status_code


def call(method: str, url: str, body: object = None, headers: dict[str, str] | None = None) -> requests.Response:
    with requests.Session() as session:
        session.trust_env = False  # no proxy stands between this machine and itself
        return session.request(method, url, json=body, headers=headers, timeout=_SECONDS)


def told(method: str, url: str, body: object = None, headers: dict[str, str] | None = None) -> Any:
    """Return the JSON of the answer. Raises RefusedError."""
    response = call(method, url, body, headers)
    if not response.ok:
        raise RefusedError(response)
    return response.json() if response.content else None
