"""The simulator on a loopback port: HTTP/1.1 in, real notifications out."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

from . import admin
from .call import Answer, Call
from .courier import Courier, post_over_http
from .simulator import CalendarSimulator

#: how soon a redelivery leaves after it fell due; what is new leaves at once
_TICK_SECONDS = 0.05


@dataclass(frozen=True)
class Server:
    url: str
    simulator: CalendarSimulator


@contextmanager
def serve(simulator: CalendarSimulator, port: int = 0, host: str = "127.0.0.1") -> Iterator[Server]:
    with _Listener((host, port), simulator) as listener:
        threads = [Thread(target=listener.serve_forever, args=(_TICK_SECONDS,)), Thread(target=listener.deliver)]
        for thread in threads:
            thread.start()
        try:
            yield Server(f"http://{host}:{listener.server_port}", simulator)
        finally:
            listener.finish()
            for thread in threads:
                thread.join()


class _Listener(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = False  # they are joined, so that no socket outlives the server

    def __init__(self, address: tuple[str, int], simulator: CalendarSimulator) -> None:
        super().__init__(address, _Handler)
        self.simulator = simulator
        self.courier = Courier(simulator, post_over_http)
        self.news = Event()
        self._finished = False
        self._open: set[socket.socket] = set()

    def deliver(self) -> None:
        while not self._finished:
            if not self.courier.deliver_due():
                self.news.wait(_TICK_SECONDS)
                self.news.clear()

    def finish(self) -> None:
        self._finished = True
        self.news.set()
        self.shutdown()
        for connection in list(self._open):
            _hang_up(connection)

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


class _Handler(BaseHTTPRequestHandler):
    server: _Listener
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet

    def _serve(self) -> None:
        call = Call.of(self.command, self.path, dict(self.headers), self._body())
        with self.server.simulator.lock:
            answer = admin.handle(self.server.simulator, call)
            if not answer.preceded_by:
                # Still under the lock, so that no notification overtakes the answer that caused it.
                self._write(answer)
        if answer.preceded_by:
            for delivery in answer.preceded_by:
                self.server.courier.deliver(delivery)
            self._write(answer)
        self.server.news.set()

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815 - http.server looks for these names

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("content-length", 0)))

    def _write(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.status != 204:
            self.send_header("content-length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)
        self.wfile.flush()

    def log_message(self, *_: Any) -> None:
        """Say nothing: the simulator keeps its own log of calls."""
