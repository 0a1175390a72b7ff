"""Every alert fires on its cause, stays while that lasts, and ends afterwards.

Prometheus evaluates the queries, on series made from log lines that the code wrote. Run with `make infra-check`, where
promtool is (Debian: `apt-get install prometheus`).
"""

import json
import shutil
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from calendar_watch.reasons import Reason
from tests.infra import log_lines
from tests.infra.conftest import Json, Outcome
from tests.infra.log_lines import counted, heard, refused_for, shared_with
from tests.infra.log_metrics import Metric
from tests.infra.promtool import Promtool
from tests.infra.series import Series, Stretch, series_of

HOUR, DAY = 60, 24 * 60
Queries = Mapping[str, str]


@dataclass(frozen=True)
class Cause:
    """What the log has of it: `every` so many minutes, so many `times`, `instead` of the usual lines about an event."""

    line: Callable[[], Json] | None
    opens: int
    """So many minutes after the cause began, the alert must be open,"""
    closes: int
    """and so many after it ended, closed."""
    every: int = 1
    times: int = 1
    instead: str = ""


def counts(line: Callable[[], Json], opens: int = 12, closes: int = 25) -> Cause:
    return Cause(line, opens, closes, every=10, instead="counts")


def reason(name: Reason) -> Cause:
    return counts(lambda: counted(reasons={name: 3}))


CAUSES: dict[str, tuple[str, Cause]] = {
    "the API is off": ("api_disabled", reason(Reason.API_DISABLED)),
    "the delegation is gone": ("authorization_revoked", reason(Reason.AUTHORIZATION_REVOKED)),
    "readings fail": ("readings_failing", reason(Reason.READINGS_FAILING)),
    "nobody may sign": ("signing_failing", reason(Reason.SIGNING_FAILING)),
    "watches are suspended": ("suspended", counts(lambda: counted(locked_out=3, suspended=3))),
    "an abuse limit": ("calls_refused", Cause(lambda: refused_for(403, "quotaExceeded"), opens=3, closes=17)),
    "too many calls": (
        "calls_refused",
        Cause(lambda: refused_for(429, "rateLimitExceeded"), opens=13, closes=17, times=10),
    ),
    "the topic is gone": (
        "changes_stuck",
        Cause(lambda: heard(log_lines.publishing_refused, event="published"), 13, 17),
    ),
    "a flood of forged messages": ("forged", Cause(lambda: heard(log_lines.forged, event="notification"), 3, 7)),
    "calendars are made public": ("made_public", Cause(lambda: shared_with("default", None), 3, 17)),
    "data leaves": ("shared_outside", Cause(lambda: shared_with("user", "eve@evil.net"), 54, 62)),
    "a backlog": ("overdue", Cause(lambda: heard(log_lines.swept_late, event="sweep"), 3, 7, instead="sweep")),
    "channels end": (
        "renewals_failing",
        Cause(lambda: heard(log_lines.channel_lost, event="channel", action="lost"), 3, 17),
    ),
    "Google opens none": ("renewals_failing", Cause(lambda: heard(log_lines.channel_refused, event="call"), 13, 17)),
    "Scheduler is paused": ("sweeps_missing", Cause(None, opens=7, closes=3, instead="sweep")),
    "all changes late": (
        "told_fast",
        Cause(lambda: heard(log_lines.told_late, event="changes"), 14, 32, instead="changes"),
    ),
    "all sweeps late": (
        "sweeps_fast",
        Cause(lambda: heard(log_lines.swept_late, event="sweep"), 12, 32, instead="sweep"),
    ),
    "a fifth is not served": ("watches_fast", counts(lambda: counted(active=80, degraded=20), 62, 42)),
}
OF_DAYS: dict[str, tuple[str, Cause]] = {
    "a change in twenty late": (
        "told_slow",
        Cause(lambda: heard(log_lines.told_late, event="changes"), opens=16 * HOUR, closes=6 * HOUR, every=20),
    ),
    "a sweep in twenty late": (
        "sweeps_slow",
        Cause(lambda: heard(log_lines.swept_late, event="sweep"), opens=16 * HOUR, closes=6 * HOUR, every=20),
    ),
    "a twentieth is not served": ("watches_slow", counts(lambda: counted(active=95, degraded=5), 16 * HOUR, 6 * HOUR)),
}


@pytest.fixture(scope="session")
def queries(outcome: Outcome) -> Queries:
    policies = [each for each in outcome.resources if each["type"] == "google_monitoring_alert_policy"]
    conditions = {each.get("index"): each["values"]["conditions"][0] for each in policies}
    found = {name: each["condition_prometheus_query_language"] for name, each in conditions.items()}
    return {str(name): each[0]["query"] for name, each in found.items() if each}


@pytest.fixture
def promtool(tmp_path: Path) -> Promtool:
    command = shutil.which("promtool")
    if not command:
        pytest.skip("promtool: `apt-get install prometheus`")
    return Promtool(command, tmp_path)


