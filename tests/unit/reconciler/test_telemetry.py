"""What log lines tell of a watch: alerts are built on them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from calendar_watch.model.channel import Channel
from calendar_watch.model.resources import ACL
from calendar_watch.model.target import Options, Target
from calendar_watch.model.watch import Watch
from calendar_watch.reconciler import telemetry

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
OVER = NOW + timedelta(days=7)
LIVE = Channel("c", 1, NOW, resource_id="r", expiration=OVER, confirmed=True)
WATCH = Watch(Target(ACL, "team@example.com", "alice@example.com"), Options(), created=NOW)


def actions(before: Watch, after: Watch, at: datetime, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    found: list[str | None] = []
    monkeypatch.setattr(telemetry, "event", lambda *_said, **fields: found.append(fields.get("action")))
    telemetry.written(before, after, at)
    return [each for each in found if each]


@pytest.mark.parametrize(
    ("channel", "at", "told"),
    [
        (LIVE, OVER, ["lost"]),
        (replace(LIVE, retired=NOW), OVER, []),
        (replace(LIVE, confirmed=False), OVER, []),
        (LIVE, NOW, []),
    ],
    ids=["expired", "expired when another had taken its place", "never spoke", "alive"],
)
def test_a_channel_is_lost_when_it_expires_in_use(
    channel: Channel, at: datetime, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = WATCH.with_channel(channel)
    assert actions(watch, watch.without_channel("c"), at, monkeypatch) == told


def test_a_channel_that_goes_because_its_watch_has_ended_has_not_been_renewed(monkeypatch: pytest.MonkeyPatch) -> None:
    before, after = WATCH.with_channel(LIVE), WATCH.with_channel(replace(LIVE, retired=NOW))
    assert actions(before, after, NOW, monkeypatch) == ["renewed"]
    assert actions(before, replace(after, wanted=False), NOW, monkeypatch) == []
