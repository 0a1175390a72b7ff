"""HTTP/1.1 on a loopback port, and deliveries beside it."""

import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

import requests

TICK_SECONDS = 0.05
"""How soon a redelivery leaves after it fell due; what is new leaves at once."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet

    def body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("content-length", 0)))

    def log_message(self, *_: Any) -> None:
        """Say nothing: what was asked for can be asked for."""


class Listener(ThreadingHTTPServer):
    """`deliver` runs in a thread of its own until `finished`; `news` says that there may be something to deliver."""

    request_queue_size = 128
    daemon_threads = False  # they are joined, so that no socket outlives the server

    def __init__(self, address: tuple[str, int], handler: type[Handler]) -> None:
        super().__init__(address, handler)
        self.news = Event()
        self.finished = False
        self._open: set[socket.socket] = set()

    def deliver(self) -> None:
        raise NotImplementedError

    @contextmanager
    def running(self) -> Iterator[None]:
        with self:
            threads = [Thread(target=self.serve_forever, args=(TICK_SECONDS,)), Thread(target=self.deliver)]
            for thread in threads:
                thread.start()
            try:
                yield
            finally:
                self._finish()
                for thread in threads:
                    thread.join()

    def _finish(self) -> None:
        self.finished = True
        self.news.set()
        self.shutdown()
        for connection in list(self._open):
            _hang_up(connection)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that was killed is no news."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)


def _hang_up(connection: socket.socket) -> None:
    """End a connection that its client would keep alive for ever."""
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # the client was quicker


def post(url: str, headers: Mapping[str, str], timeout: float, data: bytes = b"") -> int | None:
    """The receiver's status, or None if it could not be reached. No redirects; certificates have to be valid."""
    with requests.Session() as session:
        session.trust_env = False
        try:
            answer = session.post(url, data=data, headers=dict(headers), timeout=timeout, allow_redirects=False)
        except requests.RequestException:
            return None
        return answer.status_code
