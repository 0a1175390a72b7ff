"""What must be true of what Google was asked: not too much, and nothing that was known already."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from tests.searches.chaos.composition import Composition
from tests.searches.chaos.edges.calls import Noted
from tests.searches.chaos.senses.seen import demand, watches

_CALLS_A_CAUSE = 2
"""Most changes are heard by two watches, which read twice; many causes coalesce, and many faults cost none."""
_CALLS_A_WATCH_HOUR = 8
"""A renewal takes six calls: watch, stop, and a reading and a settling one for opening and first message each.

Safety reads come on top.
"""

_CALLS_IN_THE_WORST_HOUR, _CALLS_IN_A_QUIET_HOUR = 1000, 200
_PAGE_TOKENS_REFUSED = 6
"""Three are enough, but a late worker's may not count."""
_WHOLE_UNHEARD = 8
"""Listings of which the answer was heard, and then lost with the worker."""
_LISTINGS = frozenset({"events.list", "events.page"})
_TOKEN_REFUSED = frozenset({"400", "410"})
_GONE = frozenset({"404", "410"})
_FORGOTTEN = 1
"""Whoever was ended and asked for again begins with everything."""


def work_is_bounded(composition: Composition, causes: int, watch_hours: float) -> None:
    """Each change, fault and request costs so many calls to Google at most, and each watch so many an hour."""
    calls, safety = composition.injection.passed_by, composition.policy.safety_sync
    made = sum(count for call, count in calls.items() if call.startswith("google") and not call.endswith(".page"))
    hourly = _CALLS_A_WATCH_HOUR + (timedelta(hours=1) / safety if safety else 0)
    allowed = _CALLS_A_CAUSE * causes + hourly * watch_hours
    demand(made <= allowed, f"{made} calls to Google for {causes} causes and {watch_hours:.0f} watch hours")


def no_watch_is_busy_all_the_time(composition: Composition, calm_since: datetime) -> None:
    """Pages and single items count, too; in the quiet there is little that could ask for a reading."""
    for watch in watches(composition):
        ever, calm = (composition.calls.most_in_an_hour(watch.id, since) for since in (watch.created, calm_since))
        demand(ever <= _CALLS_IN_THE_WORST_HOUR, f"{watch.id}: {ever} calls in an hour")
        demand(calm <= _CALLS_IN_A_QUIET_HOUR, f"{watch.id}: {calm} calls in a quiet hour")


def events_are_listed_whole_for_a_reason(composition: Composition) -> None:
    """Without audits, whoever has been given a sync token goes on with it, unless something went wrong since."""
    for watch in watches(composition):
        idle = whole_without_a_reason(composition.calls.of[watch.id])
        few = composition.policy.audit or watch.target.generated or idle <= _WHOLE_UNHEARD
        demand(few, f"{watch.id} was listed whole {idle} times for no reason")


def whole_without_a_reason(calls: Iterable[Noted]) -> int:
    """A token that was lost is counted once: where everything ends without another, there is none to go on with."""
    count, token = 0, False
    for each in calls:
        count += token and each.whole and each.method == "events.list"
        held = token and not (each.whole and each.nameless)
        token = each.outcome == "done" and each.method != "events.get" and (held or each.to_go_on)
    return count


def a_sync_token_is_kept_until_another_is_named(composition: Composition) -> None:
    """Where an increment ends without one, the next begins where it did: nothing is listed whole for it."""
    if composition.policy.audit:  # which is a listing of everything as well
        return
    counts = Counter[str]()
    for watch in watches(composition):
        counts[watch.id] += 0 if watch.target.generated else forgotten(composition.calls.of[watch.id])
    demand(counts.total() <= _FORGOTTEN, f"sync tokens were forgotten, as no others were named: {+counts}")


def forgotten(calls: Iterable[Noted]) -> int:
    """How often the listing after an increment that named no token was whole, although no token had been refused.

    Where an event of which the increment said too little was asked for in vain, everything is listed on purpose.
    """
    count, nameless, in_vain = 0, False, False
    for each in calls:
        if each.method == "events.get":
            in_vain = each.outcome != "done" and each.blamed not in _GONE
        elif each.method in _LISTINGS:
            count += nameless and not in_vain and each.whole and each.method == "events.list"
            in_vain = False
            if each.whole or each.outcome == "done" or each.blamed in _TOKEN_REFUSED:
                nameless = each.nameless and not each.whole
    return count


def no_sync_token_is_kept_whose_page_tokens_are_refused(composition: Composition) -> None:
    for watch in watches(composition):
        refused = _most_page_tokens_refused_in_a_row(composition.calls.of[watch.id])
        demand(refused <= _PAGE_TOKENS_REFUSED, f"{watch.id} was refused {refused} page tokens of one sync token")


def _most_page_tokens_refused_in_a_row(calls: Iterable[Noted]) -> int:
    most = count = 0
    for each in calls:
        refused = each.method == "events.page" and each.blamed == "400"
        count = 0 if each.whole or each.to_go_on else count + refused
        most = max(most, count)
    return most
