"""What a month of thirty such days costs, in US dollars."""

from collections.abc import Mapping

from tests.tools.scale.assumptions import DAY, Deployment, Prices
from tests.tools.scale.plan import Report

_MONTH = 30
_WATCH, _ENTRY, _MESSAGE, _WAKEUP, _LINE = 5_000, 1_500, 1_500, 1_024, 450
"""Bytes: a watch with its indexes and its snapshot, an entry of the log, what is published, a line. Estimates."""
_NOTIFICATION = 0.03
"""Seconds of an instance for one of Google's messages. An estimate; many at once share an instance."""
_RENEW_GIB, _NOTIFICATIONS_GIB = 1.0, 0.5


def documents(report: Report, prices: Prices) -> float:
    """Read, written and deleted in a month; each entry of the log is deleted some day."""
    spent = {name: report.a_day(name) * _MONTH for name in ("reads", "writes", "deletes", "entries")}
    deletes = (spent["deletes"] + spent["entries"]) * prices.deletes
    return spent["reads"] * prices.reads + spent["writes"] * prices.writes + deletes


def of_a_month(report: Report, deployment: Deployment, prices: Prices) -> Mapping[str, float]:
    def a_month(*names: str) -> float:
        return report.a_day(*names) * _MONTH

    billed = report.billed * DAY / report.seconds * _MONTH
    answered = min(a_month("received") * _NOTIFICATION, float(_MONTH * DAY))
    stored = deployment.watches * _WATCH + a_month("entries") * _ENTRY
    sent = 2 * (a_month("wakeups") * _WAKEUP + a_month("messages") * _MESSAGE)
    lines = a_month("reconciled", "received", "messages", "messages", "watch", "watch", "stop")
    return {
        "Firestore": documents(report, prices) + stored / 2**30 * prices.stored,
        "Cloud Run": billed * (prices.cpu_second + _RENEW_GIB * prices.memory_second)
        + answered * (prices.cpu_second + _NOTIFICATIONS_GIB * prices.memory_second)
        + a_month("received", "wakeups", "sweeps") * prices.request,
        "Pub/Sub": sent * prices.pubsub,
        "logs": lines * _LINE * prices.logged,
    }
