"""Pub/Sub on a loopback port: HTTP/1.1 in, real pushes out."""

import socket
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from urllib.parse import unquote, urlsplit

from tests.local_pubsub.courier import Courier, Delivery, post_over_http
from tests.local_pubsub.pubsub import LocalPubSub
from tests.local_pubsub.rest import Answer, handle

_TICK_SECONDS = 0.05
"""How soon a redelivery leaves after it fell due; what is new leaves at once."""
_PUSHERS = 8


@dataclass(frozen=True)
class Server:
    host: str
    """As PUBSUB_EMULATOR_HOST wants it: "host:port"."""
    pubsub: LocalPubSub


@contextmanager
def serve(pubsub: LocalPubSub | None = None, port: int = 0) -> Iterator[Server]:
    with _Listener(port, pubsub or LocalPubSub()) as listener:
        threads = [Thread(target=listener.serve_forever, args=(_TICK_SECONDS,)), Thread(target=listener.push)]
        for thread in threads:
            thread.start()
        try:
            yield Server(f"127.0.0.1:{listener.server_port}", listener.pubsub)
        finally:
            listener.finish()
            for thread in threads:
                thread.join()


class _Listener(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = False  # they are joined, so that no socket outlives the server

    def __init__(self, port: int, pubsub: LocalPubSub) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.pubsub = pubsub
        self.news = Event()
        self._courier = Courier(pubsub, post_over_http)
        self._finished = False
        self._open: set[socket.socket] = set()

    def push(self) -> None:
        with ThreadPoolExecutor(_PUSHERS) as pushers:
            while not self._finished:
                self.news.clear()
                for delivery in self._courier.take_due():
                    pushers.submit(self._deliver, delivery)
                self.news.wait(_TICK_SECONDS)
            pushers.shutdown(cancel_futures=True)

    def _deliver(self, delivery: Delivery) -> None:
        self._courier.deliver(delivery)
        self.news.set()

    def finish(self) -> None:
        self._finished = True
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


class _Handler(BaseHTTPRequestHandler):
    server: _Listener
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet

    def _serve(self) -> None:
        content = self.rfile.read(int(self.headers.get("content-length", 0)))
        answer = handle(self.server.pubsub, self.command, unquote(urlsplit(self.path).path), content)
        if answer is None:
            self.close_connection = True
            return
        self._write(answer)
        self.server.news.set()

    do_GET = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815 - http.server looks for these names

    def _write(self, answer: Answer) -> None:
        self.send_response(answer.status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(answer.content)))
        self.end_headers()
        self.wfile.write(answer.content)
        self.wfile.flush()

    def log_message(self, *_: Any) -> None:
        """Say nothing: what was published can be asked for."""
