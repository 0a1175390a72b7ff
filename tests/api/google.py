"""The Calendar simulator behind a real socket, whose messages leave when the test says so."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Event, Thread
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug import Request, Response
from werkzeug.http import http_date
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.doubles.calendar_simulator import Actor, CalendarSimulator, Call, Delivery, Transport
from tests.doubles.calendar_simulator import Options as SimulatorOptions
from tests.doubles.calendar_simulator.channels import Channel

ALICE = "alice@example.com"
BOB = "bob@example.com"
_LONGEST = 15.0
"""Seconds: less than a call may take."""


class Google:
    """A first message precedes the answer to `watch`, so that what is opened is confirmed at once."""

    def __init__(self, post: Callable[[Delivery], int], **options: Any) -> None:
        self.simulator = CalendarSimulator(
            lambda: datetime.now(UTC), options=SimulatorOptions(**{"sync": "before", **options})
        )
        self.alice, self.bob = Actor(self.simulator, ALICE), Actor(self.simulator, BOB)
        self.bodies: list[tuple[str, Any]] = []
        """Of everything posted: the end of its path, and the JSON."""
        self._transport = Transport(self.simulator, post)
        self._refusals: dict[str, tuple[int, str]] = {}
        self._held: dict[str, Event] = {}
        self.waiting = 0
        """Calls that were held so far."""

    def deliver(self) -> int:
        """Deliver every message that is due, and say how many that were."""
        return self._transport.deliver_due()

    @property
    def live(self) -> list[str]:
        """Ids of the channels that Google would still use."""
        return [channel.id for channel in self.simulator.live_channels()]

    def channel(self, channel_id: str) -> Channel:
        return next(each for each in self.simulator.channels_ever() if each.id == channel_id)

    @contextmanager
    def refusing(self, ending: str, status: int, reason: str) -> Iterator[None]:
        """Meanwhile, calls whose path ends like this have no effect."""
        self._refusals[ending] = (status, reason)
        yield
        del self._refusals[ending]

    @contextmanager
    def holding(self, ending: str) -> Iterator[None]:
        """Meanwhile, calls whose path ends like this wait for their answer."""
        self._held[ending] = Event()
        yield
        self._held.pop(ending).set()

    def answer(self, request: Request) -> Response:
        target = request.environ["RAW_URI"]  # the path as it was sent: a calendar id may hold a slash
        path = target.partition("?")[0]
        if request.data:
            self.bodies.append((path.removeprefix("/calendar/v3/"), json.loads(request.data)))
        for ending, over in list(self._held.items()):
            if path.endswith(ending):
                self.waiting += 1
                over.wait(_LONGEST)
        for ending, refusal in self._refusals.items():
            if path.endswith(ending):
                return _refused(*refusal)
        return self._simulated(Call.of(request.method, target, dict(request.headers), request.data))

    def _simulated(self, call: Call) -> Response:
        with self.simulator.lock:
            answer = self.simulator.handle(call)
        for delivery in answer.preceded_by:
            self._transport.deliver(delivery)
        return Response(answer.body, answer.status, {**answer.headers, "Date": http_date(self.simulator.now())})


def _refused(status: int, reason: str) -> Response:
    detail = {"domain": "global", "reason": reason, "message": f"because of {reason}"}
    body = {"error": {"errors": [detail], "code": status, "message": detail["message"]}}
    return Response(json.dumps(body), status, mimetype="application/json")


class Line:
    """One address for all tests; whose Google answers there is for each test to say."""

    def __init__(self) -> None:
        self.google: Google | None = None

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        assert self.google, "nobody may call now"
        return self.google.answer(Request(environ))(environ, start_response)


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 (werkzeug's name)
        """Say nothing: the simulator keeps its own log of calls."""

    def send_response(self, code: int, message: str | None = None) -> None:
        """Without a Date of its own: Google's may be another."""
        self.send_response_only(code, message)


@contextmanager
def listening(app: WSGIApplication) -> Iterator[str]:
    """Give the URL."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
