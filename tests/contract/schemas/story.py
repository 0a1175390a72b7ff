"""A story in which everything happens that a watch can tell: each type of change at least once."""

import json
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from requests import PreparedRequest, Response

from calendar_watch.model.resources import ACL
from calendar_watch.model.target import Target
from tests.support.databases import InMemory
from tests.support.line import Cut, Send, answered, refused
from tests.support.world import (
    ALICE,
    ALICES_ACL,
    ALICES_EVENTS,
    ALICES_LIST,
    ALICES_SETTINGS,
    BOB,
    KEY,
    World,
    policy_of,
)

_POLICY = policy_of(project="my-project", publishes=True, channel_ttl=4 * 3600, retention=timedelta(hours=6))
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
MONDAY = datetime(2026, 11, 23, 10, tzinfo=UTC)


def told() -> World:
    """The world in which all of it has happened."""
    world = World(InMemory(), policy=_POLICY)
    _tell(world)
    return world


def _tell(world: World) -> None:
    world.open(ALICES_ACL, labels={"team": "security"})
    for target in (ALICES_LIST, ALICES_EVENTS, ALICES_SETTINGS):
        world.open(target)
    world.run(MINUTE)
    _rules(world)
    _calendars(world)
    _settings(world)
    _events(world)
    _forgotten_sync_token(world)
    world.run(4 * HOUR)  # renewed
    _other_domains_become_internal(world)
    _a_collection_that_cannot_be_watched(world)
    _refused_for_good(world)
    _no_channel_for_a_while(world)
    _ended_and_back(world)
    _baselines_are_told_in_the_stream(world)


def _rules(world: World) -> None:
    for role in ("reader", "writer", "none"):
        world.alice.share(ALICE, BOB, role)
        world.run(MINUTE)


def _calendars(world: World) -> None:
    team = world.alice.create_calendar("Team")
    world.run(MINUTE)
    world.alice.patch(f"users/me/calendarList/{team}", {"summaryOverride": "Ours"})
    world.run(MINUTE)
    world.alice.delete(f"calendars/{team}")
    world.run(MINUTE)


def _settings(world: World) -> None:
    for value in ("old", "new"):
        world.google.set_setting(ALICE, "favouriteColour", value)
        world.run(MINUTE)
    with world.line.cut("GET", "/users/me/settings", _without("favouriteColour")):
        world.run(2 * HOUR)
    world.run(2 * HOUR)


def _without(item_id: str) -> Cut:
    """A listing that one item has gone from."""

    def answer(request: PreparedRequest, send: Send) -> Response:
        body = json.loads(send().content)
        items = [each for each in body["items"] if each["id"] != item_id]
        return answered(200, {**body, "items": items})(request, send)

    return answer


def _events(world: World) -> None:
    """With a change beyond the fingerprint, and an instance that is off."""
    lunch = world.alice.create_event(ALICE, "Lunch", description="with Bob")
    world.run(MINUTE)
    world.alice.change_event(ALICE, lunch, description="with everybody")
    world.run(MINUTE)
    series = world.alice.create_event(ALICE, "Weekly", recurrence=["RRULE:FREQ=WEEKLY"])
    world.alice.cancel_instance(ALICE, series, MONDAY)
    world.run(MINUTE)
    for each in (lunch, series):
        world.alice.delete_event(ALICE, each)
    world.run(MINUTE)


def _forgotten_sync_token(world: World) -> None:
    world.google.expire_sync_tokens()
    world.alice.create_event(ALICE, "Unheard of")
    world.run(2 * HOUR)


def _other_domains_become_internal(world: World) -> None:
    world.deploy(replace(_POLICY, internal_domains=frozenset({"example.com", "example.org"})), [KEY])
    world.run(2 * HOUR)


def _a_collection_that_cannot_be_watched(world: World) -> None:
    """Nor is it read for anybody in particular."""
    holidays = world.alice.create_calendar("Holidays")
    world.google.configure(unwatchable=(holidays,))
    world.open(Target(ACL, holidays, None))
    world.run(MINUTE)


def _refused_for_good(world: World) -> None:
    with world.line.cut("GET", "/acl", refused(403, "forbidden")):
        world.alice.share(ALICE, BOB, "reader")
        world.run(HOUR)
    world.open(ALICES_ACL)
    world.run(5 * MINUTE)


def _no_channel_for_a_while(world: World) -> None:
    with ExitStack() as outage:
        for each in ("acl", "calendarList", "events", "settings"):
            outage.enter_context(world.line.cut("POST", f"/{each}/watch", refused(503, "backendError")))
        world.run(5 * HOUR)
    world.run(2 * HOUR)


def _ended_and_back(world: World) -> None:
    """Late enough for everything to be forgotten meanwhile: it starts from a new baseline."""
    world.registry.end(ALICES_SETTINGS.id)
    world.run(7 * HOUR)
    world.open(ALICES_SETTINGS)
    world.run(MINUTE)


def _baselines_are_told_in_the_stream(world: World) -> None:
    """Of those that are there within an hour, of one that is new at once."""
    world.deploy(replace(world.policy, baseline_in_stream=frozenset({"acl", "calendarList", "settings"})), [KEY])
    world.run(2 * HOUR)
    world.open(Target(ACL, BOB, BOB))
    world.run(MINUTE)
