"""What an instance of `renew` holds while all its sweep threads read calendars of heavy events for the first time.

A real process. Google is a server that only sends bytes, so that all threads have a page at the same time.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

from tests.support.stack import Stack, call, until
from tests.tools.bench.row import Row, at_most

_THREADS, _EVENTS, _LETTERS, _NEVER = 16, 5_000, 7_500, 3600.0
_SETTINGS = {
    "SWEEP_THREADS": str(_THREADS),
    "SWEEP_SECONDS": "60",
    "SETTLE_SECONDS": "3600",
    "AUDIT_SECONDS": "0",
    "LOG_LEVEL": "WARNING",
}


def measure() -> Iterator[Row]:
    with _google() as root, Stack({**_SETTINGS, "CALENDAR_API_ROOT": root}, tick=_NEVER) as stack:
        asked = [{"resource": "events", "calendarId": f"{each}@example.com"} for each in range(_THREADS)]
        call("POST", f"{stack.watches.url}batch", {"requests": asked})
        until(lambda: _read(stack) == _THREADS, "all are read", 200)
        taken = stack.renew.peak_mebibytes()
    what = f"memory: {_THREADS} threads, each with {_EVENTS:,} events of 8 kB, gunicorn's master and worker"
    yield at_most(what, taken, 512, "{:.0f} MiB")


def _read(stack: Stack) -> int:
    """How many are, after another sweep."""
    call("POST", stack.renew.url)
    return sum(each["itemCount"] == _EVENTS for each in stack.api.list())


@contextmanager
def _google() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Calendars) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/calendar/v3"
        server.shutdown()


def _event(number: int) -> bytes:
    moment = "2026-11-20T09:00:00Z"
    event = {
        "id": f"{number:026}",
        "etag": f'"{number}"',
        "status": "confirmed",
        "summary": f"Meeting {number}",
        "description": "x" * _LETTERS,
        "created": moment,
        "updated": moment,
        "start": {"dateTime": moment},
        "end": {"dateTime": moment},
        "attendees": [{"email": f"user{each}@example.com"} for each in range(9)],
    }
    return json.dumps(event).encode()


class _Calendars(BaseHTTPRequestHandler):
    """All of them hold the same, and none can be watched."""

    protocol_version = "HTTP/1.1"
    events = tuple(map(_event, range(_EVENTS)))

    def do_GET(self) -> None:
        asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        first = int(asked.get("pageToken", 0))
        last = min(first + int(asked["maxResults"]), _EVENTS)
        token = f'"nextPageToken": "{last}"' if last < _EVENTS else '"nextSyncToken": "sync"'
        self._answer(200, f'{{"kind": "calendar#events", {token}, "items": ['.encode(), self.events[first:last], b"]}")

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        reason = "pushNotSupportedForRequestedResource"
        refusal = {"error": {"code": 400, "message": reason, "errors": [{"domain": "global", "reason": reason}]}}
        self._answer(400, json.dumps(refusal).encode(), (), b"")

    def _answer(self, status: int, head: bytes, items: tuple[bytes, ...], tail: bytes) -> None:
        body = b"".join((head, b",".join(items), tail))
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=UTF-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""
