"""The channels of a watch, over time."""

import pytest

from tests.api.deployment import ACL, Deployment, Json
from tests.end_to_end.console.conftest import Deploy, Show, seen
from tests.support.stack import until

BARS = "return [...document.querySelectorAll('.span i:not(.now)')].map(each => each.offsetWidth)"


@pytest.fixture
def deployment(deploy: Deploy) -> Deployment:
    """Channels are renewed almost at once."""
    return deploy(CHANNEL_TTL_SECONDS="20", CONFIRM_SECONDS="1", RENEW_AFTER_FRACTION="0.11")


@pytest.fixture
def renewed(deployment: Deployment) -> Json:
    watch = deployment.open(ACL)
    until(lambda: deployment.reconcile()["renewed"], "the channel is renewed")
    return watch


def test_channels_are_bars_over_time_as_the_feed_and_the_watch_tell_them(
    deployment: Deployment, show: Show, renewed: Json
) -> None:
    page = show(f"watches/{renewed['id']}", wait="renewed")
    channels = page.texts("[aria-label=Channels] li")
    assert [each.split(", ")[0].strip() for each in channels] == ["Channel 1 stopped", "Channel 2 confirmed"]
    assert all(word in channels[0] for word in ("opened", "retired", "stopped", "expires"))
    told = page.text("section")
    assert told.index("opened") < told.index("renewed")
    widths = page.run(BARS)
    assert len(widths) == 4, "two that were told, and two that are known"
    assert all(each > 0 for each in widths)
    deployment.end(renewed)
    assert "stopped" in seen(page, "stopped 20", "section")
