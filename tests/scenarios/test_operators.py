"""Operators ask while workers work: a write of one never undoes a write of the other."""

from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TypeVar

import pytest
from requests import PreparedRequest, Response

from calendar_watch.errors import ConflictError, RefusedError, UnavailableError, UnclearError, UnknownWatchError
from calendar_watch.model.health import StepKind
from calendar_watch.model.target import Target
from calendar_watch.model.watch import State, Watch
from calendar_watch.model.write import WriteKind
from calendar_watch.operations.register import Outcome, Registry
from calendar_watch.ports import Filter
from tests.doubles.memory_store import Edge, MemoryStore
from tests.scenarios.conftest import MakeWorld
from tests.support.line import Send, late, refused, slow
from tests.support.world import ALICE, ALICES_ACL, ALICES_LIST, ALICES_SETTINGS, BOB, World

MINUTE = timedelta(minutes=1)
T = TypeVar("T")


def test_ending_a_watch_in_the_middle_of_its_opening_leaves_no_channel(world: World) -> None:
    answers = []

    def end_it() -> None:
        answers.append(world.registry.end(ALICES_ACL.id).state(world.now))

    with world.line.cut("POST", "/acl/watch", late(end_it)):
        world.open(ALICES_ACL)
    assert answers == [State.STOPPING]
    world.run(5 * MINUTE)
    assert world.store.get(ALICES_ACL.id).state(world.now) is State.STOPPED
    assert world.live() == []


def test_resuming_a_watch_in_the_middle_of_its_end_leaves_one_channel(world: World) -> None:
    world.open(ALICES_ACL)
    with world.line.cut("POST", "/channels/stop", slow(lambda: world.registry.open(ALICES_ACL, {}))):
        world.registry.end(ALICES_ACL.id)
    world.run(5 * MINUTE)
    assert world.store.get(ALICES_ACL.id).state(world.now) is State.ACTIVE
    assert len(world.live()) == 1


def test_labels_set_in_the_middle_of_a_reading_are_kept_and_the_reading_too(world: World) -> None:
    world.open(ALICES_ACL)
    world.run(5 * MINUTE)
    world.alice.share(ALICE, BOB, "reader")
    with world.line.cut("GET", "/acl", late(lambda: world.registry.open(ALICES_ACL, {"labels": {"a": "b"}}))):
        world.run(MINUTE)
    world.run(MINUTE)
    assert world.told(ALICES_ACL.id) == ["watch.opened", "acl.created"]
    assert world.query.show(ALICES_ACL.id).options.labels == {"a": "b"}
    assert world.events(ALICES_ACL.id)[1]["data"]["watch"]["labels"] == {"a": "b"}


def test_what_google_refuses_at_once_is_not_kept_and_may_be_asked_for_again(world: World) -> None:
    with world.line.cut("GET", "/acl", refused(403, "forbidden")), pytest.raises(RefusedError):
        world.open(ALICES_ACL)
    with pytest.raises(UnknownWatchError):
        world.query.show(ALICES_ACL.id)
    assert world.query.page(Filter(), "", 10).watches == []
    outcome, watch = world.registry.open(ALICES_ACL, {})
    assert (outcome, watch.log.sequence) == (Outcome.CREATED, 1)


def test_what_is_written_without_an_answer_is_created_and_brought_up_all_the_same(world: World) -> None:
    lost = False

    def edge(rpc: str, act: Callable[[], T]) -> T:
        nonlocal lost
        answer = act()
        if rpc == WriteKind.CREATE and not lost:
            lost = True
            raise UnclearError("no answer")
        return answer

    assert isinstance(world.store, MemoryStore)
    world.store.edge = edge
    outcome, watch = world.registry.open(ALICES_ACL, {})
    assert (lost, outcome, watch.state(world.now)) == (True, Outcome.CREATED, State.ACTIVE)


def test_a_channel_opened_before_the_refusal_is_stopped(world: World) -> None:
    with world.line.cut("GET", "/acl", refused(403, "forbidden")), pytest.raises(RefusedError):
        world.open(ALICES_ACL)
    world.run(5 * MINUTE)
    assert world.live() == []


def test_a_refusal_at_resumption_keeps_what_was_there(world: World) -> None:
    world.open(ALICES_ACL)
    world.registry.end(ALICES_ACL.id)
    with world.line.cut("GET", "/acl", refused(404, "notFound")), pytest.raises(RefusedError):
        world.open(ALICES_ACL)
    watch = world.query.show(ALICES_ACL.id)
    assert (watch.wanted, watch.reason, watch.reading.item_count) == (True, "notFound", 1)


def test_ending_again_changes_nothing(world: World) -> None:
    world.open(ALICES_ACL)
    world.registry.end(ALICES_ACL.id)
    before = world.store.get(ALICES_ACL.id)
    assert world.registry.end(ALICES_ACL.id) == before


def test_a_listing_by_state_looks_at_the_time_that_it_is(world: World) -> None:
    for target in (ALICES_ACL, ALICES_LIST, ALICES_SETTINGS):
        world.open(target)
    world.registry.end(ALICES_LIST.id)
    active = world.query.page(Filter(states=frozenset({State.ACTIVE})), "", 10).watches
    assert {each.id for each in active} == {ALICES_ACL.id, ALICES_SETTINGS.id}
    world.now += timedelta(days=8)
    assert world.query.page(Filter(states=frozenset({State.ACTIVE})), "", 10).watches == []


