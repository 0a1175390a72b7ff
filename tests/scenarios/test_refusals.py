"""Google's refusals often pass: what a watch does, says and shows meanwhile, and how long until all is well again."""

import itertools
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

import pytest
from requests import PreparedRequest, Response

from calendar_watch.errors import RefusedError, WrongStateError
from calendar_watch.model.health import StepKind
from calendar_watch.model.resources import ACL
from calendar_watch.model.target import Target
from calendar_watch.model.watch import State, Watch
from calendar_watch.operations.register import Outcome
from calendar_watch.reasons import Reason
from tests.support.line import Send, refused
from tests.support.world import ALICE, ALICES_ACL, ALICES_LIST, BOB, World, policy_of

pytestmark = pytest.mark.usefixtures("told_as_published")
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
STRANGERS = Target(ACL, "nobody@example.com", ALICE)
"""Google knows no such calendar."""
REFUSALS = [
    (403, "forbidden", "forbidden"),
    (404, "notFound", "notFound"),
    (403, "notACalendarUser", "notACalendarUser"),
    (401, "authError", "authorizationRevoked"),
]


def refusing(world: World, path: str = "/acl", method: str = "GET") -> AbstractContextManager[None]:
    return world.line.cut(method, path, refused(403, "forbidden"))


def counted(refusals: list[datetime], world: World) -> Callable[[PreparedRequest, Send], Response]:
    """Refuses, and notes when."""

    def answer(request: PreparedRequest, send: Send) -> Response:
        refusals.append(world.now)
        return refused(403, "forbidden")(request, send)

    return answer


def shown(world: World, target: Target = ALICES_ACL) -> tuple[State, Reason | None]:
    watch = world.query.show(target.id)
    return watch.state(world.now), watch.reason


@pytest.mark.parametrize(("status", "reason", "shown_as"), REFUSALS)
def test_a_refusal_for_good_is_told_after_two_tries_and_believed_after_fifteen_to_twenty_five_minutes(
    world: World, status: int, reason: str, shown_as: str
) -> None:
    world.open(ALICES_ACL)
    world.run(5 * MINUTE)
    with world.line.cut("GET", "/acl", refused(status, reason)):
        world.alice.share(ALICE, BOB, "reader")
        world.run(MINUTE)
        began = world.now - MINUTE
        assert shown(world) == (State.DEGRADED, shown_as), "the API shows it at once"
        world.run(20 * HOUR)
        assert shown(world) == (State.SUSPENDED, shown_as)
        assert world.query.show(ALICES_ACL.id).detail == f"because of {reason}"
    told = {each["type"].split(".")[2]: datetime.fromisoformat(each["time"]) for each in world.events(ALICES_ACL.id)}
    assert 15 * MINUTE <= told["suspended"] - began <= 25 * MINUTE
    world.run(25 * HOUR)
    assert world.told(ALICES_ACL.id) == [
        *("watch.opened", "watch.degraded", "watch.suspended", "acl.created", "watch.resumed")
    ]
    assert len(world.live()) == 1


@pytest.mark.parametrize(("status", "reason", "_shown_as"), REFUSALS)
def test_a_single_refusal_is_over_after_a_minute_and_nobody_is_told(
    world: World, status: int, reason: str, _shown_as: str
) -> None:
    world.open(ALICES_ACL)
    world.run(5 * MINUTE)
    with world.line.cut("GET", "/acl", refused(status, reason)):
        world.alice.share(ALICE, BOB, "reader")
        world.run(MINUTE)
    world.run(2 * MINUTE)
    assert world.told(ALICES_ACL.id) == ["watch.opened", "acl.created"]
    assert shown(world) == (State.ACTIVE, None)
    assert world.query.show(ALICES_ACL.id).health.last_trouble is None


def test_while_it_is_refused_it_is_tried_ever_more_rarely_and_at_last_once_a_day(world: World) -> None:
    world.open(ALICES_ACL)
    refusals: list[datetime] = []
    with world.line.cut("GET", "/acl", counted(refusals, world)):
        world.alice.share(ALICE, BOB, "reader")
        world.run(timedelta(days=4))
    pauses = [later - earlier for earlier, later in itertools.pairwise(refusals)][:8]
    expected = [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR, 12 * HOUR, 24 * HOUR, 24 * HOUR]
    assert all(0.89 * due <= taken <= 1.1 * due + MINUTE for taken, due in zip(pauses, expected, strict=True))


