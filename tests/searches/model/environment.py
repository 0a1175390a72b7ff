"""What happens around the workers: at Google, on the way, in `notifications`, with time, and at operators' hands."""

from collections.abc import Iterator

from tests.searches.model.bounds import Bounds
from tests.searches.model.rules import Rules
from tests.searches.model.search import PERHAPS, SURELY
from tests.searches.model.state import FOREIGN, Channel, Doc, Message, State, Step


def woken(doc: Doc) -> Doc:
    """A timer for which `due_at` was set has run out."""
    return doc._replace(due="now") if doc.due == "later" and not doc.held else doc


def written(state: State, doc: Doc) -> State:
    """By somebody else: whoever knew the document knows it no longer, and no late write of theirs can land."""
    workers = tuple(each._replace(fresh=False, late=None) for each in state.workers)
    return state._replace(doc=doc, workers=workers, strays=frozenset())


def without_live(state: State, channel_id: int) -> State:
    live = tuple(each for each in state.google.live if each != channel_id)
    return state._replace(google=state.google._replace(live=live))


class Environment:
    def __init__(self, bounds: Bounds, rules: Rules):
        self._bounds = bounds
        self._rules = rules

    def steps(self, state: State) -> Iterator[Step]:
        yield from self._google(state)
        yield from self._recovery(state)
        yield from self._ways(state)
        yield from self._late(state)
        yield from self._lease(state)
        yield from self._timers(state)
        for channel in state.doc.channels:
            yield from self._ageing(state, channel)
        yield from self._operators(state)

    def able(self, state: State, fault: str) -> bool:
        return state.faults > 0 and fault in self._bounds.of

    # --- at Google

    def _google(self, state: State) -> Iterator[Step]:
        google, value = state.google, state.google.value + 1
        if value <= self._bounds.changes:
            listed = google.listed if self._bounds.lag else value
            messages = [Message(each, value) for each in google.live]
            unheard = not google.live and state.doc.wanted
            after = state._replace(
                google=google._replace(value=value, listed=listed), must=value if unheard else state.must
            )
            yield Step(f"a user changes something: {value}", PERHAPS, after.flying_too(*messages))
        if self._bounds.wrong and google.wrong == "not yet" and state.faults and google.value:
            after = state._replace(google=google._replace(wrong="now"), faults=state.faults - 1)
            yield Step("listings show nothing", PERHAPS, after)

    def _recovery(self, state: State) -> Iterator[Step]:
        google = state.google
        if google.listed < google.value:
            yield Step("listings catch up", SURELY, state._replace(google=google._replace(listed=google.value)))
        if google.wrong == "now":
            yield Step("listings are right again", SURELY, state._replace(google=google._replace(wrong="no more")))
        if not google.reachable:
            yield Step("messages arrive again", PERHAPS, state._replace(google=google._replace(reachable=True)))
        if not google.stops:
            yield Step("Google carries out stops again", PERHAPS, state._replace(google=google._replace(stops=True)))

    # --- on the way, and `notifications`

    def _ways(self, state: State) -> Iterator[Step]:
        for message in set(state.flying):
            if not state.google.reachable:
                yield Step(f"{message} does not arrive", SURELY, state.landed(message))
                continue
            yield Step(f"204 for {message}", SURELY, self._acknowledged(state, message))
            yield from self._mishaps(state._replace(faults=state.faults - 1), message) if state.faults else ()
        if self.able(state, "intruder"):
            after = state._replace(notifications=state.notifications | {FOREIGN}, faults=state.faults - 1)
            yield Step("an intruder announces another watch's channel as this one's", PERHAPS, after)

    def _acknowledged(self, state: State, message: Message) -> State:
        must = max(state.must, message.value) if state.doc.wanted else state.must
        return state.landed(message)._replace(notifications=state.notifications | {message.channel}, must=must)

    def _mishaps(self, state: State, message: Message) -> Iterator[Step]:
        faults = self._bounds.of
        if "lost message" in faults:
            yield Step(f"{message} is lost", PERHAPS, state.landed(message))
        if "doubled message" in faults:
            yield Step(f"{message} is doubled", PERHAPS, state.flying_too(message))
        if "lost message" in faults and self._rules.answers_anyway():
            after = self._acknowledged(state, message)._replace(notifications=state.notifications)
            yield Step(f"204 for {message}, which could not be stored", PERHAPS, after)
        if "unanswered message" in faults:
            after = state._replace(notifications=state.notifications | {message.channel})
            yield Step(f"503 for {message}, yet it was taken", PERHAPS, after)
        if "late message" in faults:
            after = state._replace(late_notifications=state.late_notifications | {message.channel})
            yield Step(f"503 for {message}, and it is taken later", PERHAPS, after)

    def _late(self, state: State) -> Iterator[Step]:
        for each in state.late_notifications:
            after = state._replace(
                late_notifications=state.late_notifications - {each}, notifications=state.notifications | {each}
            )
            yield Step(f"late notifications of channel {each} land", SURELY, after)
        for each in state.late_calls:
            never = state._replace(late_calls=state.late_calls - {each})
            yield Step(f"the late call to open {each} never arrives", SURELY, never)
            yield Step(f"the late call to open {each} arrives", PERHAPS, opened_at_google(never, each))

    # --- time

    def _lease(self, state: State) -> Iterator[Step]:
        if state.doc.due != "lease":
            return
        after = state._replace(doc=state.doc._replace(due="now"))
        if not any(each.holds for each in state.workers):
            yield Step("the lease of a dead worker ends", SURELY, after)
        elif self.able(state, "slow"):
            yield Step("the lease of a slow worker ends", PERHAPS, after._replace(faults=state.faults - 1))

    def _timers(self, state: State) -> Iterator[Step]:
        doc, google = state.doc, state.google
        if doc.read == "later" and google.listed >= doc.settles:
            yield Step("it is time to settle", SURELY, state._replace(doc=woken(doc._replace(read="now"))))
        if doc.wanted and doc.baseline == "soon":
            after = state._replace(doc=woken(doc._replace(baseline="now")))
            yield Step("it is time to tell what is there", SURELY, after)
        for kind in doc.waits:
            if self._pause_ends(state, kind):
                after = state._replace(doc=woken(doc._replace(waits=doc.waits - {kind})))
                yield Step(f"the pause of {kind} ends", SURELY, after)
        if self._bounds.scheduled and doc.wanted and self._rules.may_be_scheduled(doc) and state.faults:
            scheduled = doc._replace(read="now", cause="schedule")
            after = state._replace(doc=woken(scheduled), faults=state.faults - 1)
            yield Step("a scheduled reading is due", PERHAPS, after)

    def _pause_ends(self, state: State, kind: str) -> bool:
        """A listing that is wrong is right again before it is read a second time."""
        newest = state.doc.newest
        confirming = newest is not None and not newest.confirmed and newest.age == "young"
        return not (kind == "read" and state.google.wrong == "now") and not (kind == "open" and confirming)

    def _ageing(self, state: State, channel: Channel) -> Iterator[Step]:
        left = state.doc.generation < self._bounds.generations
        if channel.waits and state.google.stops:
            yield Step(f"{channel.id} may be stopped again", SURELY, _aged(state, channel._replace(waits=False)))
        if not channel.current or channel.age == "over":
            return
        if channel.age == "young" and not channel.confirmed and (left or not state.doc.wanted):
            yield Step(f"nobody has heard of {channel.id}", SURELY, _overdue(state, channel))
        if channel.age == "young" and channel.confirmed and left:
            yield Step(f"{channel.id} is due for renewal", PERHAPS, _aged(state, channel._replace(age="old")))
        if channel.confirmed and channel.id in state.google.live:
            yield from self._expiry(state, channel)

    def _expiry(self, state: State, channel: Channel) -> Iterator[Step]:
        """Not before it was renewed, unless nobody looked for so long."""
        over = without_live(_aged(state, channel._replace(age="over")), channel.id)
        live = [each for each in state.doc.channels if each.id in state.google.live]
        if channel.age == "old" and any(each.current and each.id > channel.id for each in live):
            yield Step(f"{channel.id} expires", PERHAPS, over)
        elif self._bounds.gap and state.faults and state.doc.generation < self._bounds.generations:
            yield Step(
                f"{channel.id} expires unrenewed", PERHAPS, over._replace(faults=state.faults - 1, covered=False)
            )

    # --- operators

    def _operators(self, state: State) -> Iterator[Step]:
        """`operations` counts the ends that are left; whatever has ended may be resumed."""
        if state.operations and state.doc.wanted:
            after = written(state, self._rules.ended(state.doc))
            yield Step("DELETE", PERHAPS, after._replace(operations=state.operations - 1, must=0, covered=False))
            relabelled = written(state, state.doc)._replace(operations=state.operations - 1)
            yield Step("POST with other labels", PERHAPS, relabelled)
        if not state.doc.wanted:
            yield Step("POST", PERHAPS, self._resumed(state))

    def _resumed(self, state: State) -> State:
        """Listings that are under way began before this reading was asked for."""
        after = written(state, self._rules.resumed(state.doc))
        workers = tuple(
            each._replace(args=(*each.args[:2], True)) if each.at == "listed" else each for each in after.workers
        )
        return after._replace(workers=workers, must=state.google.value)


def opened_at_google(state: State, channel_id: int) -> State:
    google = state.google
    after = state._replace(google=google._replace(live=tuple(sorted((*google.live, channel_id)))))
    return after.flying_too(Message(channel_id, google.value))


def _aged(state: State, channel: Channel) -> State:
    return state._replace(doc=woken(state.doc.having(channel)))


def _overdue(state: State, channel: Channel) -> State:
    """The pause after an opening is as long."""
    after = _aged(state, channel._replace(age="old"))
    waits = after.doc.waits if after.doc.polling else after.doc.waits - {"open"}
    return after._replace(doc=after.doc._replace(waits=waits))