@dataclass(frozen=True)
class Story:
    """An ordinary time, the cause, and an ordinary time again, in minutes."""

    began: int
    ended: int
    end: int
    every: int
    """So many minutes the alert is evaluated."""

    def stretches(self, cause: Cause) -> list[Stretch]:
        usual = [(log_lines.swept, "sweep", 1), (log_lines.told, "changes", 1)]
        lines = [(heard(what, event=event), every) for what, event, every in usual] + [(counted(), 10)]
        told = [each for line, every in lines for each in self._usual(line, every, cause.instead)]
        during = range(self.began, self.ended, cause.every)
        return told + ([Stretch(cause.line(), during, cause.times)] if cause.line else [])

    def _usual(self, line: Json, every: int, instead: str) -> list[Stretch]:
        if line["event"] != instead:
            return [Stretch(line, range(1, self.end, every))]
        return [Stretch(line, range(1, self.began, every)), Stretch(line, range(self.ended, self.end, every))]


THREE_HOURS = Story(HOUR, 4 * HOUR, 6 * HOUR, every=1)
TWO_DAYS = Story(3 * DAY, 5 * DAY, 6 * DAY, every=10)


@pytest.mark.parametrize("what", CAUSES)
def test_it_fires_on_its_cause_stays_while_it_lasts_and_ends_after(
    promtool: Promtool, queries: Queries, metrics: dict[str, Metric], bounds: Sequence[float], what: str
) -> None:
    alert, cause = CAUSES[what]
    series = series_of(metrics, bounds, THREE_HOURS.stretches(cause))
    assert not differs(promtool, queries[alert], series, THREE_HOURS, cause)


@pytest.mark.parametrize("what", OF_DAYS)
def test_what_smoulders_for_days_opens_the_slow_alert_and_never_the_fast_one(
    promtool: Promtool, queries: Queries, metrics: dict[str, Metric], bounds: Sequence[float], what: str
) -> None:
    alert, cause = OF_DAYS[what]
    series = series_of(metrics, bounds, TWO_DAYS.stretches(cause))
    assert not differs(promtool, queries[alert], series, TWO_DAYS, cause)
    fast = queries[alert.replace("_slow", "_fast")]
    assert not promtool.differs(fast, series, ringing=[], quiet=range(HOUR, TWO_DAYS.end, HOUR), every=TWO_DAYS.every)


def differs(promtool: Promtool, query: str, series: Series, story: Story, cause: Cause) -> str:
    """What is not as expected."""
    ringing = range(story.began + cause.opens, story.ended, story.every)
    quiet = [*range(30, story.began, 10), *range(story.ended + cause.closes, story.end, story.every)]
    return promtool.differs(query, series, ringing=ringing, quiet=quiet, every=story.every)


def test_dead_letters_ring_while_they_come(promtool: Promtool, queries: Queries) -> None:
    """Pub/Sub's own metric."""
    name = "pubsub_googleapis_com:subscription_dead_letter_message_count"
    labels = 'monitored_resource="pubsub_subscription",subscription_id="calendar-watch-changes-consumer"'
    series = {f"{name}{{{labels}}}": Counter(range(60, 240))}
    cause = Cause(None, opens=3, closes=17)
    assert not differs(promtool, queries["dead_letters"], series, THREE_HOURS, cause)


@pytest.fixture(scope="session")
def budget(outcome: Outcome) -> str:
    """Of changes told, as the dashboard asks for it."""
    [dashboard] = outcome.of_type("google_monitoring_dashboard")
    [tile] = [each for each in json.loads(dashboard["dashboard_json"])["mosaicLayout"]["tiles"] if _is_budget(each)]
    [told] = [each for each in tile["widget"]["xyChart"]["dataSets"] if each["legendTemplate"] == "told"]
    return str(told["timeSeriesQuery"]["prometheusQuery"])


def _is_budget(tile: Json) -> bool:
    return str(tile["widget"]["title"]).startswith("Error budget left")


def test_a_budget_of_which_nothing_was_used_is_whole(
    promtool: Promtool, budget: str, metrics: dict[str, Metric], bounds: Sequence[float]
) -> None:
    series = series_of(metrics, bounds, [Stretch(heard(log_lines.told, event="changes"), range(1, DAY))])
    assert not any("told_late" in each for each in series), "and nothing was ever late"
    assert not promtool.differs(f"({budget}) == 1", series, ringing=range(HOUR, DAY, HOUR), quiet=[], every=10)


def test_more_than_one_in_a_hundred_late_is_more_than_there_was(
    promtool: Promtool, budget: str, metrics: dict[str, Metric], bounds: Sequence[float]
) -> None:
    _, cause = OF_DAYS["a change in twenty late"]
    series = series_of(metrics, bounds, TWO_DAYS.stretches(cause))
    before, after = range(HOUR, TWO_DAYS.began, HOUR), range(TWO_DAYS.ended, TWO_DAYS.end, HOUR)
    assert not promtool.differs(f"({budget}) < 0", series, ringing=after, quiet=before, every=10)


def test_every_alert_was_tried(queries: Queries) -> None:
    tried = {alert for alert, _ in [*CAUSES.values(), *OF_DAYS.values()]}
    assert tried | {"dead_letters"} == queries.keys()
