"""Which calendars of a list are followed, and under which name."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendar_watch.decisions import children, registration
from calendar_watch.model.policy import Policy
from calendar_watch.model.resources import ACL, CALENDAR_LIST
from calendar_watch.model.target import Options, Target
from calendar_watch.model.watch import Watch

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
ALICE, RENAMED = "alice@example.com", "alice.smith@example.com"


def calendar(calendar_id: str, **fields: Any) -> dict[str, Any]:
    return {"id": calendar_id, "accessRole": "owner", **fields}


OWN, RENAMED_OWN = calendar(ALICE, primary=True), calendar(RENAMED, primary=True)


def followed(*entries: dict[str, Any], subject: str | None = ALICE) -> list[str]:
    parent = Watch(Target(CALENDAR_LIST, None, subject), Options(follow=("acl",)), NOW)
    targets = children.targets(parent, {each["id"]: each for each in entries}).values()
    assert {each.subject for each in targets} <= {subject}
    return sorted(each.calendar_id or "" for each in targets)


def test_the_own_calendar_of_a_user_who_was_renamed_is_followed_on_by_the_same_watch() -> None:
    assert followed(RENAMED_OWN) == followed(OWN) == [ALICE]


@pytest.mark.parametrize("owner", [ALICE, RENAMED, "Alice@Example.com", "ALICE.SMITH@example.com", None])
def test_a_calendar_is_owned_by_any_of_its_users_names_however_they_are_written(owner: str | None) -> None:
    assert followed(RENAMED_OWN, calendar("team", dataOwner=owner)) == [ALICE, "team"]


@pytest.mark.parametrize(
    "entry",
    [
        calendar("team", dataOwner="bob@example.com"),
        calendar("team", dataOwner="malice@example.com"),
        calendar("team", accessRole="writer", dataOwner=ALICE),
        calendar("bob@example.com", dataOwner="bob@example.com", primary=False),
    ],
)
def test_what_somebody_else_owns_is_not_followed(entry: dict[str, Any]) -> None:
    assert followed(OWN, entry) == [ALICE]


def test_an_entry_that_is_left_of_the_old_address_makes_no_second_watch() -> None:
    assert followed(RENAMED_OWN, calendar(ALICE)) == [ALICE]


def test_without_a_subject_calendars_go_by_their_ids_whoever_owns_their_data() -> None:
    assert followed(RENAMED_OWN, calendar("team", dataOwner="bob@example.com"), subject=None) == [RENAMED, "team"]


entries = st.builds(
    calendar,
    st.sampled_from([ALICE, RENAMED, "team", "other"]),
    primary=st.booleans(),
    accessRole=st.sampled_from(["owner", "reader"]),
    dataOwner=st.none() | st.sampled_from([ALICE, RENAMED, "bob@example.com"]),
)


@given(st.lists(entries, max_size=5), st.sampled_from([ALICE, None]))
def test_nothing_is_followed_that_is_not_owned_and_nothing_twice(
    shown: list[dict[str, Any]], subject: str | None
) -> None:
    found = followed(*shown, subject=subject)
    assert len(found) == len(set(found))
    owned = {each["id"] for each in shown if each["accessRole"] == "owner"}
    assert {*found} <= owned | {subject}


def test_what_an_operator_ended_lives_only_as_long_as_it_is_followed() -> None:
    """Asked for once, ended, then followed: it ends with the follow."""
    parent = Watch(Target(CALENDAR_LIST, None, ALICE), Options(follow=("acl",)), NOW)
    ended = registration.ended(registration.created(Target(ACL, "team", ALICE), Options(), NOW), NOW)
    followed = children.adopted(ended, parent, 0, NOW, Policy("", "", ""))
    assert followed.wanted
    assert not children.dropped(followed, parent, NOW).wanted


def test_what_comes_back_with_its_list_does_so_in_turn() -> None:
    parent, policy = Watch(Target(CALENDAR_LIST, None, ALICE), Options(follow=("acl",)), NOW), Policy("", "", "")
    ended = registration.ended(registration.created(Target(ACL, "team", ALICE), Options(), NOW), NOW)
    first, tenth = (
        children.adopted(ended.with_schedule(due_at=None), parent, position, NOW, policy) for position in (0, 9)
    )
    assert (first.schedule.due_at, tenth.schedule.due_at) == (NOW, NOW + 9 * registration.stagger_of_one_user(policy))
