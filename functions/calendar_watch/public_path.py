"""A message to NOTIFICATION_URL, as Google would send it, and what is answered: by whomever."""

import json
from collections.abc import Mapping
from itertools import islice

import requests

from calendar_watch.errors import TryLaterError
from calendar_watch.model.check import DATABASE_HEADER, VERSION_HEADER, PublicAnswer

_SECONDS = (4.0, 5.0)
"""To connect, and for each read."""
_CHUNK, _MOST_CHUNKS = 4096, 16
"""Bytes of a body, and how often, that are read of whatever answers."""
_LONGEST_TEXT = 200


def notify(session: requests.Session, url: str, channel_id: str, token: str) -> PublicAnswer:
    """Follows no redirect, as Google follows none. Raises TryLaterError when no answer comes."""
    headers = {"X-Goog-Channel-ID": channel_id, "X-Goog-Channel-Token": token, "X-Goog-Resource-State": "exists"}
    try:
        with session.post(url, headers=headers, timeout=_SECONDS, allow_redirects=False, stream=True) as response:
            return _answer(response)
    except requests.RequestException as exception:
        raise TryLaterError(f"no answer: {type(exception).__name__}") from None


def _answer(response: requests.Response) -> PublicAnswer:
    told: Mapping[str, str] = response.headers
    return PublicAnswer(
        status=response.status_code,
        location=told.get("Location", "")[:_LONGEST_TEXT],
        problem=_problem(response),
        version=told.get(VERSION_HEADER, "")[:_LONGEST_TEXT],
        database=told.get(DATABASE_HEADER, "")[:_LONGEST_TEXT],
    )


def _problem(response: requests.Response) -> str:
    if response.headers.get("Content-Type") != "application/problem+json":
        return ""
    try:
        kind = json.loads(b"".join(islice(response.iter_content(_CHUNK), _MOST_CHUNKS)))["type"]
    except (ValueError, LookupError, TypeError):
        return ""
    return str(kind).rpartition(":")[2] if str(kind).startswith("urn:calendarwatch:problem:") else ""
