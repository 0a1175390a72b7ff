"""What the parts of an instance are put together with."""

from typing import Any

import pytest

from calendar_watch import pubsub
from calendar_watch.google_http import Tries
from calendar_watch.wiring import Wiring

ENVIRON = {
    "GOOGLE_CLOUD_PROJECT": "p",
    "CHANNEL_TOKEN_KEYS": "k" * 32,
    "WAKEUP_TOPIC": "projects/p/topics/wakeups",
    "PUBSUB_EMULATOR_HOST": "127.0.0.1:8085",
}


class Hearing:
    def __init__(self) -> None:
        self.topics: list[str] = []

    def publish(self, topic: str, _messages: Any) -> None:
        self.topics.append(topic)


def test_a_wake_up_keeps_google_waiting_for_two_seconds_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    """Firestore may take six, and Google does not wait for long."""
    allowed: list[float] = []
    hearing = Hearing()

    def connect(_host: str, tries: Tries) -> Hearing:
        allowed.append(tries.timeout)
        return hearing

    monkeypatch.setattr(pubsub, "connect", connect)
    Wiring(ENVIRON)._wake("a" * 32)  # noqa: SLF001 (what `receiver` is given)
    assert (allowed, hearing.topics) == ([2.0], ["projects/p/topics/wakeups"])
