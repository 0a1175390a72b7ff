"""What invariants look at, and how they say what is broken."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice

from calendar_watch.model.watch import State, Watch
from calendar_watch.ports import Filter
from tests.doubles.calendar_simulator.channels import Channel
from tests.searches.chaos.composition import Composition
from tests.searches.chaos.people.strangers import ours
from tests.support.invariants import Watched

SKEW = timedelta(seconds=8)


class ViolationError(AssertionError):
    pass


def demand(holds: object, what: str) -> None:
    if not holds:
        raise ViolationError(what)


def demand_none(broken: Iterable[str]) -> None:
    """Of what is broken, the first few are told."""
    first = [*islice(broken, 3)]
    demand(not first, "; ".join(first))


def watches(composition: Composition) -> list[Watch]:
    return list(composition.store.page(Filter(), "", 10_000).watches)


def known(composition: Composition, watch_id: str) -> Watch | None:
    """None: it was made after what was restored."""
    return next(iter(composition.store.find([watch_id])), None)


def watched(watch: Watch, now: datetime) -> Watched:
    return Watched(watch.id, watch.target.resource.name, watch.state(now), watch.wanted, watch.channels.by_id)


def live_channels(composition: Composition, there: Iterable[Watch]) -> dict[str, list[Channel]]:
    """By watch, but for those that it does not know and may not stop: they expire by themselves."""
    live: dict[str, list[Channel]] = defaultdict(list)
    named = {each.id: {*each.channels.by_id, *each.channels.resource_ids} for each in there}
    for channel in filter(ours, composition.google.live_channels()):
        watch_id = composition.tokens.verify(channel.token, channel.id)
        if {channel.id, channel.resource_id} & named.get(watch_id, {channel.id}):
            live[watch_id].append(channel)
    return live


def well(composition: Composition) -> Iterator[Watch]:
    """Watches whose collection is there, may be read, and is read."""
    return (each for each in watches(composition) if each.state(composition.now) in {State.ACTIVE, State.POLLING})
