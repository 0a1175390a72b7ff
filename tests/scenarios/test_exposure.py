"""Who can see a calendar: told with each change, counted, and counted anew when other domains become internal."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from calendar_watch.model.exposure import Exposure, counted
from tests.doubles.local_firestore import LocalFirestore
from tests.scenarios.conftest import MakeWorld
from tests.support.line import refused
from tests.support.world import ALICE, ALICES_ACL, ALICES_LIST, BOB, CHANGES, KEY, World, policy_of
from tests.tools.bench.counted import Till

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
EVE = "eve@evil.net"
BOTH = frozenset({"example.com", "evil.net"})

pytestmark = pytest.mark.usefixtures("told_as_published")


def told(world: World, kind: str = "reclassified", watch_id: str = ALICES_ACL.id) -> list[Any]:
    return [each["data"] for each in world.events(watch_id) if each["type"] == f"calendarwatch.watch.{kind}.v1"]


def counts(**found: int) -> dict[str, int]:
    return {"internal": 1, "group": 0, "domain": 0, "external": 0, "public": 0} | found


def shown(world: World) -> Mapping[Exposure, int]:
    return world.query.show(ALICES_ACL.id).exposure.counts


def with_domains(world: World, domains: frozenset[str]) -> None:
    world.deploy(replace(world.policy, internal_domains=domains), [KEY])


# --- with each change


def test_a_calendar_made_public_and_private_again_is_told_with_who_can_see_it(make_world: MakeWorld) -> None:
    world = make_world(policy=policy_of(publishes=True))
    world.open(ALICES_ACL)
    for role in ("freeBusyReader", "reader", "none"):
        world.alice.share_with(ALICE, "default", None, role)
        world.run(MINUTE)
    changes = world.events(ALICES_ACL.id)[1:]
    assert [each["data"]["exposure"] for each in changes] == [
        {"before": "none", "after": "public", "change": "raised"},
        {"before": "public", "after": "public", "change": "raised"},
        {"before": "public", "after": "none", "change": "lowered"},
    ]
    sent = [each.attributes for each in world.pubsub.published(CHANGES)][1:]
    assert [(each["ce-exposure"], each["ce-exposurechange"], each.get("ce-role")) for each in sent] == [
        ("public", "raised", "freeBusyReader"),
        ("public", "raised", "reader"),
        ("none", "lowered", None),
    ]
    assert world.published() == world.events(ALICES_ACL.id)


def test_what_is_no_rule_has_no_exposure(world: World) -> None:
    world.open(ALICES_LIST)
    world.alice.create_calendar("Team")
    world.run(MINUTE)
    [opened, created] = world.events(ALICES_LIST.id)
    assert "exposures" not in opened["data"]
    assert not {"exposure", "exposurechange", "role"} & {*created, *created["data"]}


@pytest.mark.parametrize("nth", range(1, 6))
def test_what_was_shared_is_logged_once_whichever_answer_of_firestores_is_lost(
    world: World, firestore_server: LocalFirestore, lines: list[dict[str, Any]], nth: int
) -> None:
    """An alert is built on the line."""
    world.open(ALICES_ACL)
    world.run(MINUTE)
    world.alice.share_with(ALICE, "default", None, "reader")
    with firestore_server.faults.lose_answer("Commit", nth=nth) as lost:
        world.run(HOUR)
    assert lost.matched >= nth
    logged = [(each["severity"], each["exposure"], each["change"]) for each in lines if each["event"] == "exposure"]
    assert logged == [("WARNING", "public", "raised")]


# --- counted


def test_what_was_shared_before_is_told_with_the_baseline(world: World) -> None:
    world.alice.share_with(ALICE, "default", None, "reader")
    world.alice.share(ALICE, EVE, "reader")
    world.open(ALICES_ACL)
    world.run(MINUTE)
    [opened] = told(world, "opened")
    assert opened["exposures"] == shown(world) == counts(external=1, public=1)


def test_counts_are_those_of_the_items_after_every_change(world: World) -> None:
    world.open(ALICES_ACL)
    for kind, value in (("user", BOB), ("user", EVE), ("group", "g@example.com"), ("domain", "example.com")):
        world.alice.share_with(ALICE, kind, value, "reader")
        world.run(MINUTE)
        items = world.query.items(ALICES_ACL.id, "", 100).items.values()
        assert shown(world) == counted(items, ALICE, world.policy.internal_domains)
    assert shown(world) == counts(internal=2, external=1, group=1, domain=1)
    assert world.query.summary().tally.exposures == shown(world)


def test_a_resync_tells_them_as_well(world: World) -> None:
    world.open(ALICES_ACL)
    world.run(MINUTE)
    world.alice.share(ALICE, EVE, "reader")
    world.registry.resync(ALICES_ACL.id)
    world.run(MINUTE)
    [resynced] = told(world, "resynced")
    assert resynced["exposures"] == counts(external=1)


def test_of_a_watch_that_has_ended_nothing_is_summed_and_in_the_end_nothing_known(world: World) -> None:
    world.open(ALICES_ACL)
    world.run(MINUTE)
    world.registry.end(ALICES_ACL.id)
    world.run(MINUTE)
    assert shown(world) == counts()
    assert sum(world.store.tally(world.now).exposures.values()) == 0
    world.run(timedelta(days=31))
    assert shown(world) == counts(internal=0)


def test_who_comes_back_after_all_was_forgotten_is_counted_anew(world: World) -> None:
    world.open(ALICES_ACL)
    world.run(MINUTE)
    world.registry.end(ALICES_ACL.id)
    world.now += timedelta(days=31)  # and nobody has tidied up yet
    world.alice.share(ALICE, EVE, "reader")
    world.open(ALICES_ACL)
    world.run(MINUTE)
    [resynced] = world.store.entries(ALICES_ACL.id, 2, 1)
    assert resynced["data"]["exposures"] == shown(world) == counts(external=1)


# --- other domains


def test_other_domains_are_told_once_with_counts_before_and_after(world: World) -> None:
    world.alice.share(ALICE, EVE, "reader")
    world.open(ALICES_ACL)
    world.run(HOUR)
    with_domains(world, BOTH)
    world.run(2 * HOUR)
    [reclassified] = told(world)
    assert (reclassified["exposuresBefore"], reclassified["exposures"]) == (counts(external=1), counts(internal=2))
    assert shown(world) == counts(internal=2)
    assert world.told(ALICES_ACL.id) == ["watch.opened", "watch.reclassified"], "no consumer need begin anew"
    world.run(timedelta(days=1))
    assert len(told(world)) == 1


def test_what_changes_after_that_is_classified_by_the_domains_of_then(world: World) -> None:
    world.open(ALICES_ACL)
    world.run(HOUR)
    world.alice.share(ALICE, EVE, "reader")
    world.run(timedelta(seconds=1))
    with_domains(world, BOTH)
    world.run(MINUTE)
    assert world.told(ALICES_ACL.id) == ["watch.opened", "watch.reclassified", "acl.created"]
    created = world.events(ALICES_ACL.id)[-1]
    assert created["exposure"] == "internal"
    assert shown(world) == counts(internal=2)


def unread(make_world: MakeWorld) -> World:
    """With a watch that nothing but a message would have read, and of which the other domains were just noticed."""
    world = make_world(policy=policy_of(safety_sync=timedelta(0)))
    world.open(ALICES_ACL)
    world.run(10 * MINUTE)
    with_domains(world, BOTH)
    world.run(MINUTE)
    return world


def test_domains_that_come_back_before_their_hour_are_not_told(make_world: MakeWorld) -> None:
    world = unread(make_world)
    assert world.query.show(ALICES_ACL.id).exposure.recount_at
    with_domains(world, policy_of().internal_domains)
    world.run(3 * HOUR)
    assert not told(world)
    assert world.query.show(ALICES_ACL.id).exposure.recount_at is None


def test_a_suspended_watch_is_counted_anew_all_the_same(world: World) -> None:
    world.open(ALICES_ACL)
    world.run(MINUTE)
    with world.line.cut("GET", "/acl", refused(403, "forbidden")):
        world.run(3 * HOUR)
        with_domains(world, frozenset({"example.org"}))
        world.run(3 * HOUR)
    [reclassified] = told(world)
    assert (reclassified["state"], reclassified["exposures"]) == ("suspended", counts(internal=0, external=1))


def test_a_watch_that_has_ended_is_left_alone_and_counted_anew_when_it_comes_back(world: World) -> None:
    world.open(ALICES_ACL)
    world.run(MINUTE)
    world.registry.end(ALICES_ACL.id)
    world.run(MINUTE)
    with_domains(world, frozenset({"example.org"}))
    world.run(3 * HOUR)
    assert not told(world)
    world.open(ALICES_ACL)
    world.run(MINUTE)
    assert told(world)[0]["exposures"] == shown(world) == counts(internal=0, external=1)


@pytest.fixture
def till(firestore_server: LocalFirestore) -> Callable[[World], Till]:
    return lambda world: Till(world, firestore_server)


def test_it_costs_six_rpcs_and_no_call(make_world: MakeWorld, till: Callable[[World], Till]) -> None:
    world = unread(make_world)
    world.now = world.store.due(world.now + HOUR, 1)[0][1]
    spent = till(world).cost(lambda: world.reconcile(ALICES_ACL.id))
    assert told(world)
    assert (spent.rpcs, [*spent.calls]) == (6, [])