def test_pages_of_a_filtered_listing_visit_every_watch_once(world: World) -> None:
    for target in (ALICES_ACL, ALICES_LIST, ALICES_SETTINGS):
        world.open(target)
    seen, token = [], ""
    while True:
        page = world.query.page(Filter(subject=ALICE, states=frozenset({State.ACTIVE})), token, 1)
        seen += [each.id for each in page.watches]
        if page.next_token is None:
            break
        token = page.next_token
    assert sorted(seen) == sorted(each.id for each in (ALICES_ACL, ALICES_LIST, ALICES_SETTINGS))


def test_ending_a_polled_watch_in_the_middle_of_a_reading_ends_it_at_once(make_world: MakeWorld) -> None:
    world = make_world(unwatchable=("@group.calendar.google.com",))
    target = Target(ALICES_ACL.resource, world.alice.create_calendar("Holidays"), ALICE)
    world.open(target)
    with world.line.cut("GET", "/acl", late(lambda: world.registry.end(target.id))):
        world.run(20 * MINUTE)
    assert world.told(target.id) == ["watch.opened", "watch.polling", "watch.stopped"]


def test_a_refusal_does_not_discard_what_somebody_else_has_opened_meanwhile(world: World) -> None:
    refusals = 2 * [refused(403, "forbidden")]

    def refused_twice(request: PreparedRequest, send: Send) -> Response:
        return refusals.pop()(request, send) if refusals else send()

    def asked_again_just_before_the_discarding(watch_id: str) -> Watch:
        watch = get(watch_id)
        refusal = watch.health.refusals.get(StepKind.READ)
        looks.append(refusal)
        if refusal and refusal.count == 2 and looks.count(refusal) == 3 and not asked:
            asked.append(watch_id)
            world.registry.open(ALICES_ACL, {})
        return get(watch_id)

    looks: list[object] = []
    asked: list[str] = []
    get = world.store.get
    world.store.get = asked_again_just_before_the_discarding  # type: ignore[method-assign]
    with world.line.cut("GET", "/acl", refused_twice), suppress(RefusedError):
        world.registry.open(ALICES_ACL, {})
    world.store.get = get  # type: ignore[method-assign]
    world.run(5 * MINUTE)
    assert asked
    assert world.query.show(ALICES_ACL.id).state(world.now) is State.ACTIVE
    assert len(world.live()) == 1


OPERATORS = {WriteKind.RESUME, WriteKind.STOP}


def crowded(times: int, kinds: Collection[str] = OPERATORS) -> Edge:
    """Somebody else was quicker, so many times in a row."""
    left = [times]

    def edge(rpc: str, act: Callable[[], T]) -> T:
        if rpc in kinds and left[0]:
            left[0] -= 1
            raise ConflictError("somebody else was quicker")
        return act()

    return edge


@pytest.mark.parametrize("ask", ["again", "end"])
def test_whoever_is_crowded_out_tries_again_for_as_long_as_there_is_patience(world: World, ask: str) -> None:
    world.open(ALICES_ACL)
    assert isinstance(world.store, MemoryStore)
    world.store.edge = crowded(12)
    began = world.now
    if ask == "end":
        assert world.registry.end(ALICES_ACL.id).state(world.now) is State.STOPPED
    else:
        assert world.open(ALICES_ACL, labels={"a": "b"}).options.labels == {"a": "b"}
    assert timedelta(seconds=2) < world.now - began <= timedelta(seconds=15)


def test_whoever_is_crowded_out_for_good_is_told_so_when_patience_ends(world: World) -> None:
    world.open(ALICES_ACL)
    assert isinstance(world.store, MemoryStore)
    world.store.edge = crowded(1_000_000)
    began = world.now
    with pytest.raises(UnavailableError):
        world.open(ALICES_ACL, labels={"a": "b"})
    assert timedelta(seconds=10) <= world.now - began <= timedelta(seconds=12)


def test_those_who_collided_do_not_try_again_at_the_same_time(world: World) -> None:
    world.open(ALICES_ACL)
    assert isinstance(world.store, MemoryStore)
    pauses = []
    for chance in (0.0, 0.5, 0.9):
        world.store.edge = crowded(3)
        waited: list[float] = []
        services = replace(world.services, jitter=partial(float, chance))
        Registry(services, waited.append).open(ALICES_ACL, {"labels": {"chance": str(chance)}})
        pauses.append(waited)
    assert all(len(each) == 3 and each == sorted(each) for each in pauses)
    assert len({each[0] for each in pauses}) == 3


def test_a_worker_who_is_crowded_out_by_operators_costs_nobody_an_answer(world: World) -> None:
    assert isinstance(world.store, MemoryStore)
    world.store.edge = crowded(20, set(WriteKind) - OPERATORS - {WriteKind.CREATE, WriteKind.CLAIM})
    outcome, watch = world.registry.open(ALICES_ACL, {})
    assert (outcome, watch.state(world.now)) == (Outcome.UNDER_WAY, State.OPENING)
    world.run(10 * MINUTE)
    assert world.query.show(ALICES_ACL.id).state(world.now) is State.ACTIVE


class NeverDone:
    """Work that takes longer than anybody waits, and how long whoever asked did wait."""

    def __init__(self) -> None:
        self.waited: list[float] = []

    def submit(self, *_work: object) -> "NeverDone":
        return self

    def result(self, timeout: float) -> None:
        self.waited.append(timeout)
        raise TimeoutError


def test_whoever_asks_is_answered_after_ten_seconds_and_it_goes_on_by_itself(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = NeverDone()
    monkeypatch.setattr(world.registry, "_workers", work)
    outcome, watch = world.registry.open(ALICES_ACL, {})
    assert (outcome, watch.state(world.now), work.waited) == (Outcome.UNDER_WAY, State.OPENING, [10.0])
    world.run(2 * MINUTE)
    assert world.query.show(ALICES_ACL.id).state(world.now) is State.ACTIVE
