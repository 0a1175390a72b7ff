"""The baseline in the stream: whoever has the stream alone knows what is there, whatever goes wrong meanwhile."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from calendar_watch.decisions import baseline, registration
from calendar_watch.errors import CalendarWatchError
from calendar_watch.model.resources import ACL, SETTINGS
from calendar_watch.model.target import Options, Target
from calendar_watch.model.watch import Baseline
from tests.contract.schemas.contract import validator_of
from tests.doubles.local_firestore import LocalFirestore
from tests.doubles.memory_store import MemoryStore, direct
from tests.scenarios.conftest import MakeWorld
from tests.support.line import Death, answered, refused
from tests.support.stream import rebuilt
from tests.support.world import ALICE, ALICES_ACL, ALICES_LIST, ALICES_SETTINGS, BOB, KEY, START, World, policy_of

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
IN_STREAM = frozenset({"acl", "calendarList", "settings"})
EVE = "eve@evil.net"
KNOWN = "acl.known"


@pytest.fixture
def world(make_world: MakeWorld) -> Iterator[World]:
    """Whatever is told fits the schemas."""
    world = make_world(policy=policy_of(publishes=True, baseline_in_stream=IN_STREAM))
    yield world
    for each in world.published():
        validator_of(each["type"]).validate(each)


@pytest.fixture
def by_twos(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two entries are as many as fit one write."""
    monkeypatch.setattr("calendar_watch.decisions.listing.portions.MOST_ITEMS", 2)


def with_rules(world: World, count: int) -> None:
    """Besides the owner's own."""
    for number in range(count):
        world.alice.share(ALICE, f"user{number}@example.com", "reader")


def deploy(world: World, *in_stream: str) -> None:
    world.deploy(replace(world.policy, baseline_in_stream=frozenset(in_stream)), [KEY])


@contextmanager
def at_the_edge(world: World, edge: Callable[..., Any]) -> Iterator[None]:
    """`edge` is between us and the store."""
    assert isinstance(world.store, MemoryStore)
    world.store.edge = edge
    try:
        yield
    finally:
        world.store.edge = direct


def items(world: World, watch_id: str = ALICES_ACL.id) -> Mapping[str, Any]:
    return world.query.items(watch_id, "", 10_000).items


def assert_the_stream_is_enough(world: World, watch_id: str = ALICES_ACL.id) -> None:
    events = world.events(watch_id)
    assert [int(each["sequence"]) for each in events] == list(range(1, len(events) + 1))
    assert rebuilt(events) == items(world, watch_id)


# --- what is told


def test_each_rule_is_told_before_the_watch_has_opened_and_that_says_from_where(world: World) -> None:
    world.alice.share_with(ALICE, "default", None, "reader")
    world.open(ALICES_ACL)
    world.run(MINUTE)
    [*known, opened] = world.events(ALICES_ACL.id)
    assert world.told(ALICES_ACL.id) == [KNOWN, KNOWN, "watch.opened"]
    assert (opened["data"]["baselineFrom"], opened["data"]["itemCount"]) == (1, 2)
    assert [(each["subject"], each["exposure"]) for each in known] == [
        ("default", "public"),
        (f"user:{ALICE}", "internal"),
    ]
    for each in known:
        data = each["data"]
        assert (data["before"], data["changedFields"], data["cause"]) == (None, [], "baseline")
        assert data["after"] == items(world)[each["subject"]]
        assert data["exposure"] == {"after": each["exposure"]}
        assert "exposurechange" not in each
        assert each["role"] == data["after"]["role"]
    assert world.published() == world.events(ALICES_ACL.id)


@pytest.mark.parametrize("target", [ALICES_LIST, ALICES_SETTINGS])
def test_calendars_and_settings_as_well(world: World, target: Target) -> None:
    world.google.set_setting(ALICE, "favouriteColour", "red")
    world.open(target)
    world.run(MINUTE)
    kinds = world.told(target.id)
    assert set(kinds[:-1]) == {f"{target.resource.name}.known"}
    assert kinds[-1] == "watch.opened"
    assert not any("exposure" in each["data"] for each in world.events(target.id))
    assert_the_stream_is_enough(world, target.id)