def test_a_message_brings_the_next_try_forward_but_never_two_in_half_a_minute(world: World) -> None:
    world.open(ALICES_ACL)
    refusals: list[datetime] = []
    with world.line.cut("GET", "/acl", counted(refusals, world)):
        for _ in range(120):
            world.alice.share(ALICE, BOB, "reader")
            world.run(timedelta(seconds=7))
    pauses = [later - earlier for earlier, later in itertools.pairwise(refusals)]
    assert min(pauses) >= timedelta(seconds=30)
    assert max(pauses) <= 2 * MINUTE


def test_what_google_no_longer_refuses_is_told_two_minutes_after_the_next_message(world: World) -> None:
    world.open(ALICES_ACL)
    with refusing(world):
        world.alice.share(ALICE, BOB, "reader")
        world.run(13 * MINUTE)
    world.alice.share(ALICE, BOB, "writer")
    world.run(2 * MINUTE)
    assert world.told(ALICES_ACL.id)[-2:] == ["acl.created", "watch.resumed"]


def test_a_message_of_a_suspended_watch_is_tried_at_most_every_fifteen_minutes_and_never_dropped(world: World) -> None:
    world.open(ALICES_ACL)
    refusals: list[datetime] = []
    with world.line.cut("GET", "/acl", counted(refusals, world)):
        world.alice.share(ALICE, BOB, "reader")
        world.run(2 * HOUR)
        assert shown(world)[0] is State.SUSPENDED
        del refusals[:]
        world.alice.share(ALICE, BOB, "writer")
        world.run(MINUTE)
        assert len(refusals) == 1
        for role in ("reader", "writer") * 15:
            world.alice.share(ALICE, BOB, role)
            world.run(2 * MINUTE)
        world.alice.share(ALICE, BOB, "reader")
    pauses = [later - earlier for earlier, later in itertools.pairwise(refusals)]
    assert len(pauses) >= 3
    assert min(pauses) >= 15 * MINUTE
    world.run(16 * MINUTE)
    assert world.told(ALICES_ACL.id)[-2:] == ["acl.created", "watch.resumed"]


def test_what_may_not_be_watched_is_read_all_the_same_and_polled_once_its_channel_is_over(world: World) -> None:
    world.open(ALICES_ACL)
    with refusing(world, "/watch", "POST"):
        world.run(timedelta(days=6))
        assert shown(world) == (State.ACTIVE, "watchRefused"), "its channel lives"
        world.alice.share(ALICE, BOB, "reader")
        world.run(MINUTE)
        assert world.told(ALICES_ACL.id) == ["watch.opened", "acl.created"]
        world.run(timedelta(days=2))
        assert shown(world) == (State.POLLING, "watchRefused")
        world.alice.share(ALICE, BOB, "writer")
        world.run(16 * MINUTE)
        assert world.told(ALICES_ACL.id) == ["watch.opened", "acl.created", "watch.polling", "acl.updated"]
    world.run(25 * HOUR)
    assert shown(world) == (State.ACTIVE, None)
    assert world.told(ALICES_ACL.id)[-1] == "watch.resumed"


def test_a_new_calendar_that_may_not_be_watched_yet_is_open_all_the_same_and_watched_a_minute_later(
    world: World,
) -> None:
    with refusing(world, "/watch", "POST"):
        outcome, watch = world.registry.open(ALICES_ACL, {})
    assert (outcome, watch.state(world.now), watch.reading.item_count) == (Outcome.CREATED, State.POLLING, 1)
    world.run(3 * MINUTE)
    assert shown(world) == (State.ACTIVE, None)
    assert world.told(ALICES_ACL.id) == ["watch.opened"]


def test_whoever_asks_is_told_after_a_second_refusal_and_nothing_is_kept(world: World) -> None:
    refusals: list[datetime] = []
    with world.line.cut("GET", "/acl", counted(refusals, world)), pytest.raises(RefusedError):
        world.open(ALICES_ACL)
    assert len(refusals) == 2
    assert world.store.get(ALICES_ACL.id).discarded


