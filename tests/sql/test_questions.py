"""The questions that the papers answer, asked as they stand there."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from calendar_watch.model.resources import ACL
from calendar_watch.model.target import Target
from tests.sql.conftest import HOUR, MINUTE, messages
from tests.sql.questions import QUESTIONS
from tests.sql.warehouse import Warehouse
from tests.support.world import ALICE, ALICES_ACL, World

PUBLIC = "What is public now"
THIS_WEEK = "What was shared outside this week"
ON_A_DAY = "What did X have access to on a given day"
EVE = "eve@evil.net"
DAY = datetime(2026, 11, 24, tzinfo=UTC)
"""The one that is asked about."""


def answer(world: World, question: str) -> list[dict[str, Any]]:
    return Warehouse(messages(world)).ask(QUESTIONS[question], world.now)


def until(world: World, moment: datetime) -> None:
    world.run(moment - world.now)


@pytest.fixture
def team(world: World) -> str:
    """A calendar that is watched, beside Alice's own."""
    world.open(ALICES_ACL)
    calendar = watched(world, "Team")
    world.run(HOUR)
    return calendar


def watched(world: World, name: str) -> str:
    calendar = world.alice.create_calendar(name)
    world.open(Target(ACL, calendar, ALICE))
    return calendar


def test_the_papers_ask_no_others() -> None:
    assert QUESTIONS.keys() == {PUBLIC, THIS_WEEK, ON_A_DAY}


def test_what_is_public_is_named_until_it_is_not(world: World, team: str) -> None:
    for calendar in (ALICE, team):
        world.alice.share_with(calendar, "default", None, "freeBusyReader")
    world.alice.share(team, EVE, "owner")
    world.run(HOUR)
    world.alice.share_with(ALICE, "default", None, "none")
    world.run(HOUR)
    assert [(each["calendar_id"], each["role"]) for each in answer(world, PUBLIC)] == [(team, "freeBusyReader")]


def test_what_was_shared_outside_this_week_is_named_even_if_it_is_over(world: World, team: str) -> None:
    world.alice.share(ALICE, EVE, "reader")
    world.run(timedelta(days=8))
    world.alice.share_with(team, "domain", "evil.net", "reader")
    world.alice.share(team, "carol@example.com", "owner")
    world.run(HOUR)
    world.alice.share_with(team, "domain", "evil.net", "none")
    world.alice.share(ALICE, EVE, "writer")
    world.run(HOUR)
    found = [(each["calendar_id"], each["grantee"], each["role_after"]) for each in answer(world, THIS_WEEK)]
    assert found == [(team, "evil.net", "reader"), (ALICE, EVE, "writer")]


HAD_ACCESS = {
    "since before": (DAY - HOUR, None),
    "from then on": (DAY + HOUR, None),
    "within": (DAY + HOUR, DAY + 2 * HOUR),
    "until then": (DAY - HOUR, DAY + HOUR),
}
HAD_NONE = {
    "over before": (DAY - 2 * HOUR, DAY - HOUR),
    "only later": (DAY + timedelta(days=1, hours=1), None),
}


def test_what_somebody_had_access_to_on_a_day_is_named(world: World) -> None:
    spans = HAD_ACCESS | HAD_NONE
    calendars = {name: watched(world, name) for name in spans}
    begins = [(begin, name, "reader") for name, (begin, _) in spans.items()]
    ends = [(end, name, "none") for name, (_, end) in spans.items() if end]
    for moment, name, role in sorted(begins + ends):
        until(world, moment)
        world.alice.share(calendars[name], EVE, role)
    until(world, DAY + timedelta(days=2))
    told = [(each["calendar_id"], each["role"]) for each in answer(world, ON_A_DAY)]
    assert sorted(told) == sorted((calendars[name], "reader") for name in HAD_ACCESS)


def test_access_that_a_later_baseline_does_not_know_is_over(world: World, team: str) -> None:
    """It was taken away while nobody watched, and everything was forgotten meanwhile."""
    watch = Target(ACL, team, ALICE).id
    world.alice.share(team, EVE, "reader")
    world.run(HOUR)
    world.registry.end(watch)
    world.run(MINUTE)
    world.alice.share(team, EVE, "none")
    world.run(8 * HOUR)
    world.open(Target(ACL, team, ALICE))
    until(world, DAY + HOUR)
    assert answer(world, ON_A_DAY) == []


@pytest.mark.parametrize(("then", "until_when"), [("reader", None), ("none", DAY + HOUR)])
def test_access_has_an_end_where_it_was_not_given_again_on_that_day(
    world: World, team: str, then: str, until_when: datetime | None
) -> None:
    world.alice.share(team, EVE, "reader")
    for moment, role in ((DAY + HOUR, "none"), (DAY + 2 * HOUR, then)):
        until(world, moment)
        world.alice.share(team, EVE, role)
    until(world, DAY + timedelta(days=2))
    [found] = answer(world, ON_A_DAY)
    assert (found["calendar_id"], found["role"]) == (team, "reader")
    assert (found["until"] and found["until"].replace(minute=0, second=0, microsecond=0, tzinfo=UTC)) == until_when