def test_where_nothing_is_there_the_baseline_is_from_where_that_is_told(world: World) -> None:
    with world.line.cut("GET", "/users/me/settings", answered(200, {"kind": "calendar#settings", "items": []})):
        world.open(ALICES_SETTINGS)
        world.run(MINUTE)
    [opened] = world.events(ALICES_SETTINGS.id)
    assert (opened["data"]["itemCount"], opened["data"]["baselineFrom"]) == (0, 1)


def test_what_is_not_named_is_not_told_item_by_item(make_world: MakeWorld) -> None:
    world = make_world(policy=policy_of(baseline_in_stream=frozenset({SETTINGS.name})))
    world.open(ALICES_ACL)
    world.run(3 * HOUR)
    [opened] = world.events(ALICES_ACL.id)
    assert "baselineFrom" not in opened["data"]


def test_no_change_is_logged_for_a_baseline(world: World, lines: list[dict[str, Any]]) -> None:
    world.open(ALICES_ACL)
    world.run(MINUTE)
    assert not [each for each in lines if each.get("event") in {"changes", "exposure"}]


def test_after_all_was_forgotten_a_new_baseline_is_told(world: World) -> None:
    with_rules(world, 1)
    world.open(ALICES_ACL)
    world.run(MINUTE)
    world.registry.end(ALICES_ACL.id)
    world.run(timedelta(days=31))
    world.alice.share(ALICE, "user0@example.com", "none")
    world.alice.share(ALICE, EVE, "reader")
    world.open(ALICES_ACL)
    world.run(MINUTE)
    own, eve, resynced = world.store.entries(ALICES_ACL.id, 4, 3)
    assert [each["subject"] for each in (own, eve)] == [f"user:{ALICE}", f"user:{EVE}"]
    assert resynced["type"] == "calendarwatch.watch.resynced.v1"
    assert (resynced["data"]["baselineFrom"], "counts" in resynced["data"]) == (5, False)
    assert rebuilt(world.published()) == items(world), "what went meanwhile was not told since"


# --- in several writes


@pytest.mark.usefixtures("by_twos")
def test_it_is_told_in_as_many_writes_as_it_needs(world: World) -> None:
    with_rules(world, 6)
    world.open(ALICES_ACL)
    world.run(MINUTE)
    assert world.told(ALICES_ACL.id) == [KNOWN] * 7 + ["watch.opened"]
    assert_the_stream_is_enough(world)


def in_the_middle(world: World) -> None:
    """Two rules of seven are told, and then the worker is gone."""
    with_rules(world, 6)
    snapshots = iter([False, True])

    def edge(rpc: str, act: Callable[[], Any], /) -> Any:
        if rpc == "parts" and next(snapshots):
            raise Death
        return act()

    with at_the_edge(world, edge), suppress(Death):
        world.open(ALICES_ACL)
        world.run(MINUTE)
    assert world.told(ALICES_ACL.id) == [KNOWN, KNOWN]
    assert world.store.get(ALICES_ACL.id).baseline.first == 1


def _recreated(world: World) -> None:
    world.alice.share(ALICE, "user0@example.com", "none")
    world.run(timedelta(seconds=1))
    world.alice.share(ALICE, "user0@example.com", "writer")


MEANWHILE: Mapping[str, tuple[Callable[[World], object], str]] = {
    "a rule comes": (lambda world: world.alice.share(ALICE, EVE, "reader"), "acl.created"),
    "one that was told goes": (lambda world: world.alice.share(ALICE, "user0@example.com", "none"), "acl.deleted"),
    "one that was not told goes": (lambda world: world.alice.share(ALICE, "user5@example.com", "none"), "acl.deleted"),
    "one that was told changes": (lambda world: world.alice.share(ALICE, "user0@example.com", "owner"), "acl.updated"),
    "one goes and comes back": (_recreated, "acl.updated"),
}


