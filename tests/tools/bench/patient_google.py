"""A Google that takes its time over listings, and notes when it showed whose; none of its calendars can be watched."""

import json
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

from tests.support.loopback import Handler

_RULE = {"id": "user:alice@example.com", "role": "owner", "scope": {"type": "user", "value": "alice@example.com"}}
_RULES = json.dumps(
    {"kind": "calendar#acl", "etag": '"1"', "items": [{"kind": "calendar#aclRule", "etag": '"1"'} | _RULE]}
)
_REASON = "pushNotSupportedForRequestedResource"
_REFUSAL = json.dumps({"error": {"code": 400, "message": _REASON, "errors": [{"domain": "global", "reason": _REASON}]}})


class PatientGoogle(ThreadingHTTPServer):
    """`listed`: when each calendar's rules were shown, by its id."""

    daemon_threads = True

    def __init__(self, seconds: float):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.seconds = seconds
        self.listed: defaultdict[str, list[float]] = defaultdict(list)
        self.lock = threading.Lock()

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/calendar/v3"

    def note(self, calendar: str) -> None:
        with self.lock:
            self.listed[calendar].append(time.monotonic())


@contextmanager
def serving(seconds: float) -> Iterator[PatientGoogle]:
    with PatientGoogle(seconds) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


class _Handler(Handler):
    server: PatientGoogle

    def _list(self) -> None:
        time.sleep(self.server.seconds)
        self._answer(200, _RULES)
        self.server.note(unquote(urlsplit(self.path).path).split("/")[-2])

    def _refuse(self) -> None:
        self.body()
        self._answer(400, _REFUSAL)

    do_GET, do_POST = _list, _refuse  # noqa: N815 - http.server looks for these names

    def _answer(self, status: int, body: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=UTF-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())
