"""The simulator on a loopback port: HTTP/1.1 in, real notifications out."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass

from . import admin
from .call import Answer, Call
from .journal import Journal
from .loopback import TICK_SECONDS, Handler, Listener
from .simulator import CalendarSimulator
from .transport import Transport, post_over_http


@dataclass(frozen=True)
class Server:
    url: str
    simulator: CalendarSimulator


@contextmanager
def serve(
    simulator: CalendarSimulator, port: int = 0, host: str = "127.0.0.1", journal: Journal | None = None
) -> Iterator[Server]:
    listener = _Listener((host, port), simulator, journal)
    with listener.running():
        yield Server(f"http://{host}:{listener.server_port}", simulator)


class _Listener(Listener):
    def __init__(self, address: tuple[str, int], simulator: CalendarSimulator, journal: Journal | None) -> None:
        super().__init__(address, _Handler)
        self.simulator = simulator
        self.journal = journal
        self.transport = Transport(simulator, post_over_http)

    def deliver(self) -> None:
        while not self.finished:
            if not self.transport.deliver_due():
                self.news.wait(TICK_SECONDS)
                self.news.clear()


class _Handler(Handler):
    server: _Listener

    def _serve(self) -> None:
        call = Call.of(self.command, self.path, dict(self.headers), self.body())
        with self.server.simulator.lock:
            with self.server.journal.noting(call) if self.server.journal else nullcontext():
                answer = admin.handle(self.server.simulator, call)
            if not answer.preceded_by and not answer.seconds:
                # Still under the lock, so that no notification overtakes the answer that caused it.
                self._write(answer)
        if answer.preceded_by or answer.seconds:
            time.sleep(answer.seconds)
            for delivery in answer.preceded_by:
                self.server.transport.deliver(delivery)
            self._write(answer)
        self.server.news.set()

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815 - http.server looks for these names

    def _write(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.status != 204:
            self.send_header("content-length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)
        self.wfile.flush()
