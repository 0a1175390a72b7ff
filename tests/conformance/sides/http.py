"""One request over `requests`, read into a value."""

from collections.abc import Mapping

import requests

from tests.conformance.exchange import Asked, Reply


def perform(session: requests.Session, root: str, asked: Asked, headers: Mapping[str, str], seconds: float) -> Reply:
    try:
        response = session.request(
            asked.method,
            root + asked.path,
            params=asked.query,
            json=asked.body,
            headers={"User-Agent": "calendar-watch-conformance (gzip)", **headers},
            timeout=seconds,
            allow_redirects=False,
        )
    except requests.RequestException:
        return Reply(0)
    return read(response)


def read(response: requests.Response) -> Reply:
    headers = {name.lower(): value for name, value in response.headers.items()}
    try:
        return Reply(response.status_code, response.json() if response.content else None, headers)
    except requests.JSONDecodeError:
        return Reply(response.status_code, None, headers)
