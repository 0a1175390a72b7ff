"""When what a listing lacks counts as deleted."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendar_watch.decisions import registration
from calendar_watch.decisions.backoff import doubled
from calendar_watch.decisions.listing import absences, audit
from calendar_watch.decisions.listing.absences import Proof, Verdict, can_ask, proof_of, sample, verdict
from calendar_watch.model.policy import Policy
from calendar_watch.model.resources import ACL, CALENDAR_LIST, EVENTS, SETTINGS
from calendar_watch.model.target import Options, Target

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
POLICY = Policy(address="https://here.example.com/", key="now", project="p")
GONE, ALIVE, SILENT, REFUSED = Proof.GONE, Proof.ALIVE, Proof.SILENT, Proof.REFUSED


@pytest.mark.parametrize(
    ("missing", "proofs", "first", "second"),
    [
        (1, [GONE], Verdict.BELIEVED, Verdict.BELIEVED),
        (10, [GONE] * 10, Verdict.BELIEVED, Verdict.BELIEVED),
        (11, [GONE] * 10, Verdict.SEEN_AGAIN, Verdict.BELIEVED),
        (2, [GONE, REFUSED], Verdict.SEEN_AGAIN, Verdict.BELIEVED),
        (2, [GONE], Verdict.SEEN_AGAIN, Verdict.BELIEVED),
        (1, [], Verdict.SEEN_AGAIN, Verdict.BELIEVED),
        (2, [GONE, ALIVE], Verdict.WRONG, Verdict.WRONG),
        (2, [GONE, SILENT], Verdict.WRONG, Verdict.WRONG),
        (500, [ALIVE] + [GONE] * 9, Verdict.WRONG, Verdict.WRONG),
    ],
)
def test_what_is_proven_is_believed_at_once_and_what_is_open_the_second_time(
    missing: int, proofs: list[Proof], first: Verdict, second: Verdict
) -> None:
    assert verdict(missing, proofs, second=False, doubts=0) is first
    assert verdict(missing, proofs, second=True, doubts=0) is second


@pytest.mark.parametrize(
    ("missing", "proofs", "verdicts"),
    [
        (2, [GONE, REFUSED], (Verdict.WRONG, Verdict.WRONG)),
        (1, [GONE], (Verdict.BELIEVED, Verdict.BELIEVED)),
        (11, [GONE] * 10, (Verdict.SEEN_AGAIN, Verdict.BELIEVED)),
        (1, [], (Verdict.SEEN_AGAIN, Verdict.BELIEVED)),
    ],
)
def test_after_a_wrong_listing_whoever_can_be_asked_has_to_have_answered(
    missing: int, proofs: list[Proof], verdicts: tuple[Verdict, Verdict]
) -> None:
    assert tuple(verdict(missing, proofs, second=second, doubts=1) for second in (False, True)) == verdicts


@pytest.mark.parametrize(
    ("item", "proof"),
    [
        ({"status": "cancelled"}, GONE),
        ({"deleted": True}, GONE),
        ({"role": "none"}, GONE),
        ({"status": "confirmed", "deleted": False, "role": "reader"}, ALIVE),
        ({}, ALIVE),
    ],
)
def test_google_keeps_some_of_what_is_gone(item: dict[str, object], proof: Proof) -> None:
    assert proof_of(item) is proof


@given(st.integers(0, 40), st.randoms(use_true_random=False))
def test_up_to_ten_are_asked_for_all_and_of_more_ten(missing: int, chance: Random) -> None:
    chosen = sample(range(missing), chance.random)
    assert len(chosen) == len(set(chosen)) == min(missing, 10)


def test_each_of_many_is_as_likely_to_be_asked_for() -> None:
    chance = Random(1)  # noqa: S311 (repeatable on purpose)
    chosen = Counter(each for _ in range(2_000) for each in sample(range(20), chance.random))
    assert all(800 < chosen[each] < 1_200 for each in range(20))


def test_some_collections_show_single_items_that_their_lists_do_not() -> None:
    assert all(can_ask(Target(each, "c@example.com")) for each in (ACL, CALENDAR_LIST, EVENTS))
    assert not can_ask(Target(SETTINGS))
    assert not can_ask(Target(EVENTS, "c@example.com", None, ("default",)))
    assert not can_ask(Target(EVENTS, "contacts@group.v.calendar.google.com"))


def test_a_listing_that_was_wrong_is_repeated_after_pauses_that_double_up_to_an_hour() -> None:
    policy = Policy("", "", "")
    assert [doubled(policy.brake, doubts) / timedelta(minutes=1) for doubts in (0, 1, 2, 5, 6, 99)] == [
        1,
        2,
        4,
        32,
        60,
        60,
    ]


def test_a_listing_that_was_wrong_is_no_witness_for_the_one_before_it() -> None:
    """What the next one lacks is lacking for the first time."""
    watch = registration.created(Target(EVENTS, "a"), Options(), NOW)
    for doubt, seen in ((Verdict.SEEN_AGAIN, (True, 0)), (Verdict.WRONG, (False, 1))):
        watch = absences.put_off(audit.put_off(watch, doubt, NOW, POLICY), doubt, NOW, POLICY)
        assert (watch.reading.brake, watch.reading.doubts) == seen
        assert (watch.reading.audit.brake, watch.reading.audit.doubts) == seen
