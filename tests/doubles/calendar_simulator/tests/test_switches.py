"""Quirks are switched, by number and chance, while the simulator runs."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from tests.doubles.calendar_simulator import CalendarSimulator, Call, Options
from tests.doubles.calendar_simulator.admin import handle
from tests.doubles.calendar_simulator.quirks import CHANCES, QUIRKS, Quirk, Switches

TEN = datetime(2026, 11, 20, 10, tzinfo=UTC)


@pytest.fixture
def switches(monkeypatch: pytest.MonkeyPatch) -> Switches:
    for number in ("Q98", "Q99"):
        monkeypatch.setitem(QUIRKS, number, Quirk(number, "Made up", "nobody", 0.5))
    return Switches("a seed")


def test_each_has_dice_of_its_own(switches: Switches) -> None:
    switches.set({"Q98": 0.5})
    alone = [switches.strikes("Q98") for _ in range(50)]
    other = Switches("a seed")
    other.set({"Q98": 0.5, "Q99": 0.5})

    both = [(other.strikes("Q99"), other.strikes("Q98"))[1] for _ in range(50)]

    assert both == alone
    assert {True, False} == set(alone)


def test_what_is_picked_stays_picked_until_it_is_switched_off(switches: Switches) -> None:
    switches.set({"Q98": 0.5})
    picked = {about for about in map(str, range(100)) if switches.picks("Q98", about)}
    assert 30 < len(picked) < 70
    assert all(switches.picks("Q98", about) for about in picked)

    switches.calm()

    assert not any(switches.picks("Q98", about) for about in picked)


def test_while_paused_nothing_strikes_and_no_spell_holds(switches: Switches) -> None:
    switches.set({"Q98": 1})
    switches.begin_spell("Q99", "", TEN, 60)
    with switches.paused():
        assert not switches.strikes("Q98")
        assert not switches.under_spell("Q99", "", TEN)

    assert switches.strikes("Q98")
    assert switches.under_spell("Q99", "", TEN + timedelta(seconds=59))
    assert not switches.under_spell("Q99", "", TEN + timedelta(seconds=60))


def patched(simulator: CalendarSimulator, options: Mapping[str, object]) -> tuple[int, dict[str, object]]:
    answer = handle(simulator, Call("PATCH", "/simulator/options", body=json.dumps(options).encode()))
    return answer.status, json.loads(answer.body)


def test_they_are_options_and_calm_ends_them(simulator: CalendarSimulator) -> None:
    assert not simulator.options.quirks
    number = next(iter(QUIRKS), None)
    assert patched(simulator, {"quirks": {"Q00": 1}})[0] == 400
    if number:
        assert patched(simulator, {"quirks": {number: 0.5}})[1]["quirks"] == {number: 0.5}
        assert simulator.quirks.on(number)

    simulator.calm()

    assert not simulator.options.quirks
    assert not any(simulator.quirks.on(each) for each in QUIRKS)


def test_all_can_be_on_from_the_start() -> None:
    simulator = CalendarSimulator(lambda: TEN, options=Options(quirks=CHANCES))

    assert all(simulator.quirks.on(number) for number in QUIRKS)
