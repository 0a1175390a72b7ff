"""Deciding what is next: pure, so every watch that can be built is fair game."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from calendar_watch.decisions import (
    baseline,
    channel_lifecycle,
    children,
    claim,
    classification,
    publishing,
    reading,
    refusals,
    registration,
    upkeep,
)
from calendar_watch.decisions.backoff import Failure
from calendar_watch.decisions.next_step import (
    Erase,
    Follow,
    Forget,
    OpenChannel,
    Publish,
    Read,
    Reclassify,
    Step,
    StopChannel,
    TellBaseline,
    Wait,
    claimable,
    claimable_again,
    decided,
    next_step,
)
from calendar_watch.errors import QuotaError, RefusedError, TryLaterError
from calendar_watch.model.channel import Channel, Channels, Opening
from calendar_watch.model.collection.snapshot import Snapshot
from calendar_watch.model.exposure import Classification, fingerprint
from calendar_watch.model.health import Health, Refusal, StepKind, Trouble
from calendar_watch.model.listing import ReadCause, Reading
from calendar_watch.model.notification import PendingNotification
from calendar_watch.model.policy import Policy
from calendar_watch.model.resources import ACL, CALENDAR_LIST
from calendar_watch.model.target import Options, Target
from calendar_watch.model.watch import Baseline, Following, Log, Schedule, State, Watch
from calendar_watch.reasons import Reason

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
POLICY = Policy(
    address="https://here.example.com/",
    key="now",
    project="p",
    publishes=True,
    baseline_in_stream=frozenset({"calendarList"}),
)
BOUND = 60
"""A handful of retired channels to stop, one to open, and readings: far fewer in fact."""

moments = st.integers(-20 * 86_400, 20 * 86_400).map(lambda seconds: NOW + timedelta(seconds=seconds))
maybe = st.one_of(st.none(), moments)


@st.composite
def channels(draw: Callable[..., Any], number: int) -> Channel:
    answered = draw(st.booleans())
    retired = draw(maybe) if answered else None
    return Channel(
        id=f"c{number}",
        generation=number,
        created=draw(moments),
        address=draw(st.sampled_from([POLICY.address, "https://there.example.com/"])),
        key=draw(st.sampled_from(["now", "then"])),
        resource_id="r" if answered else None,
        expiration=draw(moments) if answered else None,
        expiration_said=answered and draw(st.booleans()),
        opened=draw(maybe) if answered else None,
        confirmed=answered and draw(st.booleans()),
        retired=retired,
        stopped=draw(maybe) if retired else None,
        retry_at=draw(maybe) if retired else None,
        failures=draw(st.integers(0, 20)),
        renew_at=draw(maybe),
    )


@st.composite
def watches(draw: Callable[..., Any]) -> Watch:
    held = [draw(channels(number)) for number in range(1, draw(st.integers(0, 5)) + 1)]
    refusals = st.builds(
        Refusal,
        st.sampled_from(Reason),
        st.just("why"),
        st.sampled_from([POLICY.address, "https://there.example.com/"]),
        since=moments,
        at=moments,
        count=st.integers(1, 9),
        believed=st.booleans(),
        common=st.booleans(),
    )
    troubles = st.builds(
        Trouble,
        operation=st.just("list"),
        since=moments,
        at=moments,
        count=st.integers(1, 30),
        status=st.just(503),
        code=st.just("backendError"),
        detail=st.just("why"),
        reason=st.none() | st.sampled_from(Reason),
    )
    # Who is refused to be read is to be read again: only a reading that works says "never".
    refused = draw(st.dictionaries(st.sampled_from([StepKind.OPEN, StepKind.READ]), refusals))
    return Watch(
        target=draw(
            st.builds(Target, st.just(ACL), st.sampled_from("abcd"), st.just("alice@example.com"))
            | st.just(Target(CALENDAR_LIST, None, "alice@example.com"))
        ),
        options=Options(follow=draw(st.sampled_from([(), ("acl",)]))),
        created=draw(moments),
        wanted=draw(st.booleans()),
        stopped_at=draw(maybe),
        erasing=draw(st.booleans()),
        health=Health(
            refused,
            draw(st.dictionaries(st.sampled_from(StepKind), troubles)),
        ),
        schedule=Schedule(
            due_at=draw(maybe),
            not_before=draw(st.dictionaries(st.sampled_from(StepKind), moments)),
        ),
        reading=Reading(
            read_at=draw(moments if StepKind.READ in refused else maybe),
            read_cause=draw(st.sampled_from(ReadCause)),
            notified_at=draw(maybe),
            brake=draw(st.booleans()),
            item_count=draw(st.one_of(st.none(), st.integers(0, 9))),
        ),
        channels=Channels(
            by_id={each.id: each for each in held},
            generation=len(held),
            unconfirmed=draw(st.integers(0, 5)),
            was_confirmed=draw(st.booleans()),
            unannounced_changes=draw(st.integers(0, 3)),
            mute=draw(st.integers(0, 3)),
            resource_ids=draw(st.sampled_from([(), ("r",), ("another",)])),
        ),
        following=Following(revision=draw(st.integers(0, 3)), done_to=draw(st.integers(0, 3)), any=draw(st.booleans())),
        exposure=Classification(
            domains=draw(st.sampled_from([fingerprint(POLICY.internal_domains), "of others", ""])),
            recount_at=draw(maybe),
        ),
        baseline=draw(st.builds(Baseline, st.none() | st.integers(1, 5), st.booleans(), maybe)),
        log=Log(
            sequence=draw(st.integers(5, 9)),
            published=draw(st.integers(0, 5)),
            announced=draw(st.one_of(st.none(), st.sampled_from(State))),
        ),
    )


errors = st.sampled_from(
    [
        TryLaterError("later"),
        TryLaterError("later", after=300.0),
        TryLaterError("later", may_have_happened=True),
        QuotaError("much later"),
        RefusedError(Reason.FORBIDDEN, "no"),
        RefusedError(Reason.PUSH_NOT_SUPPORTED, "no push"),
    ]
)


def outcome(watch: Watch, step: Step, error: TryLaterError | RefusedError | None) -> Watch:
    """The watch after `step`, which failed with `error` or did not."""
    return failure_of(watch, step, Failure(error, NOW, 0.5)) if error else success_of(watch, step)


def failure_of(watch: Watch, step: Step, failure: Failure) -> Watch:
    match step:
        case StopChannel(channel):
            return channel_lifecycle.stop_failed(watch, channel.id, failure)
        case Publish():
            return publishing.unpublished(watch, failure)
        case _:
            kind = StepKind.OPEN if isinstance(step, OpenChannel) else StepKind.READ
            return refusals.failed(watch, kind, failure, POLICY)


def success_of(watch: Watch, step: Step) -> Watch:  # noqa: PLR0911 (one for each step)
    match step:
        case StopChannel(channel):
            return channel_lifecycle.stopped(watch, channel.id, NOW)
        case OpenChannel():
            assert watch.newest
            answer = Opening("r", expiration=NOW + timedelta(days=7))
            return channel_lifecycle.opened(watch, watch.newest.id, answer, NOW, POLICY)
        case Read():
            return reading.kept(reading.read(watch, NOW, POLICY, NOW), Snapshot({}, ()), POLICY)
        case Reclassify():
            return classification.reclassified(watch, [], NOW, POLICY)
        case TellBaseline():
            return baseline.told(watch, {}, NOW, POLICY)
        case Publish():
            return publishing.published(watch, [])
        case Follow():
            return children.done(watch)
        case Erase():
            return upkeep.erased(watch, last=True)
        case _:
            return upkeep.forgotten(watch)


_OURS = Erase | Forget | Follow | Reclassify | TellBaseline
"""Nobody is asked, so nobody refuses."""


@settings(max_examples=2 * settings().max_examples)
@given(watches(), st.lists(st.one_of(st.none(), errors), min_size=BOUND, max_size=BOUND))
def test_following_the_steps_reaches_rest_and_never_stops_the_only_confirmed_channel(
    watch: Watch, results: list[TryLaterError | RefusedError | None]
) -> None:
    watch, step = decided(claim.claimed(watch, [], "nonce", NOW, POLICY), NOW, POLICY, str(UUID(int=0)))
    for number, error in enumerate(results, start=1):
        if isinstance(step, Wait):
            break
        error = None if isinstance(step, _OURS) else error  # noqa: PLW2901
        if isinstance(step, StopChannel):
            assert_not_the_only_one(watch, step.channel)
        watch, step = decided(outcome(watch, step, error), NOW, POLICY, str(UUID(int=number)))
    assert isinstance(step, Wait)
    assert watch.schedule.holder is None
    assert watch.schedule.due_at is None or watch.schedule.due_at > NOW
    assert watch.schedule.due_at is not None or not watch.wanted, "a wanted watch is never parked"


def assert_not_the_only_one(watch: Watch, channel: Channel) -> None:
    assert channel.retired, "only what was marked before is stopped"
    live = [each for each in watch.channels.by_id.values() if each.confirmed and not each.expired(NOW) and each.current]
    assert not live or channel not in live


@given(watches())
def test_settling_gives_up_a_confirmed_channel_only_for_a_newer_confirmed_one_or_at_the_end(watch: Watch) -> None:
    before = watch.confirmed(NOW)
    after, _ = decided(watch, NOW, POLICY, "fresh")
    if before and watch.wanted:
        kept = after.confirmed(NOW)
        assert kept
        assert kept.generation >= before.generation


@given(watches(), st.lists(st.integers(0, 8), max_size=4))
def test_notifications_always_lead_to_a_reading_and_unknown_channels_of_a_known_resource_to_a_stop(
    watch: Watch, numbers: list[int]
) -> None:
    notifications = [
        PendingNotification(watch.id, f"c{number}", "r", NOW + timedelta(days=1), NOW) for number in numbers
    ]
    claimed = claim.claimed(watch, notifications, "nonce", NOW, POLICY)
    for each in {each.channel_id for each in notifications} & watch.channels.by_id.keys():
        assert claimed.channels.by_id[each].answered
    strangers = {each.channel_id for each in notifications} - watch.channels.by_id.keys()
    to_stop = {each.id for each in claimed.retired} - watch.channels.by_id.keys()
    assert to_stop == (strangers if "r" in watch.channels.resource_ids else set())
    if notifications:
        assert claimed.reading.read_at == NOW


@given(watches())
def test_retired_is_never_taken_back(watch: Watch) -> None:
    after, _ = decided(watch, NOW, POLICY, "fresh")
    for each in watch.retired:
        assert each.id not in after.channels.by_id or after.channels.by_id[each.id].retired


@given(watches())
def test_settling_twice_decides_the_same(watch: Watch) -> None:
    once, step = decided(watch, NOW, POLICY, "fresh")
    if isinstance(step, Wait):
        twice, again = decided(once.with_log(pending=()), NOW, POLICY, "fresh")
        assert again == step
        assert twice.log.sequence == once.log.sequence, "nothing is announced twice"


@given(watches(), moments)
def test_a_watch_that_nobody_holds_can_be_claimed_for_its_notifications_due_or_not(
    watch: Watch, due_at: datetime
) -> None:
    assert claimable(watch.with_schedule(due_at=due_at, holder=None), NOW, POLICY, notifications=True)
    assert claimable(watch.with_schedule(due_at=due_at, holder="x"), NOW, POLICY, notifications=True) == (due_at <= NOW)


@given(watches(), st.integers(0, 60))
def test_who_hears_that_a_worker_failed_takes_over_from_a_holder_that_was_silent_for_eight_seconds(
    watch: Watch, silent: int
) -> None:
    last_write = NOW - timedelta(seconds=silent)
    held = watch.with_schedule(holder="x", due_at=last_write + POLICY.lease, fingerprint=POLICY.fingerprint)
    assert claimable_again(held, NOW, POLICY, notifications=False) == (silent >= 8)
    assert claimable(held, NOW, POLICY, notifications=False) == (silent >= 60)


def test_what_is_retired_is_stopped_before_anything_is_opened() -> None:
    old = Channel("old", 1, NOW, resource_id="r", expiration=NOW + timedelta(days=1), retired=NOW)
    watch = registration.created(Target(ACL, "a", "alice@example.com"), Options(), NOW).with_channel(old)
    assert next_step(watch, NOW, POLICY) == StopChannel(old)


def test_a_watch_that_ended_long_ago_forgets_what_it_read_and_is_parked() -> None:
    watch = replace(
        registration.created(Target(ACL, "a", "alice@example.com"), Options(), NOW),
        wanted=False,
        stopped_at=NOW - POLICY.retention,
    ).with_reading(item_count=3)
    assert next_step(watch, NOW, POLICY) == Forget()
    assert next_step(upkeep.forgotten(watch), NOW, POLICY) == Wait(None)


def test_a_watch_is_looked_at_again_when_its_channel_expires() -> None:
    over = NOW + timedelta(minutes=10)
    live = Channel("c", 1, NOW, POLICY.address, POLICY.key, "r", expiration=over, confirmed=True)
    watch = registration.created(Target(ACL, "a", "alice@example.com"), Options(), NOW).with_channel(live)
    refused = watch.with_reading(read_at=None).with_schedule(not_before={StepKind.OPEN: NOW + timedelta(hours=1)})
    assert next_step(refused, NOW, POLICY) == Wait(over)
