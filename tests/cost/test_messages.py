"""What messages cost, in RPCs, calls and publishes: counted, not timed, so that it cannot creep."""

from collections.abc import Iterator

import pytest

from tests.support import firestore_emulator
from tests.tools.bench.contenders import Ours
from tests.tools.bench.counted import Cost, Till, watched
from tests.tools.bench.genuine import messages
from tests.tools.bench.traffic import Traffic


@pytest.fixture
def till(monkeypatch: pytest.MonkeyPatch) -> Iterator[Till]:
    monkeypatch.setenv(firestore_emulator.VARIABLE, "set by `watched`, and put back after the test")
    with watched() as till:
        yield till


def test_a_message_costs_one_create_and_one_wake_up_and_a_second_one_only_a_refusal(till: Till) -> None:
    assert list(messages(till)) == [Cost(1, [], 1), Cost(1, [], 0)]


def test_a_burst_of_1000_messages_leads_to_few_lists_and_loses_nothing() -> None:
    report = Traffic(Ours).burst()
    assert (report.changes, report.lost, report.doubled) == (1000, 0, 0)
    assert report.lists <= 4
