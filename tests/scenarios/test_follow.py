"""A calendarList watch that has other collections followed, as calendars come and go."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calendar_watch.decisions import children
from calendar_watch.errors import FollowedError, RefusedError
from calendar_watch.model.resources import ACL, CALENDAR_LIST, EVENTS
from calendar_watch.model.target import Options, Target
from calendar_watch.model.watch import State, Watch
from calendar_watch.model.write import Write, WriteKind
from calendar_watch.operations.register import Outcome
from calendar_watch.ports import Filter
from calendar_watch.reconciler.lease import ChangedMeanwhileError, LeaseLostError
from tests.doubles.local_firestore import LocalFirestore
from tests.doubles.memory_store import MemoryStore, direct, unavailable
from tests.scenarios.conftest import MakeWorld
from tests.scenarios.test_faults import firestore_fault
from tests.support.line import Death, refused
from tests.support.world import ALICE, ALICES_LIST, BOB, World

MINUTE = timedelta(minutes=1)


def followed(world: World) -> dict[tuple[str, str | None], State]:
    """Everything but the list itself, by resource and calendar."""
    watches = world.store.page(Filter(), "", 1000).watches
    others = [each for each in watches if each.target.resource is not CALENDAR_LIST]
    return {(each.target.resource.name, each.target.calendar_id): each.state(world.now) for each in others}


def wanted(world: World) -> set[tuple[str, str | None]]:
    return {child for child, state in followed(world).items() if state not in {State.STOPPING, State.STOPPED}}


def both(*calendars: str) -> set[tuple[str, str | None]]:
    return {(name, each) for name in ("acl", "events") for each in calendars}


@pytest.fixture
def following(world: World) -> World:
    world.open(ALICES_LIST, follow=("acl", "events"), labels={"team": "red"})
    world.run(5 * MINUTE)
    return world


def test_the_collections_of_owned_calendars_are_watched_and_others_are_not(world: World) -> None:
    team = world.alice.create_calendar("Team")
    bobs = world.bob.create_calendar("Bob's")
    world.bob.share(bobs, ALICE, "writer")
    world.alice.post("users/me/calendarList", {"id": bobs})
    world.open(ALICES_LIST, follow=("acl", "events"))
    world.run(5 * MINUTE)
    assert wanted(world) == both(ALICE, team)
    assert set(followed(world).values()) == {State.ACTIVE}


def test_children_come_and_go_with_the_list(following: World) -> None:
    team = following.alice.create_calendar("Team")
    following.run(5 * MINUTE)
    assert wanted(following) == both(ALICE, team)
    following.alice.delete(f"calendars/{team}")
    following.run(5 * MINUTE)
    assert wanted(following) == both(ALICE)
    assert followed(following)["acl", team] is State.STOPPED


def test_children_that_are_as_they_should_be_are_not_written_again(following: World) -> None:
    there = [Target(resource, ALICE, ALICE).id for resource in (ACL, EVENTS)]
    before = [each.version for each in following.store.find(there)]
    following.alice.create_calendar("Team")
    following.run(MINUTE)
    assert len(wanted(following)) == 4
    assert [each.version for each in following.store.find(there)] == before


def test_a_calendar_that_is_owned_by_another_role_only_is_dropped(following: World) -> None:
    bobs = following.bob.create_calendar("Bob's")
    following.bob.share(bobs, ALICE, "owner")
    following.alice.post("users/me/calendarList", {"id": bobs})
    following.run(5 * MINUTE)
    assert wanted(following) == both(ALICE), "Bob is the data owner"


def test_children_inherit_labels_and_say_who_follows_them(following: World) -> None:
    child = following.query.show(Target(ACL, ALICE, ALICE).id)
    assert (child.options.labels, child.followed_by, child.by_operator) == ({"team": "red"}, (ALICES_LIST.id,), False)
    following.open(ALICES_LIST, follow=("acl", "events"), labels={"team": "blue"})
    following.run(5 * MINUTE)
    assert following.query.show(child.id).options.labels == {"team": "blue"}


def test_a_follow_that_is_taken_back_ends_its_children(following: World) -> None:
    following.open(ALICES_LIST, follow=("events",))
    following.run(5 * MINUTE)
    assert wanted(following) == {("events", ALICE)}
    following.open(ALICES_LIST, follow=())
    following.run(5 * MINUTE)
    assert wanted(following) == set()
    assert following.live() == [following.query.show(ALICES_LIST.id).newest.id]  # type: ignore[union-attr]


def test_ending_the_list_ends_what_it_follows_and_resuming_brings_it_back(following: World) -> None:
    following.registry.end(ALICES_LIST.id)
    following.run(5 * MINUTE)
    assert (wanted(following), following.live()) == (set(), [])
    following.open(ALICES_LIST, follow=("acl",))
    following.run(5 * MINUTE)
    assert wanted(following) == {("acl", ALICE)}
    assert set(followed(following).values()) == {State.ACTIVE, State.STOPPED}


def test_a_followed_watch_cannot_be_ended_by_itself(following: World) -> None:
    child = Target(ACL, ALICE, ALICE)
    with pytest.raises(FollowedError, match=ALICES_LIST.id):
        following.registry.end(child.id)
    following.run(5 * MINUTE)
    assert following.query.show(child.id).state(following.now) is State.ACTIVE


def test_what_was_also_asked_for_directly_stays_when_it_is_dropped(following: World) -> None:
    target = Target(ACL, ALICE, ALICE)
    outcome, _ = following.registry.open(target, {"labels": {"mine": "yes"}})
    assert outcome is Outcome.EXISTS
    following.open(ALICES_LIST, labels={"team": "green"}, follow=())
    following.run(5 * MINUTE)
    child = following.query.show(target.id)
    assert (child.followed_by, child.options.labels) == ((), {"mine": "yes"})
    assert wanted(following) == {("acl", ALICE)}
    following.registry.end(target.id)
    following.run(MINUTE)
    assert wanted(following) == set()


def test_what_was_there_before_is_followed_too_and_outlives_it(world: World) -> None:
    target = Target(EVENTS, ALICE, ALICE)
    world.open(target, labels={"mine": "yes"})
    world.open(ALICES_LIST, follow=("events",), labels={"team": "red"})
    world.run(5 * MINUTE)
    child = world.query.show(target.id)
    assert (child.followed_by, child.options.labels) == ((ALICES_LIST.id,), {"mine": "yes"})
    world.registry.end(ALICES_LIST.id)
    world.run(5 * MINUTE)
    assert world.query.show(target.id).state(world.now) is State.ACTIVE


def test_a_watch_that_two_others_follow_lives_until_both_have_dropped_it(world: World) -> None:
    first, second = [Watch(Target(CALENDAR_LIST, None, each), Options(), world.now) for each in (ALICE, BOB)]
    child = children.child(first, Target(ACL, ALICE, ALICE), 0, world.now, world.policy)
    child = children.adopted(child, second, 0, world.now, world.policy)
    assert child.followed_by == (first.id, second.id)
    child = children.dropped(child, first, world.now)
    assert (child.wanted, child.followed_by) == (True, (second.id,))
    assert not children.dropped(child, second, world.now).wanted


@pytest.mark.search
def test_two_hundred_calendars_open_within_the_quota_of_their_user(world: World) -> None:
    calendars = [world.alice.create_calendar(f"Calendar {number}") for number in range(200)]
    world.open(ALICES_LIST, follow=("acl", "events"))
    world.run(10 * MINUTE)
    assert set(followed(world).values()) == {State.ACTIVE}
    assert wanted(world) == both(ALICE, *calendars)
    ours = [call.time for call in world.google.calls if call.quota_user]
    assert busiest_minute(ours) <= 600
    for each in calendars[:150]:
        world.alice.delete(f"calendars/{each}")
    world.run(10 * MINUTE)
    assert wanted(world) == both(ALICE, *calendars[150:])
    assert len(world.live()) == 1 + 2 * 51


def busiest_minute(times: list[Any]) -> int:
    return max(Counter(start for start in set(times) for each in times if start <= each < start + MINUTE).values())


NAMED: dict[str, Any] = {"ttl": 7_200, "labels": {"team": "blue"}, "follow": ("acl",)}


def by_itself(world: World, named: dict[str, Any]) -> Watch:
    return world.open(ALICES_LIST, **named)


def in_a_batch(world: World, named: dict[str, Any]) -> Watch:
    [entered] = world.registry.enrol([(ALICES_LIST, named)])
    assert isinstance(entered, tuple)
    return entered[1]


def sequences(world: World) -> dict[str, int]:
    return {each.id: each.log.sequence for each in world.store.page(Filter(), "", 1000).watches}


@given(st.sets(st.sampled_from(sorted(NAMED))), st.sampled_from([by_itself, in_a_batch]))
@settings(max_examples=16, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_asking_again_changes_nothing_that_is_not_named(
    make_world: MakeWorld, fields: set[str], ask: Callable[[World, dict[str, Any]], Watch]
) -> None:
    world = make_world()
    before = world.open(ALICES_LIST, ttl=3_600, labels={"team": "red"}, follow=("acl", "events"))
    world.run(5 * MINUTE)
    told, named = sequences(world), {field: NAMED[field] for field in fields}
    assert ask(world, named).options == before.options.replaced(named)
    world.run(5 * MINUTE)
    assert sequences(world) == told or fields & {"ttl", "follow"}
    assert wanted(world) == {(name, ALICE) for name in named.get("follow", ("acl", "events"))}
    labels = {each.id: each.options.labels for each in world.store.children(ALICES_LIST.id)}
    assert set(map(dict.__repr__, labels.values())) == {repr(named.get("labels", {"team": "red"}))}


@pytest.mark.parametrize("nothing", [{"follow": ()}, {"labels": {}}, {"ttl": None}])
def test_what_is_named_as_nothing_is_cleared(following: World, nothing: dict[str, Any]) -> None:
    before = following.store.get(ALICES_LIST.id).options
    assert following.open(ALICES_LIST, **nothing).options == before.replaced(nothing)


def test_a_refused_watch_that_is_asked_for_anew_has_nothing_of_before(world: World) -> None:
    with world.line.cut("GET", "calendarList", refused(403, "forbidden")), pytest.raises(RefusedError):
        world.open(ALICES_LIST, labels={"team": "red"}, follow=("acl",))
    assert world.open(ALICES_LIST).options == Options()


def test_a_worker_who_lost_the_list_brings_no_child_back(world: World) -> None:
    """It has decided what to follow, sleeps through its lease, and wakes when the calendar has long left the list."""
    team = world.alice.create_calendar("Team")
    late = world.open(ALICES_LIST, follow=("acl",))
    child = children.child(late, Target(ACL, team, ALICE), 0, world.now, world.policy)
    world.run(5 * MINUTE)
    world.alice.delete(f"calendars/{team}")
    world.run(5 * MINUTE)
    with pytest.raises(LeaseLostError):
        world.lease(late).advance(Write(WriteKind.FOLLOW, late, children=[child]))
    assert wanted(world) == {("acl", ALICE)}


def test_a_write_of_which_nobody_hears_is_not_taken_for_the_one_before_that_left_the_list_alike(world: World) -> None:
    world.open(ALICES_LIST)
    world.run(5 * MINUTE)
    lease = world.lease(world.store.get(ALICES_LIST.id).with_reading(read_at=world.now))
    lease.claim([], lambda _watch, _step: None)
    first, second = (
        children.child(lease.watch, Target(resource, ALICE, ALICE), 0, world.now, world.policy)
        for resource in (ACL, EVENTS)
    )
    lease.advance(Write(WriteKind.FOLLOW, lease.watch, children=[first]))
    assert isinstance(world.store, MemoryStore)
    world.store.edge = lambda rpc, act, /: unavailable(rpc, act) if rpc == WriteKind.FOLLOW else act()
    with pytest.raises(ChangedMeanwhileError):
        lease.advance(Write(WriteKind.FOLLOW, lease.watch, children=[second]))


@pytest.mark.parametrize("nth", [1, *(pytest.param(nth, marks=pytest.mark.search) for nth in range(2, 8)), 8])
@pytest.mark.parametrize("how", ["lost", pytest.param("unavailable", marks=pytest.mark.search)])
def test_whatever_happens_to_a_write_the_children_are_as_they_should_be(
    world: World, firestore_server: LocalFirestore, monkeypatch: pytest.MonkeyPatch, how: str, nth: int
) -> None:
    monkeypatch.setattr("calendar_watch.reconciler.follow._CHUNK", 2)
    calendars = [world.alice.create_calendar(f"Calendar {number}") for number in range(4)]
    world.open(ALICES_LIST)
    world.run(5 * MINUTE)
    world.open(ALICES_LIST, follow=("acl",))
    with firestore_fault(firestore_server, how, "Commit", nth):
        world.run(MINUTE)
    world.run(10 * MINUTE)
    assert wanted(world) == {("acl", each) for each in (ALICE, *calendars)}
    assert Counter(followed(world).values()) == {State.ACTIVE: 5}


def test_what_a_worker_had_followed_when_it_died_ends_with_the_list_all_the_same(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies_after_following(rpc: str, act: Callable[[], Any], /) -> Any:
        done = act()
        if rpc == WriteKind.FOLLOW:
            raise Death
        return done

    monkeypatch.setattr("calendar_watch.reconciler.follow._CHUNK", 1)
    world.alice.create_calendar("Team")
    world.open(ALICES_LIST)
    world.run(5 * MINUTE)
    assert isinstance(world.store, MemoryStore)
    world.store.edge = dies_after_following
    with pytest.raises(Death):
        world.open(ALICES_LIST, follow=("acl",))
    world.store.edge = direct
    assert len(wanted(world)) == 1
    world.registry.end(ALICES_LIST.id)
    world.run(5 * MINUTE)
    assert wanted(world) == set()


def test_a_child_that_somebody_else_writes_at_the_same_moment_is_done_again(
    world: World, firestore_server: LocalFirestore
) -> None:
    target = Target(ACL, ALICE, ALICE)
    world.open(target, labels={"before": "yes"})
    world.open(ALICES_LIST, follow=("acl",))
    with firestore_server.faults.interleave(
        "Commit", lambda: world.registry.open(target, {"labels": {"after": "yes"}}), nth=2
    ) as meddling:
        world.run(5 * MINUTE)
    assert meddling.matched >= 2
    child = world.query.show(target.id)
    assert (child.followed_by, child.options.labels) == ((ALICES_LIST.id,), {"after": "yes"})
