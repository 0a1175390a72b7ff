"""What must be true, whatever has happened: during a run, and once everything has been quiet for a while."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from urllib.parse import quote

from calendar_watch.decisions.children import targets
from calendar_watch.errors import GoogleError, TooOldError
from calendar_watch.http.watch_view import watch_view
from calendar_watch.model.change_log import Span
from calendar_watch.model.collection.parts import WHOLE
from calendar_watch.model.health import StepKind
from calendar_watch.model.target import Target
from calendar_watch.model.watch import State, Watch
from calendar_watch.reconciler.result import Result
from tests.doubles.calendar_simulator import Actor, Refusal
from tests.searches.chaos.composition import Composition
from tests.searches.chaos.senses.seen import (
    SKEW,
    demand,
    demand_none,
    known,
    live_channels,
    watched,
    watches,
    well,
)
from tests.searches.chaos.senses.sharing import counted
from tests.searches.chaos.senses.watchman import Watchman
from tests.searches.chaos.senses.witness import Witness
from tests.support import invariants
from tests.support.invariants import Item, Items
from tests.support.stream import rebuilt
from tests.support.whole import pages_of

_ROUNDS = 3
_A_MOMENT = timedelta(minutes=2)
"""Two leases: whoever is at it has done it by then."""
_HEAVIEST = 8 * 2**20
"""Bytes; Firestore refuses 10 MiB."""

# --- at any time


def whoever_lets_go_of_a_watch_leaves_no_notification_behind(
    composition: Composition, watch_id: str, result: Result
) -> None:
    others = [
        each
        for each in composition.scheduler.workers
        if each is not composition.scheduler.running and each.name != "notification"
    ]
    if others or result.steps[-1:] != ["Wait"] or result.steps.count("Wait") >= _ROUNDS:
        return  # somebody else may be about to look
    worker, schedule = composition.scheduler.running, composition.store.get(watch_id).schedule
    if worker and worker.ending:
        return  # in a hurry, as where the time was up: a sweep comes
    overdue = schedule.due_at is not None and schedule.due_at <= composition.now + SKEW
    free = schedule.holder is None and not overdue  # for what is overdue a sweep comes, as where the time was up
    waiting = [
        each for each in composition.store.notifications(watch_id) if worker and each.received < worker.acted - SKEW
    ]
    demand(not (free and waiting), f"{watch_id} was let go of with notifications waiting")


def nobody_is_told_of_a_channel_lost_without_a_reason(witness: Witness, watchman: Watchman) -> None:
    for event in witness.consumer.arrived.values():
        degraded = event["type"] == "calendarwatch.watch.degraded.v1"
        excused = event["data"].get("reason") or watchman.excuses(event["partitionkey"])
        demand(not degraded or excused, f"{event['id']} tells of a lost channel")


# --- a while after everything has become quiet


def nobody_holds_anything_and_nothing_waits(composition: Composition) -> None:
    now = composition.now
    demand(not composition.store.waiting("", 10), "notifications are waiting")
    for watch in watches(composition):
        demand(watch.schedule.holder is None, f"{watch.id} is held")
        demand(watch.schedule.due_at is None or watch.schedule.due_at > now - _A_MOMENT, f"{watch.id} is overdue")
        demand(
            watch.log.published == watch.log.sequence,
            f"{watch.id} has published {watch.log.published} of {watch.log.sequence}",
        )


def every_retired_channel_is_stopped(composition: Composition) -> None:
    """But for one that an ordinary renewal has just given up."""
    for watch in watches(composition):
        left = [each.id for each in watch.retired if each.retired and each.retired < composition.now - _A_MOMENT]
        demand(not left, f"{watch.id} has not stopped {left}")
        demand(watch.state(composition.now) is not State.STOPPING, f"{watch.id} is stopping still")


def each_active_watch_has_one_live_channel_and_no_other_has_any(composition: Composition) -> None:
    there = watches(composition)
    live = {watch_id: [each.id for each in those] for watch_id, those in live_channels(composition, there).items()}
    every = [watched(each, composition.now) for each in there]
    demand_none(invariants.each_active_watch_has_one_live_channel_and_no_other_has_any(every, live))


def whoever_can_be_read_is_read(composition: Composition) -> None:
    """Nothing wanted stays suspended, opening or degraded where Google gives what is asked for."""
    for watch in watches(composition):
        if watch.wanted and watch.state(composition.now) not in {State.ACTIVE, State.POLLING}:
            state = watch.state(composition.now)
            demand(not _is_readable(composition, watch.target), f"{watch.id} is {state} without a reason")


def _is_readable(composition: Composition, target: Target) -> bool:
    """As its own pages would ask: one's own calendar is `primary`, whatever one's address was."""
    own = target.calendar_id == target.subject
    path = target.resource.path.format(calendarId="primary" if own else quote(target.calendar_id or ""))
    try:
        Actor(composition.google, target.subject or "").get(path)
    except Refusal:
        return False
    return True


def google(composition: Composition, watch: Watch) -> Items | None:
    """What Google shows; None: it refuses."""
    try:
        return invariants.collection_of(item for page in pages_of(composition.calendar, watch.target) for item in page)
    except GoogleError:
        return None


def each_consumer_knows_what_google_shows(composition: Composition, witness: Witness) -> None:
    for watch in well(composition):
        shown, known = google(composition, watch), witness.consumer.items.get(watch.id, {})
        if shown is None:  # refused since it was read last
            continue
        different = invariants.differing(watch.target.resource.name, known, shown)
        demand(not different, f"{watched(watch, composition.now)}: consumer and Google differ: {different!s:.600}")


def whoever_has_the_stream_alone_knows_as_much(composition: Composition, witness: Witness) -> None:
    """Of what is told in the stream, that is all that there is; and all is told that was to be.

    What has ended meets a restore once it is resumed: until then it does not know what the lost database told.
    """
    for watch in watches(composition):
        name = watch.target.resource.name
        told = name in composition.policy.baseline_in_stream and watch.wanted and watch.reading.item_count is not None
        demand(watch.baseline.told or not told, f"{watch.id} has told no baseline")
        if watch.baseline.told and watch.log.epoch == composition.policy.epoch:
            events = sorted(witness.consumer.heard(watch.id), key=lambda each: int(each["sequence"]))
            [part] = composition.store.parts(watch.id, [WHOLE])
            different = invariants.differing(name, rebuilt(events), part.items)
            demand(not different, f"{watch.id}: its stream and its items differ: {different!s:.600}")


def what_arrived_is_what_was_written_each_in_its_place(composition: Composition, witness: Witness) -> None:
    for watch in watches(composition):
        begins_after = min(watch.log.begins_after, watch.log.sequence)
        log, judged = list(composition.store.entries(watch.id, begins_after, 100_000)), watched(watch, composition.now)
        count = watch.log.sequence - begins_after
        demand(len(log) == count, f"{watch.id} has {len(log)} entries of {count}")
        demand_none(invariants.a_feed_is_numbered_without_a_gap(judged, log, begins_after + 1))
        heard = _not_lost(composition, watch, witness.consumer.heard(watch.id))
        demand_none(invariants.what_arrived_is_what_the_feed_holds(judged, heard, log))


def _not_lost(composition: Composition, watch: Watch, heard: Iterable[Item]) -> list[Item]:
    """Without what a database told that is not there any more: its own numbers, or later than those here."""
    behind = watch.log.epoch < composition.policy.epoch
    end = watch.log.sequence if behind else math.inf
    return [each for each in heard if watch.log.begins_after < int(each["sequence"]) <= end]


def no_feed_reaches_back_beyond_a_restore(composition: Composition) -> None:
    for watch in watches(composition):
        if 0 < watch.log.begins_after < watch.log.sequence:
            for after in (0, watch.log.begins_after - 1):
                oldest = _oldest(composition, watch, after)
                demand(oldest == watch.log.begins_after + 1, f"the feed of {watch.id} after {after} begins at {oldest}")


def _oldest(composition: Composition, watch: Watch, after: int) -> int:
    """As the feed tells it; 0: it gives something."""
    try:
        composition.reader.changes(watch.id, Span(after), 1)
    except TooOldError as error:
        return error.oldest_sequence
    return 0


def what_was_acknowledged_has_been_read(composition: Composition, acknowledged: Mapping[str, datetime]) -> None:
    tokens = {channel.id: channel.token for channel in composition.google.channels_ever()}
    for channel_id, when in acknowledged.items():
        watch = known(composition, composition.tokens.verify(tokens[channel_id], channel_id))
        if watch is None:
            continue
        read = watch.reading.last_sync is not None and watch.reading.last_sync + SKEW >= when
        demand(read or watch.state(composition.now) is not State.ACTIVE, f"{watch.id} was not read after {when}")


def what_operators_were_promised_is_so(composition: Composition, answered: Mapping[str, bool]) -> None:
    for watch_id, wanted in answered.items():
        watch = composition.store.get(watch_id)
        demand(watch.by_operator == wanted, f"{watch_id}: an operator was told {wanted}")
        demand(watch.wanted == (wanted or bool(watch.followed_by)), f"{watch_id} is wanted: {watch.wanted}")


def what_is_followed_is_watched(composition: Composition) -> None:
    ended = (each for each in watches(composition) if not each.wanted)
    for watch in (*well(composition), *ended):
        [part] = composition.store.parts(watch.id, [WHOLE])
        wanted = set(targets(watch, part.items))
        there = {each.id for each in composition.store.children(watch.id)}
        demand(there == wanted, f"{watch.id} follows {len(there)} watches instead of {len(wanted)}")
        demand(all(composition.store.get(each).wanted for each in wanted), f"{watch.id} follows a watch that has ended")


def what_works_is_shown_to_work(composition: Composition) -> None:
    for watch in well(composition):
        view = watch_view(watch, composition.now, composition.policy)
        polls = watch.state(composition.now) is State.POLLING
        demand(view["lastError"] is None or polls, f"{watch.id}: {view['lastError']} is over")
        demand(view["reason"] is None or polls, f"{watch.id} is {view['state']} because of {view['reason']}")
        demand(StepKind.READ not in watch.health.troubles, f"{watch.id} is read, and shown to fail")


def rules_are_counted_as_they_are(composition: Composition) -> None:
    """By the domains that are internal now; and the sum is of all that somebody wants."""
    inside, total = composition.policy.internal_domains, Counter[str]()
    for watch in watches(composition):
        if watch.target.resource.name != "acl" or not watch.wanted or watch.reading.item_count is None:
            continue
        [part] = composition.store.parts(watch.id, [WHOLE])
        counts = counted(part.items, watch.target.calendar_id or "", inside)
        demand(watch.exposure.counts == counts, f"{watch.id}: {watch.exposure.counts} is {counts}")
        total.update(counts)
    demand(Counter(composition.store.tally(composition.now).exposures) == total, f"the sum is {total}")


def no_commit_is_too_heavy(composition: Composition) -> None:
    demand(composition.database.largest < _HEAVIEST, f"a commit of {composition.database.largest:,} bytes")


def no_message_of_googles_is_refused(refused: Sequence[str]) -> None:
    """They are never repeated, so that one is lost."""
    demand_none(refused)


def nothing_impossible_was_seen(witness: Witness) -> None:
    demand_none(witness.offences)
