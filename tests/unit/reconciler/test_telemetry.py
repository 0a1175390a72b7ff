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
    actions: list[object] = []
    monkeypatch.setattr(telemetry, "event", lambda *_said, **fields: actions.append(fields.get("action")))
    watch = Watch(Target(ACL, "team@example.com", "alice@example.com"), Options(), created=NOW).with_channel(channel)
    telemetry.written(watch, watch.without_channel("c"), at)
    assert [each for each in actions if each] == told