@pytest.mark.usefixtures("by_twos")
@pytest.mark.parametrize("change", MEANWHILE)
def test_what_changes_meanwhile_is_told_as_a_change_after_it(world: World, change: str) -> None:
    in_the_middle(world)
    happen, kind = MEANWHILE[change]
    happen(world)
    world.run(HOUR)
    assert world.told(ALICES_ACL.id) == [KNOWN] * 7 + ["watch.opened", kind]
    assert_the_stream_is_enough(world)


@pytest.mark.usefixtures("by_twos")
def test_nothing_else_is_told_before_its_end(world: World) -> None:
    in_the_middle(world)
    world.deploy(replace(world.policy, internal_domains=frozenset({"evil.net"})), [KEY])
    world.registry.resync(ALICES_ACL.id)
    with world.line.cut("GET", "/acl", refused(403, "forbidden")):
        world.run(2 * HOUR)
    kinds = world.told(ALICES_ACL.id)
    assert kinds[:8] == [KNOWN] * 7 + ["watch.opened"]
    assert {*kinds[8:]} == {"watch.reclassified", "watch.degraded", "watch.suspended"}


@pytest.mark.usefixtures("by_twos")
@pytest.mark.parametrize("erase", [False, True])
def test_who_ends_meanwhile_is_told_to_have_stopped_after_it(world: World, erase: bool) -> None:  # noqa: FBT001
    in_the_middle(world)
    (world.registry.erase if erase else world.registry.end)(ALICES_ACL.id)
    world.run(HOUR)
    told = [each["type"].split(".", 1)[1].removesuffix(".v1") for each in world.published()]
    assert told == [KNOWN] * 7 + ["watch.opened", "watch.stopped"]
    assert bool(world.store.entries(ALICES_ACL.id, 0, 1)) is not erase


@pytest.mark.usefixtures("by_twos")
def test_it_is_finished_though_nobody_wants_it_in_the_stream_any_more(world: World) -> None:
    in_the_middle(world)
    deploy(world)
    world.run(3 * HOUR)
    assert world.told(ALICES_ACL.id) == [KNOWN] * 7 + ["watch.opened"]


@pytest.mark.usefixtures("by_twos")
@pytest.mark.parametrize("nth", range(1, 31))
@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
def test_a_worker_may_die_at_any_rpc(world: World, nth: int, done: bool) -> None:  # noqa: FBT001
    with_rules(world, 4)
    left = nth

    def edge(_rpc: str, act: Callable[[], Any], /) -> Any:
        nonlocal left
        left -= 1
        answer = act() if done or left else None
        if not left:
            raise Death
        return answer

    with at_the_edge(world, edge), suppress(Death):
        world.open(ALICES_ACL)
        world.run(10 * MINUTE)
    assert left <= 0
    with suppress(CalendarWatchError):
        world.open(ALICES_ACL)
    world.run(HOUR)
    assert world.told(ALICES_ACL.id) == [KNOWN] * 5 + ["watch.opened"]
    assert_the_stream_is_enough(world)


@pytest.mark.usefixtures("by_twos")
@pytest.mark.parametrize("nth", range(1, 11))
def test_any_one_write_may_lose_its_answer(make_world: MakeWorld, firestore_server: LocalFirestore, nth: int) -> None:
    world = make_world(policy=policy_of(baseline_in_stream=IN_STREAM))
    with_rules(world, 4)
    with firestore_server.faults.lose_answer("Commit", nth=nth) as fault:
        with suppress(CalendarWatchError):
            world.open(ALICES_ACL)
        world.run(10 * MINUTE)
    assert fault.matched >= nth
    assert world.told(ALICES_ACL.id) == [KNOWN] * 5 + ["watch.opened"]
    assert_the_stream_is_enough(world)


# --- of watches that were read before


