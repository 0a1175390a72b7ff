"""What this run has not created is never changed, and what it has is gone in the end."""

from urllib.parse import quote

import pytest

from tests.conformance.bench import ENTRIES, Bench
from tests.conformance.claim import Claim, Finding, so
from tests.conformance.cleaning import clean
from tests.conformance.exchange import Asked, Reply
from tests.conformance.guard import Guard, NotOursError
from tests.conformance.run import hold
from tests.conformance.sides.budget import Budget
from tests.conformance.sides.side import OutOfTimeError
from tests.conformance.sides.simulated import Simulated
from tests.doubles.calendar_simulator import CalendarSimulator

RUN = "0a1b2c"
FOREIGN = "calendars/primary"
BODY = {"summary": "Review"}


class Recorder(Simulated):
    """Knows what was asked; breaks off, or loses answers, where a test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[Asked] = []
        self.loses: set[str] = set()
        self.refuses: set[str] = set()
        self.out_of_time = False

    def send(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        if self.out_of_time:
            raise OutOfTimeError
        if asked.method in self.refuses:
            return Reply(503)
        reply = super().send(asked)
        return Reply(0) if f"{asked.method} {asked.path}" in self.loses else reply

    @property
    def simulator(self) -> CalendarSimulator:
        return self._simulator


@pytest.mark.parametrize(
    "asked",
    [
        Asked("DELETE", FOREIGN),
        Asked("PATCH", FOREIGN, body=BODY),
        Asked("POST", f"{FOREIGN}/events", body=BODY),
        Asked("POST", f"{FOREIGN}/clear"),
        Asked("PUT", f"{FOREIGN}/events/abcde", body=BODY),
        Asked("DELETE", f"{FOREIGN}/acl/user%3Aalice%40example.com"),
        Asked("DELETE", f"{ENTRIES}/somebody%40example.com"),
        Asked("POST", ENTRIES, body={"id": "alice@example.com"}),
        Asked("POST", "calendars", body={"summary": "of another name"}),
        Asked("POST", "channels/stop", body={"id": "another-ones", "resourceId": "r"}),
        Asked("POST", f"{FOREIGN}/events/watch", body={"id": "of-another-name"}),
        Asked("POST", "users/me/settings", body={}),
    ],
    ids=lambda asked: f"{asked.method} {asked.path}",
)
def test_what_is_not_ours_is_not_even_asked_for(asked: Asked) -> None:
    side = Recorder()

    with pytest.raises(NotOursError):
        Guard(side, RUN).send(asked)

    assert [each for each in side.asked if each.method != "GET"] == []


def test_an_event_moves_only_to_a_calendar_of_ours() -> None:
    bench = Bench(Guard(Recorder(), RUN))
    event_id = bench.new_event()

    with pytest.raises(NotOursError):
        bench.ask("POST", f"{bench.event(event_id)}/move", destination="primary")


def test_all_that_a_run_has_created_is_gone_in_the_end() -> None:
    side = Recorder()
    bench = Bench(Guard(side, RUN))
    before = _calendars(side)
    bench.new_event()
    bench.opened()
    foreign = side.public_calendar()
    bench.must("POST", ENTRIES, {"id": foreign})

    assert clean(bench.guard) == []
    assert _calendars(side) == before
    assert side.simulator.live_channels() == []


def test_a_calendar_whose_creation_was_not_answered_is_found_by_its_name() -> None:
    side = Recorder()
    before = _calendars(side)
    bench = Bench(Guard(side, RUN))
    side.loses.add("POST calendars")
    bench.ask("POST", "calendars", bench.calendar_body())

    assert bench.guard.calendars == []
    assert clean(bench.guard) == []
    assert _calendars(side) == before


def test_what_another_run_has_created_stays() -> None:
    side = Recorder()
    other = Bench(Guard(side, "ffffff"))
    theirs = other.new_calendar()

    assert clean(Guard(side, RUN)) == []
    assert theirs in _calendars(side)


def test_what_cannot_be_cleaned_up_is_named() -> None:
    side = Recorder()
    bench = Bench(Guard(side, RUN))
    calendar_id = bench.new_calendar()
    side.refuses.add("DELETE")

    assert clean(bench.guard) == [f"calendars/{quote(calendar_id, safe='')}"]


def test_what_there_is_no_time_to_clean_up_is_named() -> None:
    side = Recorder()
    bench = Bench(Guard(side, RUN))
    calendar_id = bench.new_calendar()
    side.out_of_time = True

    assert clean(bench.guard) == [f"calendars/{quote(calendar_id, safe='')}"]


@pytest.mark.parametrize("break_off", [RuntimeError, NotOursError])
def test_a_run_that_breaks_off_cleans_up(break_off: type[Exception]) -> None:
    side = Recorder()

    def breaks(bench: Bench) -> Finding:
        bench.new_event()
        raise break_off

    with pytest.raises(break_off) as raised:
        hold(side, [Claim("breaks", "", breaks)], RUN)
    assert raised.value.__notes__ == ["left behind: nothing"]
    assert len(_calendars(side)) == 1


def test_an_interrupted_run_cleans_up_and_keeps_what_it_knows() -> None:
    side = Recorder()

    def holds(bench: Bench) -> Finding:
        return so(bench.new_event())

    def interrupted(_: Bench) -> Finding:
        raise KeyboardInterrupt

    report = hold(side, [Claim("holds", "", holds), Claim("breaks", "", interrupted), Claim("never", "", holds)], RUN)

    assert [each.claim.name for each in report.outcomes] == ["holds"]
    assert report.left == []
    assert len(_calendars(side)) == 1


def test_a_budget_ends_and_then_has_three_minutes_more() -> None:
    passed = [0.0]
    budget = Budget(lambda: passed[0], lambda seconds: passed.append(passed.pop() + seconds))

    budget.pause(17 * 60)
    with pytest.raises(OutOfTimeError):
        budget.check()
    with pytest.raises(OutOfTimeError):
        budget.pause(1)
    budget.grant_grace()
    budget.pause(3 * 60 - 1)
    budget.check()

    assert passed[0] < 20 * 60


def _calendars(side: Recorder) -> list[str]:
    listed = side.send(Asked("GET", ENTRIES, {"showHidden": "true"}))
    return [entry["id"] for entry in listed.body["items"]]
