"""Who is refused, and why: by `watches` at once, or by Google when a watch was to be opened or read."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from infra.tools.enrol.order import Watch


@dataclass(frozen=True, slots=True)
class Refused:
    subject: str
    resource: str
    calendar: str
    reason: str
    detail: str
    remedy: str

    @classmethod
    def by_batch(cls, request: Mapping[str, Any], result: Mapping[str, Any]) -> Self:
        problem = result["problem"]
        errors = "; ".join(f"{each['field']}: {each['message']}" for each in problem.get("errors", ()))
        where = request["subject"], request["resource"], request.get("calendarId") or ""
        return cls(*where, str(result["status"]), errors or str(problem["detail"]), "")

    @classmethod
    def by_google(cls, watch: Mapping[str, Any]) -> Self:
        where = watch["subject"] or "", watch["resource"], watch["calendarId"] or ""
        return cls(*where, watch["reason"], watch["detail"] or "", watch["remedy"] or "")


UNWELL = ("opening", "suspended", "polling", "degraded")
"""The states of a watch that may be refused."""


def of_google(watches: Iterable[Watch]) -> tuple[list[Refused], int]:
    """What was never read, or is read no more; and how many are still to be tried. There may be very many."""
    refused, untried = [], 0
    for watch in watches:
        if watch["reason"] and _unread(watch):
            refused.append(Refused.by_google(watch))
        untried += watch["state"] == "opening" and not watch["reason"]
    return refused, untried


def _unread(watch: Watch) -> bool:
    return watch["itemCount"] is None or watch["state"] == "suspended"


def table(refused: Sequence[Refused]) -> Iterator[str]:
    """A line for each, and below what to do, once for each reason."""
    yield f"{len(refused)} refused" if refused else "nobody is refused"
    lines = sorted((each.reason, each.subject, each.resource, each.calendar, each.detail) for each in refused)
    widths = [max((len(line[column]) for line in lines), default=0) for column in range(4)]
    for line in lines:
        yield "  ".join([f"{text:{width}}" for text, width in zip(line, widths, strict=False)] + [line[4]])
    for reason, remedy in sorted({(each.reason, each.remedy) for each in refused if each.remedy}):
        yield f"→ {reason}: {remedy}"
