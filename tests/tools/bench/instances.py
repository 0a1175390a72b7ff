"""Several instances of `renew` behind one address, as the platform runs them."""

import http.client
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from http.server import ThreadingHTTPServer
from urllib.parse import urlsplit

from tests.support.loopback import Handler
from tests.support.stack import Function, Stack

_SECONDS = 600.0


class Balancer(ThreadingHTTPServer):
    """Whoever of `instances` has least to do takes the next request; where nobody is, or one dies with it, `503`."""

    daemon_threads = True

    def __init__(self, instances: Sequence[Function]):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.instances = instances
        self._busy = {each.url: 0 for each in instances}
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"

    @property
    def busy(self) -> int:
        """Requests under way."""
        with self._lock:
            return sum(self._busy.values())

    def status(self, path: str, body: bytes) -> int:
        for url in self._least_busy():
            try:
                return self._asked(url, path, body)
            except ConnectionRefusedError:
                continue
        return 503

    def _least_busy(self) -> list[str]:
        with self._lock:
            return sorted((each.url for each in self.instances), key=self._busy.__getitem__)

    def _asked(self, url: str, path: str, body: bytes) -> int:
        with self._at_work(url):
            connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=_SECONDS)
            try:
                connection.request("POST", path, body, {"Content-Type": "application/json"})
                return connection.getresponse().status
            except ConnectionRefusedError:
                raise
            except (OSError, http.client.HTTPException):
                return 503
            finally:
                connection.close()

    @contextmanager
    def _at_work(self, url: str) -> Iterator[None]:
        self._count(url, 1)
        try:
            yield
        finally:
            self._count(url, -1)

    def _count(self, url: str, more: int) -> None:
        with self._lock:
            self._busy[url] += more


class _Handler(Handler):
    server: Balancer

    def _pass_on(self) -> None:
        self.send_response(self.server.status(self.path, self.body()))
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_POST = _pass_on  # noqa: N815 - http.server looks for this name


@contextmanager
def balanced(stack: Stack, number: int, source: str) -> Iterator[Balancer]:
    """So many instances of another file, with the settings of the stack's functions."""
    with ExitStack() as running:
        instances = [_started(stack, each, source, running) for each in range(number)]
        for each in instances:
            each.wait()
        balancer = running.enter_context(Balancer(instances))
        threading.Thread(target=balancer.serve_forever, daemon=True).start()
        running.callback(balancer.shutdown)
        yield balancer


def _started(stack: Stack, number: int, source: str, running: ExitStack) -> Function:
    logs = stack.logs / f"instance{number}"
    logs.mkdir()
    instance = Function("renew", next(stack.ports), stack.environment, logs, source)
    running.callback(instance.kill)
    instance.start()
    return instance
