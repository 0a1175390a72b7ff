"""Each claim holds for the simulator, and no quirk passes for one that does."""

import pytest

from tests.conformance.claims import CLAIMS
from tests.conformance.quirks import RUN, UNSEEN, detected
from tests.conformance.rows import UNSHOWN, meant_by, rows
from tests.conformance.run import hold
from tests.conformance.sides.simulated import Simulated
from tests.doubles.calendar_simulator.quirks import QUIRKS


def test_the_simulator_agrees_with_every_claim_and_nothing_is_left() -> None:
    report = hold(Simulated(), CLAIMS, RUN)

    assert [(each.claim.name, each.seen) for each in report.outcomes if each.verdict != "agrees"] == []
    assert len(report.outcomes) == len(CLAIMS) >= 140
    assert report.left == []


@pytest.mark.parametrize("number", sorted(QUIRKS.keys() - UNSEEN.keys()))
def test_a_quirk_that_is_always_there_is_reported_as_a_disagreement(number: str) -> None:
    outcomes = detected(number)

    assert outcomes, f"no claim can see {number}"
    assert [(each.claim.name, each.verdict) for each in outcomes if each.verdict != "disagrees"] == []


@pytest.mark.parametrize("number", UNSEEN)
def test_a_quirk_that_no_claim_names_is_seen_by_none(number: str) -> None:
    report = hold(Simulated(quirks={number: 1}), CLAIMS, RUN)

    assert not any(number in each.quirks for each in CLAIMS)
    assert {each.verdict for each in report.outcomes} == {"agrees"}


def test_each_claim_has_a_sentence_of_its_own() -> None:
    assert len({each.name for each in CLAIMS}) == len(CLAIMS)


def test_each_claim_names_one_row_of_the_claims_table() -> None:
    assert {each.row for each in CLAIMS if len(meant_by(each.row)) != 1} == set()


def test_each_row_of_the_claims_table_is_shown_or_there_is_a_reason() -> None:
    shown = {row for each in CLAIMS for row in meant_by(each.row)}
    quirks = tuple(f"**{number}**" for each in CLAIMS for number in each.quirks)
    excused = {row for beginning in UNSHOWN for row in meant_by(beginning)}

    assert [row for row in rows() if row not in shown | excused and not row.startswith(quirks)] == []
    assert {each for each in UNSHOWN if len(meant_by(each)) != 1} == set()
    assert shown & excused == set()


def test_no_claim_names_a_quirk_that_there_is_not() -> None:
    assert {number for each in CLAIMS for number in each.quirks} <= QUIRKS.keys()
