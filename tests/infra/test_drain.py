"""Leaving ends every watch, whatever follows what, and waits until all have ended."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest

from infra.tools.drain import drain
from infra.tools.service import RefusedError, Watches


class Service(BaseHTTPRequestHandler):
    """As `watches` answers: two to a page; a deleted watch needs a moment; the child is held until its parent ends."""

    states: ClassVar[dict[str, str]] = {}

    def do_GET(self) -> None:
        match = re.search(r"pageToken=(\d+)", self.path)
        start = int(match[1]) if match else 0
        page = [{"id": name, "state": state} for name, state in list(self.states.items())[start : start + 2]]
        more = {"nextPageToken": str(start + 2)} if start + 2 < len(self.states) else {}
        if not more:
            self.states.update({name: "stopped" for name, state in self.states.items() if state == "stopping"})
        self.answer(200, {"watches": page, **more})

    def do_DELETE(self) -> None:
        name = self.path.strip("/")
        if name == "child" and self.states["parent"] not in {"stopping", "stopped"}:
            self.answer(409, {})
            return
        self.states[name] = "stopping"
        self.answer(202, {"id": name, "state": "stopping"})

    def answer(self, status: int, content: object) -> None:
        if self.headers["Authorization"] != "Bearer token":
            status = 403
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(content).encode())

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Service) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def test_every_watch_has_ended_afterwards_and_how_far_it_is_was_told(capsys: pytest.CaptureFixture[str]) -> None:
    Service.states = {"child": "active", "parent": "active", "ended": "stopped", "refused": "suspended"}
    with serving() as url:
        assert drain(lambda: Watches(url, "token"), pause=0) == 0
    assert set(Service.states.values()) == {"stopped"}
    told = capsys.readouterr().out.splitlines()
    assert told[:2] == ["3 watches left", "3 of 3 asked to end"]
    assert told[-1] == "no watch is left"


def test_who_is_not_let_in_is_told_how_to_be() -> None:
    with serving() as url, pytest.raises(RefusedError, match="403: log in with `gcloud auth login`"):
        drain(lambda: Watches(url, "wrong"), pause=0)