def test_whoever_asks_does_not_hear_of_a_single_refusal(world: World) -> None:
    refusals: list[datetime] = []

    def once(request: PreparedRequest, send: Send) -> Response:
        return send() if refusals else counted(refusals, world)(request, send)

    with world.line.cut("GET", "/acl", once):
        outcome, watch = world.registry.open(ALICES_ACL, {})
    assert (outcome, watch.state(world.now)) == (Outcome.CREATED, State.ACTIVE)


def test_what_nobody_waits_for_stays_opening_with_its_reason_then_is_suspended_and_nothing_is_told(
    world: World,
) -> None:
    with refusing(world):
        world.registry.enrol([(ALICES_ACL, {})])
        world.run(5 * MINUTE)
        assert shown(world) == (State.OPENING, "forbidden")
        world.run(25 * MINUTE)
        assert shown(world) == (State.SUSPENDED, "forbidden")
    assert world.events(ALICES_ACL.id) == []
    world.registry.retry(ALICES_ACL.id)
    world.run(2 * MINUTE)
    assert world.told(ALICES_ACL.id) == ["watch.opened"]


def test_so_it_does_where_google_refuses_to_watch_as_well_as_to_read(world: World) -> None:
    world.registry.enrol([(STRANGERS, {})])
    world.run(5 * MINUTE)
    assert shown(world, STRANGERS) == (State.OPENING, "notFound")
    world.run(25 * MINUTE)
    assert shown(world, STRANGERS) == (State.SUSPENDED, "notFound")


def test_enrolment_before_the_grant_has_spread_heals_by_itself(world: World) -> None:
    with refusing(world):
        world.registry.enrol([(ALICES_ACL, {})])
        world.run(3 * MINUTE)
    world.run(6 * MINUTE)
    assert shown(world) == (State.ACTIVE, None)
    assert world.told(ALICES_ACL.id) == ["watch.opened"]


def test_readings_that_fail_for_an_hour_are_shown_with_what_failed_last_and_one_success_clears_it(
    world: World,
) -> None:
    world.open(ALICES_ACL)
    world.run(5 * MINUTE)
    with world.line.cut("GET", "/acl", refused(503, "backendError")):
        world.alice.share(ALICE, BOB, "reader")
        world.run(17 * MINUTE)
        assert shown(world) == (State.DEGRADED, "readingsFailing")
        world.run(43 * MINUTE)
        trouble = world.query.show(ALICES_ACL.id).health.last_trouble
        assert trouble
        assert (trouble.operation, trouble.detail) == ("list", "because of backendError")
        assert trouble.count >= 3
    world.registry.retry(ALICES_ACL.id)
    world.run(MINUTE)
    assert shown(world) == (State.ACTIVE, None)
    assert world.query.show(ALICES_ACL.id).health.last_trouble is None
    assert world.told(ALICES_ACL.id) == ["watch.opened", "watch.degraded", "acl.created", "watch.resumed"]


def test_failures_of_a_few_minutes_are_no_state(world: World) -> None:
    world.open(ALICES_ACL)
    with world.line.cut("GET", "/acl", refused(503, "backendError")):
        world.alice.share(ALICE, BOB, "reader")
        world.run(10 * MINUTE)
        assert shown(world) == (State.ACTIVE, None)
        assert world.query.show(ALICES_ACL.id).health.last_trouble


def test_a_retry_tries_now_and_half_a_minute_after_the_last_try_at_the_earliest(world: World) -> None:
    world.open(ALICES_ACL)
    refusals: list[datetime] = []
    with world.line.cut("GET", "/acl", counted(refusals, world)):
        world.alice.share(ALICE, BOB, "reader")
        world.run(2 * HOUR)
        del refusals[:]
        for _ in range(6):
            world.registry.retry(ALICES_ACL.id)
            world.run(timedelta(seconds=10))
        assert len(refusals) == 2
    world.registry.retry(ALICES_ACL.id)
    world.run(MINUTE)
    assert shown(world)[0] is State.ACTIVE


