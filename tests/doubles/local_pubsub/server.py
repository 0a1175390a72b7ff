"""Pub/Sub on a loopback port: HTTP/1.1 in, real pushes out."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from tests.doubles.local_pubsub.pubsub import LocalPubSub
from tests.doubles.local_pubsub.rest import Answer, handle
from tests.doubles.local_pubsub.transport import Delivery, Transport, post_over_http
from tests.support.loopback import TICK_SECONDS, Handler, Listener

_PUSHERS = 16


@dataclass(frozen=True)
class Server:
    host: str
    """As PUBSUB_EMULATOR_HOST wants it: "host:port"."""
    pubsub: LocalPubSub


@contextmanager
def serve(pubsub: LocalPubSub | None = None, port: int = 0) -> Iterator[Server]:
    listener = _Listener(port, pubsub or LocalPubSub())
    with listener.running():
        yield Server(f"127.0.0.1:{listener.server_port}", listener.pubsub)


class _Listener(Listener):
    def __init__(self, port: int, pubsub: LocalPubSub) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.pubsub = pubsub
        self._transport = Transport(pubsub, post_over_http)

    def deliver(self) -> None:
        with ThreadPoolExecutor(_PUSHERS) as pushers:
            while not self.finished:
                self.news.clear()
                for delivery in self._transport.take_due():
                    pushers.submit(self._push, delivery)
                self.news.wait(TICK_SECONDS)
            pushers.shutdown(cancel_futures=True)

    def _push(self, delivery: Delivery) -> None:
        self._transport.deliver(delivery)
        self.news.set()


class _Handler(Handler):
    server: _Listener

    def _serve(self) -> None:
        answer = handle(self.server.pubsub, self.command, unquote(urlsplit(self.path).path), self.body())
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
