"""Events listed whole beside the increments: from time to time, and when an operator asks for it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from calendar_watch.decisions import registration
from calendar_watch.decisions.listing.paging import TOLD
from calendar_watch.decisions.upkeep import after_upkeep
from calendar_watch.errors import GoogleError, RefusedError, SlowError, TryLaterError, WrongStateError
from calendar_watch.model.health import StepKind
from calendar_watch.model.watch import State, Watch
from calendar_watch.model.write import Write, WriteKind
from calendar_watch.reasons import Reason
from tests.scenarios.conftest import MakeWorld
from tests.scenarios.test_events import scripted
from tests.scenarios.test_listings import alive, off, small_parts
from tests.support.line import refused
from tests.support.scripted_listing import REFUSED, Life, ScriptedCalendar
from tests.support.world import ALICE, ALICES_ACL, ALICES_EVENTS, BOB, World, policy_of

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def audited(whole: list[list[Any]], **policy: Any) -> Life:
    return Life(ScriptedCalendar(whole=whole), **{"audit": DAY, **policy})


def wholly(life: Life) -> int:
    return life.google.asked("whole")


def test_a_change_that_every_increment_skips_is_told_with_the_audit() -> None:
    life = audited([[alive("a"), alive("b"), alive("c")]])
    life.google.whole = [[alive("a", 2), alive("b"), alive("new")]]
    life.run(DAY)
    assert sorted(life.told()) == [("created", "new"), ("deleted", "c"), ("updated", "a")]
    assert {each["cause"] for each in life.changes()} == {"schedule"}
    assert (wholly(life), life.watch.reading.sync_token) == (2, "sync")
    assert (life.watch.reading.item_count, life.items["a"]) == (3, alive("a", 2))
    assert [each["type"] for each in life.entries() if "resynced" in each["type"]] == []


@pytest.mark.uncounted
def test_there_is_one_a_day_at_another_time_for_each_watch_and_none_where_none_is_wanted() -> None:
    life = audited([[alive("a")]])
    life.run(4 * DAY)
    assert 4 <= wholly(life) - 1 <= 5
    never = audited([[alive("a")]], audit=timedelta(0))
    never.run(4 * DAY)
    assert wholly(never) == 1


def test_a_watch_that_was_read_while_none_was_wanted_is_audited_once_they_are() -> None:
    life = audited([[alive("a")]], audit=timedelta(0))
    life.run(DAY)
    life.services = replace(life.services, policy=replace(life.services.policy, audit=DAY))
    life.run(2 * DAY)
    assert 2 <= wholly(life) <= 3


def test_increments_go_first_between_the_pages_of_an_audit_and_are_not_judged_by_it() -> None:
    """The audit shows what an increment has told of since as it was before, and lacks what is new."""
    with small_parts():
        stale = [[alive("a"), alive("s")], [alive("b"), alive("c"), alive("x", 1, "s")], [alive("d")]]
        life = audited(stale)
        life.run(MINUTE)
        life.google.increment = [[]]

        news = iter([[[off("a"), alive("c", 2), alive("new"), off("s"), alive("y", 1, "s")]]])

        def meanwhile(name: str) -> None:
            if name == "whole 2" and (told := next(news, None)):
                life.google.increment = told
                life.make_due()

        life.google.before = meanwhile
        life.run(DAY)
        told = life.told()
        assert sorted(told) == [
            ("created", "new"), ("created", "y"), ("deleted", "a"), ("deleted", "s"), ("deleted", "x"),
            ("updated", "c"),
        ]  # fmt: skip
        assert life.items.keys() == {"b", "c", "d", "new", "y"}


@pytest.mark.parametrize(
    "error", [TryLaterError("later"), RefusedError(Reason.FORBIDDEN, "no"), SlowError("late"), REFUSED]
)
@pytest.mark.parametrize("page", [pytest.param("whole", marks=pytest.mark.search), "whole 2"])
def test_an_audit_that_fails_waits_longer_and_longer_and_nothing_waits_with_it(page: str, error: GoogleError) -> None:
    life = audited([[alive("a")], [alive("b")]])
    life.run(12 * HOUR)
    life.google.failures = [(page, error)] * 1_000
    before, read = wholly(life), life.google.asked("increment")
    life.run(DAY)
    assert life.google.asked("increment") - read >= 90
    assert 8 <= wholly(life) + life.google.asked("whole 2") - before <= 80
    assert life.watch.reading.sync_token
    life.google.failures = []
    life.google.whole = [[alive("a")], [alive("b", 2)]]
    life.run(2 * HOUR)
    assert life.told() == [("updated", "b")]


@pytest.mark.uncounted
def test_an_audit_that_fails_is_shown_until_it_comes_to_its_end_or_is_wanted_no_more() -> None:
    life = audited([[alive("a")], [alive("b")]])
    life.google.failures = [("whole 2", TryLaterError("later"))] * 1_000
    life.run(2 * DAY)
    failing = life.watch
    trouble = failing.health.troubles[StepKind.AUDIT]
    assert (trouble.operation, trouble.detail) == ("list", "later")
    assert trouble.count > 3
    assert not failing.health.doubtful, "readings work all the while"
    life.google.failures = []
    life.run(2 * HOUR)
    unaudited = after_upkeep(failing, life.now, policy_of(audit=timedelta(0)))
    assert StepKind.AUDIT not in {*life.watch.health.troubles, *unaudited.health.troubles}


def test_a_page_of_an_audit_that_comes_too_late_is_asked_for_half_as_long() -> None:
    life = audited([[alive("a")]])
    life.run(12 * HOUR)
    before = wholly(life)
    life.google.failures = [("whole", SlowError("late"))] * 2
    life.run(DAY)
    sizes = [size for name, size in life.google.calls if name == "whole"]
    assert sizes[before : before + 3] == [0, 1250, 625]


def test_an_audit_that_lacks_what_is_there_is_repeated_and_increments_go_on() -> None:
    items = [alive("a"), alive("b")]
    life = audited([items])
    life.google.single = {"b": alive("b")}
    life.google.whole = [[alive("a")]]
    life.run(DAY)
    assert life.told() == []
    assert life.watch.reading.audit.doubts
    life.google.increment, life.google.whole = [[alive("a", 2)]], [[alive("a", 2)]]
    life.run(HOUR)
    assert life.told() == [("updated", "a")]
    life.google.whole = [[alive("a", 2), alive("b")]]
    life.run(2 * HOUR)
    assert not life.watch.reading.audit.doubts


def test_after_an_audit_that_was_wrong_nothing_is_gone_without_googles_word() -> None:
    life = audited([[alive("a"), alive("b")]])
    life.google.single = {"b": alive("b")}
    life.google.whole = [[alive("a")]]
    life.run(DAY)
    assert life.watch.reading.audit.doubts

    def silent(name: str) -> None:
        if name == "get b":
            raise TryLaterError("no answer")

    life.google.before = silent
    life.run(DAY)
    assert life.told() == []
    life.google.before, life.google.single = str, {}
    life.run(2 * HOUR)
    assert life.told() == [("deleted", "b")]


def test_an_audit_that_lacks_many_is_seen_twice() -> None:
    life = audited([[alive(f"e{number}") for number in range(30)]])
    life.run(MINUTE)
    life.google.whole = [[alive("e0")]]
    life.run(DAY)
    assert [kind for kind, _ in life.told()] == ["deleted"] * 29
    assert wholly(life) == 3
    assert sum(name.startswith("get") for name, _ in life.google.calls) == 20


def test_a_sync_token_refused_in_the_middle_of_an_audit_ends_it() -> None:
    life = audited([[alive("a")], [alive("b")]])
    life.run(MINUTE)

    def meanwhile(name: str) -> None:
        if name == "whole 2" and not life.watch.reading.resyncing:
            life.google.stale, life.google.next_token = "sync", "newer"
            life.make_due()

    life.google.before = meanwhile
    life.run(DAY)
    assert (life.watch.reading.sync_token, life.watch.reading.audit.listing) == ("newer", None)
    assert life.items.keys() == {"a", "b"}


def test_too_much_told_meanwhile_begins_an_audit_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("calendar_watch.decisions.listing.audit._MOST_TOLD", 2)
    life = audited([[alive("a")], [alive("b")]])
    life.run(MINUTE)
    once = iter([[[alive("n1"), alive("n2"), alive("n3")]]])

    def meanwhile(name: str) -> None:
        if name == "whole 2" and (told := next(once, None)):
            life.google.increment = told
            life.google.whole = [[alive("a"), alive("n1")], [alive("b"), alive("n2"), alive("n3")]]
            life.make_due()

    life.google.before = meanwhile
    life.run(DAY)
    assert sorted(life.told()) == [("created", f"n{number}") for number in (1, 2, 3)]
    assert life.items.keys() == {"a", "b", "n1", "n2", "n3"}
    assert wholly(life) == 3, "the first listing, an audit that is given up, and one anew"


def test_unannounced_changes_of_events_are_counted_but_not_those_of_an_audit(make_world: MakeWorld) -> None:
    world = make_world(policy=policy_of(audit=3 * HOUR))
    answers: dict[str, Any] = {"": ([alive("a")], "t"), "t": ([], "t")}
    with world.line.cut("GET", "/events", scripted(answers)):
        world.open(ALICES_EVENTS)
        world.run(5 * MINUTE)
        answers |= {"": ([alive("a", 2)], "t"), "t": ([alive("a", 2)], "t")}
        world.run(HOUR)
        assert world.query.show(ALICES_EVENTS.id).channels.unannounced_changes == 1
        answers |= {"": ([alive("a", 3)], "t"), "t": ([], "t")}
        world.run(3 * HOUR)
    assert [each["data"]["after"]["summary"] for each in world.events(ALICES_EVENTS.id)[1:]] == ["v2", "v3"]
    assert world.query.show(ALICES_EVENTS.id).channels.unannounced_changes == 1


# --- asked for by an operator


def ask(life: Life) -> None:
    life.store.write(Write(WriteKind.RESUME, registration.resync_asked(life.watch, life.now)))


def resynced(life: Life) -> list[Any]:
    return [each["data"]["counts"] for each in life.entries() if "resynced" in each["type"]]


def test_an_operators_resync_tells_what_differs_and_then_how_much() -> None:
    life = audited([[alive("a"), alive("b")]], audit=timedelta(0))
    life.run(MINUTE)
    life.google.whole = [[alive("a", 2)], [alive("c")]]
    ask(life)
    life.run(10 * MINUTE)
    assert {each["cause"] for each in life.changes()} == {"resync"}
    assert resynced(life) == [{"created": 1, "updated": 1, "deleted": 1}]
    assert "resynced" in life.entries()[-1]["type"]
    assert (wholly(life), life.watch.reading.sync_token) == (2, "sync")


def test_one_that_fails_is_tried_again_when_somebody_retries() -> None:
    life = audited([[alive("a")]])
    life.run(MINUTE)

    def silent(name: str) -> None:
        if name.startswith("whole"):
            raise TryLaterError("no answer")

    life.google.before = silent
    ask(life)
    life.run(HOUR)
    audit = life.watch.reading.audit
    assert audit.at
    assert audit.at > life.now + 2 * MINUTE
    life.google.before = str
    life.store.write(Write(WriteKind.RESUME, registration.retried(life.watch, life.now)))
    life.run(MINUTE)
    assert resynced(life) == [{"created": 0, "updated": 0, "deleted": 0}]


def test_one_that_waits_behind_a_whole_listing_is_done_when_that_has_ended() -> None:
    life = audited([[alive("a"), alive("b")]])
    life.run(MINUTE)
    life.google.stale, life.google.next_token = "sync", "newer"
    ask(life)
    life.make_due()
    life.run(HOUR)
    assert resynced(life)[-1] == {"created": 0, "updated": 0, "deleted": 0}
    assert not life.watch.reading.audit.asked


def test_a_second_one_while_it_goes_on_starts_it_over() -> None:
    life = audited([[alive("a")], [alive("b")]])
    life.run(MINUTE)
    ask(life)
    again = iter([ask])

    def meanwhile(name: str) -> None:
        if name == "whole 2":
            for each in again:
                each(life)

    life.google.before = meanwhile
    before = wholly(life)
    life.run(HOUR)
    assert wholly(life) - before == 2
    assert resynced(life) == [{"created": 0, "updated": 0, "deleted": 0}]


def test_a_small_collection_is_compared_as_a_resync_and_settles(world: World) -> None:
    world.open(ALICES_ACL)
    world.run(5 * MINUTE)
    world.google.faults.drop_next(1)
    world.alice.share(ALICE, BOB, "reader")
    world.run(MINUTE)
    world.registry.resync(ALICES_ACL.id)
    assert world.told(ALICES_ACL.id) == ["watch.opened", "acl.created", "watch.resynced"]
    created, told = (each["data"] for each in world.events(ALICES_ACL.id)[1:])
    assert (created["cause"], told["counts"]) == ("resync", {"created": 1, "updated": 0, "deleted": 0})
    watch = world.query.show(ALICES_ACL.id)
    assert watch.reading.last_sync
    assert watch.reading.read_at == watch.reading.last_sync + timedelta(seconds=30)
    assert watch.channels.unannounced_changes == 0
    world.run(2 * HOUR)
    assert world.told(ALICES_ACL.id).count("watch.resynced") == 1


def test_events_are_compared_while_somebody_watches(world: World) -> None:
    world.open(ALICES_EVENTS)
    world.google.seed_events(ALICE, 30)
    world.run(5 * MINUTE)
    watch: Watch = world.registry.resync(ALICES_EVENTS.id)
    assert watch.id == ALICES_EVENTS.id
    assert world.told(ALICES_EVENTS.id)[-1] == "watch.resynced"


def test_of_a_suspended_watch_it_waits_until_that_reads_again(make_world: MakeWorld) -> None:
    world = make_world(policy=policy_of(believe=timedelta(seconds=30)))
    world.open(ALICES_EVENTS)
    world.run(5 * MINUTE)
    with world.line.cut("GET", "/events", refused(403, "forbidden")):
        world.alice.create_event(ALICE, "Lunch")
        world.run(3 * HOUR)
        assert world.query.show(ALICES_EVENTS.id).state(world.now) == "suspended"
        world.registry.resync(ALICES_EVENTS.id)
        world.run(HOUR)
        assert "watch.resynced" not in world.told(ALICES_EVENTS.id)
    world.run(2 * DAY)
    assert world.told(ALICES_EVENTS.id)[-1] == "watch.resynced"
    assert world.told(ALICES_EVENTS.id).count("events.created") == 1


def test_of_a_watch_that_has_ended_there_is_none(world: World) -> None:
    world.open(ALICES_ACL)
    world.registry.end(ALICES_ACL.id)
    with pytest.raises(WrongStateError):
        world.registry.resync(ALICES_ACL.id)


@pytest.mark.uncounted
def test_an_audit_in_the_middle_of_traffic_loses_nothing_and_doubles_nothing(make_world: MakeWorld) -> None:
    world = make_world(policy=policy_of(audit=10 * MINUTE))
    world.open(ALICES_EVENTS)
    known: list[str] = []
    for number in range(60):
        known.append(world.alice.create_event(ALICE, f"Event {number}"))
        if number % 3 == 0:
            world.alice.change_event(ALICE, known[number // 3], summary=f"Changed {number}")
        if number % 5 == 4:
            world.alice.delete_event(ALICE, known.pop())
        world.run(timedelta(seconds=37))
    world.run(HOUR)
    lists = [call for call in world.google.calls if call.method_id == "calendar.events.list"]
    assert sum("syncToken" not in call.query for call in lists) >= 5
    assert world.query.show(ALICES_EVENTS.id).reading.item_count == len(known)


def test_what_was_noted_for_an_audit_goes_with_a_watch_that_is_erased_in_the_middle_of_it() -> None:
    life = audited([[alive("a")], [alive("b")]])
    life.run(MINUTE)

    def meanwhile(name: str) -> None:
        if name == "whole 2" and not noted():
            life.google.increment = [[alive("a", 2)]]
            life.make_due()
        elif name == "whole 2":
            life.store.write(Write(WriteKind.STOP, registration.erasure_asked(life.watch, life.now)))

    def noted() -> bool:
        return bool(life.store.notes(life.target.id, [TOLD]))

    life.google.before = meanwhile
    life.run(DAY)
    assert life.told() == []
    assert life.watch.state(life.now) is State.STOPPED
    assert not life.watch.erasing
    assert not noted()
