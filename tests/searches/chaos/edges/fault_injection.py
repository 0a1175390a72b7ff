"""Where all input and output of the workers passes: others may go first, it may fail, and the process may die."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import requests
from requests import PreparedRequest, Response

from tests.doubles import memory_store
from tests.doubles.calendar_simulator import SimulatorAdapter
from tests.doubles.local_pubsub import LocalPubSub, PubSubAdapter
from tests.doubles.memory_store import Edge
from tests.searches.chaos.digest import Digest
from tests.searches.chaos.edges.access import Access
from tests.searches.chaos.edges.calls import Calls, is_whole
from tests.searches.chaos.edges.listings import Listings
from tests.searches.chaos.scheduler import Scheduler
from tests.support.line import Cut, Send, refused, said
from tests.support.line import lost as lost_answer

_Result = TypeVar("_Result")

_HTML = said(200, b"<html><body>Service temporarily unavailable</body></html>", {"Content-Type": "text/html"})


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of one call."""

    mishap: str = ""
    """By name, as the edge knows it; empty: none."""
    dies: str = ""
    """`before` or `after`."""
    seconds: float = 0
    """How long it takes: a worker that hangs for longer than its lease is a late one."""


Fates = Callable[[str], Fate]
"""What becomes of a call, by its name: `store.claim`, `google.acl.watch`, `pubsub.publish`."""


class FaultInjection:
    def __init__(self, scheduler: Scheduler, fates: Fates):
        self.scheduler = scheduler
        self.fates = fates
        self.page_size = 0
        """How many items Google answers at most; 0: as many as are asked for."""
        self.passed_by: Counter[str] = Counter()
        self.digest = Digest()

    def passed(self, call: str, act: Callable[[str], _Result]) -> _Result:
        """`act` is told the mishap. Where no worker runs, nothing ever happens."""
        worker = self.scheduler.running
        if worker is None:
            return act("")
        self.scheduler.pause()
        self.passed_by[call] += 1
        fate = self.fates(call)
        self.digest.call(self.scheduler.now, call, (fate.mishap, fate.dies, fate.seconds))
        if fate.dies == "before":
            self.scheduler.die()
        worker.acted = self.scheduler.now
        result = act(fate.mishap)
        if fate.dies == "after":
            self.scheduler.die()
        if fate.seconds:
            self.scheduler.pause(fate.seconds)
        return result


STORE_MISHAPS: dict[str, Edge] = {
    "": memory_store.direct,
    "unavailable": memory_store.unavailable,
    "lost": memory_store.lost,
    "contended": memory_store.contended,
}


def store_edge(injection: FaultInjection, calls: Calls) -> Edge:
    def edge(rpc: str, act: Callable[[], _Result], /) -> _Result:
        with calls.written(rpc) as landed:
            return injection.passed(f"store.{rpc}", lambda mishap: STORE_MISHAPS[mishap](rpc, lambda: landed(act())))

    return edge


def _after(how: Cut) -> Cut:
    """It took effect, whatever the answer says."""

    def answer(request: PreparedRequest, send: Send) -> Response:
        send()
        return how(request, send)

    return answer


def _cut_off(_request: PreparedRequest, send: Send) -> Response:
    response = send()
    response._content = response.content[: len(response.content) // 2]  # noqa: SLF001 (the rest never came)
    return response


def _reset(_request: PreparedRequest, _send: Send) -> Response:
    raise requests.ConnectionError("connection reset by peer")


BRIEF: dict[str, Cut] = {
    "rate": refused(403, "rateLimitExceeded"),
    "busy": refused(429, "rateLimitExceeded", **{"Retry-After": "90"}),
    "server": refused(503, "backendError"),
    "server after": _after(refused(503, "backendError")),
    "reset": _reset,
    "lost": lost_answer,
    "cut off": _cut_off,
    "html": _HTML,
    "html after": _after(_HTML),
    "gone": refused(410, "updatedMinTooLongAgo"),
}
"""What is over the next time."""
LASTING: dict[str, Cut] = {
    "quota": refused(403, "quotaExceeded"),
    "forbidden": refused(403, "forbidden"),
    "not found": refused(404, "notFound"),
}
"""What is believed for longer."""
_GOOGLE_MISHAPS = {**BRIEF, **LASTING}


class GoogleEdge(SimulatorAdapter):
    """Of one session: who calls here has a token, or is refused one."""

    def __init__(self, injection: FaultInjection, calls: Calls, listings: Listings, access: Access, *args: Any):
        super().__init__(*args)
        self._injection = injection
        self._calls = calls
        self._listings = listings
        self._access = access

    def send(self, request: PreparedRequest, *args: Any, **options: Any) -> Response:
        if self._injection.page_size:
            size = self._injection.page_size if is_whole(request) else 1  # or increments would be of one page
            request.url = re.sub(r"maxResults=\d+", f"maxResults={size}", request.url or "")

        def act(mishap: str) -> Response:
            cut = _GOOGLE_MISHAPS.get(mishap)
            return cut(request, send) if cut else send()

        def send() -> Response:
            request.headers["Authorization"] = f"Bearer {self._access.token()}"
            response = super(GoogleEdge, self).send(request, *args, **options)
            if response.status_code == requests.codes.unauthorized:  # once more, as an AuthorizedSession does
                self._access.renew()
                request.headers["Authorization"] = f"Bearer {self._access.token()}"
                response = super(GoogleEdge, self).send(request, *args, **options)
            return response

        method = _method(request)
        with self._calls.noted(method, request, self._access.subject) as heard:
            response = heard(self._injection.passed(f"google.{method}", act))
        self._listings.heard(method, request, self._access.subject, response)
        return response


def _method(request: PreparedRequest) -> str:
    """As in Google's reference: acl.list, calendarList.watch, channels.stop; acl.page for all pages but the first."""
    path, _, query = (request.url or "").partition("?")
    *_, collection, last = path.split("/")
    if last in {"watch", "stop"}:
        return f"{collection}.{last}"
    if collection in {"acl", "events", "calendarList", "settings"}:
        return f"{collection}.get"
    return f"{last}.page" if "pageToken" in query else f"{last}.list"


class PubSubEdge(PubSubAdapter):
    def __init__(self, injection: FaultInjection, pubsub: LocalPubSub):
        super().__init__(pubsub)
        self._injection = injection
        self._faults = pubsub.faults

    def send(self, request: PreparedRequest, *args: Any, **options: Any) -> Response:
        def act(mishap: str) -> Response:
            if mishap == "refused":
                self._faults.refuse(1)
            if mishap == "lost":
                self._faults.lose_answer(1, status=0)
            return super(PubSubEdge, self).send(request, *args, **options)

        return self._injection.passed("pubsub.publish", act)
