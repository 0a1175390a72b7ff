"""The protocol of one watch: rules, workers and environment put together, and held to the laws."""

from collections.abc import Callable, Iterator
from typing import Any

from tests.searches.model import laws
from tests.searches.model.bounds import Bounds
from tests.searches.model.environment import Environment
from tests.searches.model.rules import Rules
from tests.searches.model.search import SURELY
from tests.searches.model.state import Channel, Doc, Google, Message, State, Step
from tests.searches.model.workers import Workers

_MOST_AT_ONCE = 3
"""An old channel, and while no message comes, two new ones; one more for each fault."""


class Protocol:
    def __init__(self, bounds: Bounds, rules: Callable[[Bounds], Rules] = Rules):
        self._bounds = bounds
        self._rules = rules(bounds)
        self._environment = Environment(bounds, self._rules)
        self._workers = Workers(bounds, self._rules)
        self._same: dict[Any, Any] = {}

    def initial(self) -> State:
        """A watch with a confirmed channel; if messages do not arrive, one that has just been asked for, and read."""
        google = Google(stops=not self._bounds.deaf, reachable=not self._bounds.unreachable)
        if self._bounds.unreachable:
            doc = Doc(due="now", read="now", cause="notification", told="")
            doc = doc._replace(baseline="under way", first=1) if self._bounds.baseline else doc
        else:
            channel = Channel(1, answered=True, confirmed=True)
            doc, google = Doc(channels=(channel,), generation=1, named=True), google._replace(live=(1,))
            doc = doc._replace(baseline="soon") if self._bounds.baseline else doc
        state = State(doc, google, faults=self._bounds.faults, operations=self._bounds.operations)
        return self._normal(state._replace(covered=doc.generation == 1))

    def steps(self, state: State) -> Iterator[Step]:
        laws.always(state, _MOST_AT_ONCE + self._bounds.faults)
        progress = False
        for step in self._all(state):
            progress = progress or step.progress
            yield self._checked(state, step)
        if not progress:
            for step in self._in_the_end(state):
                yield self._checked(state, step)

    def at_rest(self, state: State) -> None:
        laws.at_rest(state, topic=self._bounds.topic)

    def _all(self, state: State) -> Iterator[Step]:
        yield from self._workers.steps(state)
        yield from self._environment.steps(state)

    def _in_the_end(self, state: State) -> Iterator[Step]:
        """A channel that we do not use speaks, as long as it lives; one that we may not stop expires."""
        if state.google.reachable and state.doc.named:
            current = {each.id for each in state.doc.channels if each.current or each.waits}
            for each in {*state.google.live} - current:
                after = state.flying_too(Message(each, state.google.value))
                yield Step(f"{each} speaks at last", SURELY, after)

    def _checked(self, before: State, step: Step) -> Step:
        after = self._normal(step.after)
        if before.doc is not after.doc:
            laws.kept(before, after)
        if before.google is not after.google:
            laws.stopped(before, after, step.label)
        return Step(step.label, step.progress, after)

    def _normal(self, state: State) -> State:
        """What makes no difference is left out, and equal parts are the same object."""
        doc, live, same = state.doc, state.google.live, self._same.setdefault
        if any(each.stopped for each in doc.channels):
            doc = doc._replace(channels=tuple(each for each in doc.channels if not self._mute(state, each)))
        first, second = state.workers
        workers = (second, first) if hash(first) > hash(second) else state.workers
        return state._replace(
            doc=same(doc, doc),
            google=same(state.google, state.google),
            flying=same(state.flying, state.flying),
            workers=same(workers, workers),
            must=0 if state.must <= doc.snapshot else state.must,
            covered=state.covered or bool(doc.wanted and doc.confirmed and doc.confirmed.id in live),
        )

    def _mute(self, state: State, channel: Channel) -> bool:
        """An hour after its end nothing of it is on its way any more."""
        heard = channel.id in state.notifications or any(each.channel == channel.id for each in state.flying)
        looking = any(
            each.at in {"look", "write"} and channel.id in _notifications(each.args) for each in state.workers
        )
        coming = (
            channel.id in state.google.live or channel.id in state.late_notifications or channel.id in state.late_calls
        )
        return channel.stopped and not (heard or looking or coming)


def _notifications(args: tuple[Any, ...]) -> frozenset[int]:
    """Those that a worker has read and not yet taken away."""
    first = args[0] if args else ()
    if isinstance(first, tuple) and first[1:2] == ("claimed",):
        first = first[2][0]
    return first if isinstance(first, frozenset) else frozenset()