def test_a_resource_that_is_added_later_is_told_once(make_world: MakeWorld) -> None:
    world = make_world(policy=policy_of(publishes=True))
    with_rules(world, 2)
    world.open(ALICES_ACL)
    world.run(HOUR)
    deploy(world, "acl")
    world.run(3 * HOUR)
    assert world.told(ALICES_ACL.id) == ["watch.opened", KNOWN, KNOWN, KNOWN, "watch.resynced"]
    resynced = world.events(ALICES_ACL.id)[-1]["data"]
    assert (resynced["baselineFrom"], resynced["itemCount"], "counts" in resynced) == (2, 3, False)
    assert_the_stream_is_enough(world)
    world.run(timedelta(days=2))
    assert len(world.events(ALICES_ACL.id)) == 5


def test_within_its_hour_changes_are_told_as_ever_and_the_baseline_has_them(make_world: MakeWorld) -> None:
    world = make_world(policy=policy_of(safety_sync=timedelta(0)))
    world.open(ALICES_ACL)
    world.run(HOUR)
    deploy(world, "acl")
    world.run(MINUTE)
    assert world.store.get(ALICES_ACL.id).baseline.begins_at
    world.alice.share(ALICE, BOB, "reader")
    world.run(3 * HOUR)
    assert world.told(ALICES_ACL.id) == ["watch.opened", "acl.created", KNOWN, KNOWN, "watch.resynced"]
    assert_the_stream_is_enough(world)


def test_who_takes_it_back_within_that_hour_is_told_nothing(make_world: MakeWorld) -> None:
    world = make_world(policy=policy_of(safety_sync=timedelta(0)))
    world.open(ALICES_ACL)
    world.run(HOUR)
    deploy(world, "acl")
    world.run(MINUTE)
    deploy(world)
    world.run(3 * HOUR)
    assert world.told(ALICES_ACL.id) == ["watch.opened"]


def test_who_wants_it_no_longer_and_later_again_is_told_once_more(world: World) -> None:
    world.open(ALICES_ACL)
    world.run(MINUTE)
    deploy(world)
    world.run(3 * HOUR)
    deploy(world, "acl")
    world.run(3 * HOUR)
    assert world.told(ALICES_ACL.id) == [KNOWN, "watch.opened", KNOWN, "watch.resynced"]


def test_a_new_beginning_that_is_not_for_the_stream_voids_what_was_told_there_though_nobody_wants_the_watch() -> None:
    """Who ended, met a restore, and is resumed when it is for the stream again, tells it once more."""
    ended = replace(registration.created(ALICES_ACL, Options(), START), baseline=Baseline(told=True))
    assert baseline.reached(ended, START, policy_of()).baseline == Baseline()


def test_other_domains_of_the_same_rollout_are_told_before_it(make_world: MakeWorld) -> None:
    """So that what it tells and what it counts is of one classification."""
    world = make_world(policy=policy_of(publishes=True))
    world.alice.share(ALICE, EVE, "reader")
    world.open(ALICES_ACL)
    world.run(HOUR)
    both = replace(world.policy, internal_domains=frozenset({"evil.net"}), baseline_in_stream=frozenset({"acl"}))
    world.deploy(both, [KEY])
    world.run(3 * HOUR)
    assert world.told(ALICES_ACL.id) == ["watch.opened", "watch.reclassified", KNOWN, KNOWN, "watch.resynced"]
    told = [each["exposure"] for each in world.events(ALICES_ACL.id)[2:4]]
    assert sorted(told) == ["external", "internal"]


def test_baselines_of_many_watches_are_spread_over_an_hour(make_world: MakeWorld) -> None:
    world = make_world(policy=policy_of(safety_sync=timedelta(0)))
    targets = [Target(ACL, world.alice.create_calendar(f"{number}"), ALICE) for number in range(20)]
    for each in targets:
        world.open(each)
    world.run(HOUR)
    deploy(world, "acl")
    world.run(MINUTE)
    begins = sorted(world.store.get(each.id).baseline.begins_at or world.now for each in targets)
    assert begins[-1] - begins[0] > HOUR / 2
    assert begins[-1] <= world.now + HOUR
    world.run(2 * HOUR)
    for each in targets:
        assert world.told(each.id).count("watch.resynced") == 1
        assert_the_stream_is_enough(world, each.id)