def test_a_retry_tries_what_google_would_not_stop_and_that_no_more_often(world: World) -> None:
    world.open(ALICES_ACL, ttl=3_600)
    stops: list[datetime] = []
    with world.line.cut("POST", "/stop", counted(stops, world)):
        world.run(52 * MINUTE)
        before = len(stops)
        for _ in range(6):
            world.registry.retry(ALICES_ACL.id)
            world.run(timedelta(seconds=10))
        assert len(stops) > before > 1
        assert all(later - earlier >= MINUTE / 2 for earlier, later in itertools.pairwise(stops[before - 1 :]))
    world.registry.retry(ALICES_ACL.id)
    world.run(MINUTE)
    assert len(world.live()) == 1


def test_of_what_has_ended_nothing_is_retried_though_google_would_not_stop_it(world: World) -> None:
    world.open(ALICES_ACL)
    with world.line.cut("POST", "/stop", refused(503, "backendError")):
        world.registry.end(ALICES_ACL.id)
        world.run(HOUR)
        with pytest.raises(WrongStateError):
            world.registry.retry(ALICES_ACL.id)
        trouble = world.query.show(ALICES_ACL.id).health.last_trouble
        assert trouble
        assert trouble.operation == "stop"


@pytest.mark.parametrize("ask", ["retry", "ask again"])
def test_what_waits_is_tried_before_whoever_asks_for_that_is_answered(world: World, ask: str) -> None:
    with world.line.cut("POST", "/watch", refused(403, "forbidden")):
        world.open(ALICES_ACL)
        world.run(3 * HOUR)
    assert shown(world) == (State.POLLING, Reason.WATCH_REFUSED)
    watch = world.registry.retry(ALICES_ACL.id) if ask == "retry" else world.open(ALICES_ACL)
    assert watch.newest
    assert watch.reason is None


def test_asking_for_the_parent_again_has_what_it_follows_tried_as_well(world: World) -> None:
    world.open(ALICES_LIST, follow=("acl",))
    child = Target(ACL, ALICE, ALICE)
    world.run(5 * MINUTE)
    with refusing(world):
        world.alice.share(ALICE, BOB, "reader")
        world.run(2 * HOUR)
        assert shown(world, child)[0] is State.SUSPENDED
    world.open(ALICES_LIST, follow=("acl",))
    world.run(3 * MINUTE)
    assert shown(world, child) == (State.ACTIVE, None)


def test_what_we_ourselves_no_longer_allow_is_suspended_at_once(world: World) -> None:
    world.open(ALICES_ACL)
    world.domains.clear()
    world.domains.append("elsewhere.example.com")
    world.alice.share(ALICE, BOB, "reader")
    world.run(2 * MINUTE)
    assert shown(world) == (State.SUSPENDED, "subjectNotAllowed")


def test_a_state_says_since_when(world: World) -> None:
    def since(watch: Watch) -> datetime:
        return watch.state_since(world.now)

    opened = world.open(ALICES_ACL)
    world.run(5 * MINUTE)
    assert since(world.query.show(ALICES_ACL.id)) == since(opened)
    with refusing(world):
        world.alice.share(ALICE, BOB, "reader")
        world.run(2 * HOUR)
    suspended = since(world.query.show(ALICES_ACL.id))
    assert 15 * MINUTE <= suspended - since(opened) - 5 * MINUTE <= 25 * MINUTE
    world.run(MINUTE)
    assert since(world.query.show(ALICES_ACL.id)) == suspended


def test_a_policy_that_believes_sooner_climbs_its_first_rungs_sooner(make_world: Callable[..., World]) -> None:
    world = make_world(policy=policy_of(believe=timedelta(seconds=90)))
    world.open(ALICES_ACL)
    with refusing(world):
        world.alice.share(ALICE, BOB, "reader")
        world.run(5 * MINUTE)
        assert shown(world)[0] is State.SUSPENDED


def test_opening_and_reading_are_refused_apart(world: World) -> None:
    world.open(ALICES_ACL)
    with refusing(world, "/watch", "POST"), refusing(world):
        world.run(timedelta(days=6))
        health = world.query.show(ALICES_ACL.id).health
        assert health.refusals[StepKind.READ].believed
    world.registry.retry(ALICES_ACL.id)
    with refusing(world, "/watch", "POST"):
        world.run(2 * MINUTE)
        health = world.query.show(ALICES_ACL.id).health
        assert StepKind.READ not in health.refusals, "a success forgets those of its own kind"
    world.run(HOUR)
    assert shown(world) == (State.ACTIVE, None)
