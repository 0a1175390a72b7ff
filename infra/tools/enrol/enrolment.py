"""Asks for watches, a batch at a time, no faster than Google's quota lets them be opened."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from infra.tools.clock import Clock
from infra.tools.enrol.forecast import Pace, duration
from infra.tools.enrol.order import Request
from infra.tools.enrol.refused import Refused
from infra.tools.service import Watches

_BATCH = 25
"""Small: what an interruption costs is one of them, asked for again."""
_BAD = 400


def enrol(reconnect: Callable[[], Watches], requests: Sequence[Request], pace: Pace, clock: Clock) -> Iterator[Refused]:
    """Yield who is refused. `reconnect` is called again and again, as a token lives for an hour."""
    for start in range(0, len(requests), _BATCH):
        batch, rest = requests[start : start + _BATCH], requests[start + _BATCH :]
        begun = clock.now()
        results = reconnect().ask("POST", "/batch", {"requests": batch})["results"]
        print(_progress(len(requests), rest, pace), flush=True)
        yield from _refused(batch, results)
        if rest:
            takes = max(pace.seconds(batch), _spread(results))
            clock.sleep(max(0.0, begun + takes - clock.now()))


def _progress(total: int, rest: Sequence[Request], pace: Pace) -> str:
    left = f", {duration(pace.seconds(rest))} to go" if rest else ""
    return f"{total - len(rest)} of {total} asked for{left}"


def _refused(batch: Sequence[Request], results: Sequence[Mapping[str, Any]]) -> Iterator[Refused]:
    for request, result in zip(batch, results, strict=True):
        if result["status"] >= _BAD:
            yield Refused.by_batch(request, result)


def _spread(results: Sequence[Mapping[str, Any]]) -> float:
    """Over how many seconds the deployment itself opens them, by its own share of the quota."""
    due = [result["watch"]["nextReconcileTime"] for result in results if result["status"] < _BAD]
    moments = [datetime.fromisoformat(each) for each in due if each]
    return (max(moments) - min(moments)).total_seconds() if moments else 0.0
