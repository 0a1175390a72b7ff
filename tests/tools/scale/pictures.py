"""What a line over time shows better than a figure."""

from collections.abc import Mapping, Sequence

from tests.tools.scale.assumptions import DAY, Assumptions
from tests.tools.scale.plot import Plot, svg
from tests.tools.scale.queues import MINUTE
from tests.tools.scale.table import Reports

_LARGEST, _LARGE = "10,000,000", "100,000"
_QUOTA = float(Assumptions().calls_a_minute)


def pictures(reports: Reports) -> Mapping[str, str]:
    """By file name."""
    return {
        "scale-day-and-week.svg": svg([_day(reports), _week(reports), _enrolled(reports)]),
        "scale-outages.svg": svg(_outages(reports)),
    }


def _day(reports: Reports) -> Plot:
    title = f"calls to Google a minute: {_LARGEST} watches, a day (dashed: Google's quota by default)"
    return Plot(title, {"": reports[_LARGEST, "day"].calls}, 24, "h", bound=_QUOTA)


def _week(reports: Reports) -> Plot:
    title = f"calls to Google a minute: {_LARGE} watches, from their enrolment to their renewal"
    return Plot(title, {"": reports[_LARGE, "week"].calls[: 6 * DAY // MINUTE]}, 6, "d")


def _enrolled(reports: Reports) -> Plot:
    first = slice(4 * MINUTE)
    lines = {
        words: reports[_LARGE, name].overdue[first] for words, name in (("at once", "week"), ("in turn", "spread"))
    }
    title = f"most overdue, in minutes: {_LARGE} watches, enrolled"
    return Plot(title, {name: _minutes(each) for name, each in lines.items()}, 4, "h")


def _outages(reports: Reports) -> Sequence[Plot]:
    outages = {f"without {name}": reports[_LARGEST, name] for name in ("Google", "Firestore")}
    overdue = {name: _minutes(each.overdue) for name, each in outages.items()}
    title = f"most overdue, in minutes: {_LARGEST} watches, outage from 10 to 11 h"
    return (
        Plot(title, overdue, 16, "h", since=9),
        Plot(
            "calls to Google a minute", {n: each.calls for n, each in outages.items()}, 16, "h", since=9, bound=_QUOTA
        ),
    )


def _minutes(seconds: Sequence[float]) -> list[float]:
    return [each / MINUTE for each in seconds]
