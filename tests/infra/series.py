"""Log lines, laid out over minutes, as the series that promtool reads.

The one place that knows how Cloud Monitoring calls a log-based metric in PromQL, and what it makes of a line: counters
that are there from the first minute on; of a distribution `_bucket`, `_sum` and `_count`, where a bucket holds its
lower bound and not its upper one (https://cloud.google.com/monitoring/promql/promql-mapping).
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from tests.infra.conftest import Json
from tests.infra.log_metrics import Metric

PREFIX = "logging_googleapis_com:user_calendar_watch_"
ON_RUN = {"monitored_resource": "cloud_run_revision"}

Series = dict[str, Counter[int]]
"""Name and labels -> what comes on top, by minute."""


@dataclass(frozen=True)
class Stretch:
    """A line that is there so many times in each of these minutes."""

    line: Json
    minutes: range
    times: int = 1


def series_of(metrics: Mapping[str, Metric], bounds: Sequence[float], stretches: Sequence[Stretch]) -> Series:
    series: Series = {}
    for stretch in stretches:
        for name, metric in metrics.items():
            if metric.counts(stretch.line):
                for called, value in samples(name, metric, bounds, stretch.line):
                    series.setdefault(called, Counter()).update(dict.fromkeys(stretch.minutes, value * stretch.times))
    return series


def samples(name: str, metric: Metric, bounds: Sequence[float], line: Json) -> Iterator[tuple[str, float]]:
    labels = ON_RUN | {each: str(line[each]) for each in metric.labels}
    if not metric.field:
        yield selector(name, labels), 1
        return
    value = metric.value(line)
    for bound in (*bounds, float("inf")):
        le = "+Inf" if bound == float("inf") else f"{bound:g}"
        yield selector(f"{name}_bucket", labels | {"le": le}), int(value < bound)
    yield selector(f"{name}_sum", labels), value
    yield selector(f"{name}_count", labels), 1


def selector(name: str, labels: Mapping[str, str]) -> str:
    told = ",".join(f'{each}="{value}"' for each, value in labels.items())
    return f"{PREFIX}{name}{{{told}}}"


def values(added: Mapping[int, float], minutes: int) -> str:
    """In promtool's notation: `1+2x3` is 1, 3, 5, 7."""
    told, total = ["0"], 0.0
    for step, alike in groupby(added.get(minute, 0) for minute in range(1, minutes + 1)):
        times = len(list(alike))
        told.append(f"{total + step:.15g}+{step:.15g}x{times - 1}")
        total += step * times
    return " ".join(told)
