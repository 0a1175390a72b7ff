"""1,000 messages for one watch in 5 s, each announcing an event; in virtual time, a call to Google takes 100 ms."""

from collections.abc import Iterator

from tests.tools.bench.contenders import Ours
from tests.tools.bench.row import Row, at_most
from tests.tools.bench.traffic import Traffic


def measure() -> Iterator[Row]:
    report = Traffic(Ours).burst()
    yield at_most("burst of 1,000 messages in 5 s: list calls (virtual time)", report.lists, 4, "{:.0f}")
    yield Row("  changes that were not reported", str(report.lost), "0", report.lost == 0)
    yield Row("  reported after (99th percentile), Firestore RPCs", f"{report.slowest}, {report.rpcs}")
