"""A Flask receiver that lists inline and saves (`naive.py`), against ours: the same burst and the same day."""

from collections.abc import Iterator

from tests.tools.bench.contenders import Naive, Ours
from tests.tools.bench.row import Row
from tests.tools.bench.traffic import Make, Report, Traffic

_WHAT = {"burst": "burst of {} events", "day": "day of {} events", "afterthought": "eight days later, {} event"}
_SIDES: dict[str, Make] = {"naive": Naive, "ours": Ours}


def measure() -> Iterator[Row]:
    for what, words in _WHAT.items():
        for side, make in _SIDES.items():
            report: Report = getattr(Traffic(make), what)()
            yield Row(f"{words.format(report.changes)}, {side}", str(report))
            yield Row("  told within (99 of 100)", str(report.slowest))
