"""What workers do, as `reconcile`, `lease` and `follow` do it: look, claim, call, write, read again.

idle · look · claim · [publish | stop | open | tell | list] · the write of its result · … · idle
                        somewhere a conflict, or no answer: unclear, read again
"""

from collections.abc import Iterator

from calendar_watch.model.write import WRITES, Load, WriteKind
from tests.searches.model.bounds import Bounds
from tests.searches.model.environment import opened_at_google, without_live, written
from tests.searches.model.rules import EMPTY, Rules
from tests.searches.model.search import PERHAPS, SURELY, Flaw
from tests.searches.model.state import IDLE, Args, State, Step, Worker, Write

AS_IT_IS = Write("", "as_it_is")
DECIDING = {"": "release", "open": "intent"}
"""Which kind a write is that only decides: by the step that it decides on; otherwise a commit."""
KINDS = {"claim", "commit", "failure", "opened", "stopped", "pause", *DECIDING.values()}
"""Of all that workers write."""
_PAUSABLE = {"publish", "stop", "tell", "list"}
"""A channel whose intent is written is opened all the same."""
_UNCLEAR, _CERTAIN = True, False
"""Whether a call that failed may have happened all the same."""


class Workers:
    def __init__(self, bounds: Bounds, rules: Rules):
        self._bounds = bounds
        self._rules = rules
        self._points = {
            "look": self._look,
            "unclear": self._read_again,
            "publish": self._publish,
            "stop": self._stop,
            "open": self._open,
            "tell": self._tell,
            "list": self._list,
            "listed": self._listed,
            "stray": self._stray,
        }

    def steps(self, state: State) -> Iterator[Step]:
        for place, worker in enumerate(state.workers):
            if worker.at != "idle":
                yield from self._going_on(state, place, worker)
        if IDLE in state.workers and self._rules.claimable(state.doc, notifications=bool(state.notifications)):
            yield self._begun(state, state.workers.index(IDLE))
        for write in state.strays:
            left = state._replace(strays=state.strays - {write})
            yield Step(f"the late {write.rule} of a dead worker never lands", SURELY, left)
            yield Step(f"the late {write.rule} of a dead worker lands", PERHAPS, self._landed(left, None, write)[0])

    def _begun(self, state: State, place: int) -> Step:
        looking = Worker("look", args=(state.notifications,))
        after = state._replace(notifications=frozenset()) if self._rules.taken_at() == "look" else state
        return Step(f"W{place} finds notifications {[*state.notifications]}", SURELY, after.with_worker(place, looking))

    def _going_on(self, state: State, place: int, worker: Worker) -> Iterator[Step]:
        if state.faults and "crash" in self._bounds.of:
            yield Step(f"W{place} dies", PERHAPS, _gone(state._replace(faults=state.faults - 1), place))
        if worker.late:
            yield Step(f"W{place}'s late {worker.late.rule} lands", PERHAPS, self._late(state, place, worker.late))
        if worker.at == "write":
            write = worker.args[0]
            yield from self._write(state, place, write)
        else:
            yield from self._points[worker.at](state, place, worker)
        if self._bounds.deadlines and worker.at in _PAUSABLE:
            yield Step(f"W{place}'s time is up", PERHAPS, self._result(state, place, "pause", "paused"))

    # --- reading documents

    def _look(self, state: State, place: int, worker: Worker) -> Iterator[Step]:
        (notifications,) = worker.args
        if not self._rules.claimable(state.doc, notifications=bool(notifications)):
            yield Step(f"W{place}: somebody else is at it", SURELY, state.with_worker(place, IDLE))
            return
        claim = Worker("write", fresh=True, args=(Write("claim", "claimed", (notifications,)),))
        yield Step(f"W{place} reads the watch", SURELY, state.with_worker(place, claim))
        if self._bounds.beside and notifications:
            ahead = claim._replace(ahead=(self._shown(state),))
            yield Step(f"W{place} reads the watch, and lists: {ahead.ahead}", PERHAPS, state.with_worker(place, ahead))

    def _read_again(self, state: State, place: int, worker: Worker) -> Iterator[Step]:
        """`step` is what was decided, if the write did happen."""
        write, happened, step = worker.args
        repeated = self._rules.after_unclear(write)
        if not worker.holds:
            yield Step(f"W{place} reads again: its lease is lost", SURELY, self._lease_lost(state, place, write))
        elif happened and worker.fresh and not repeated:
            after = state.with_worker(place, self._next(state, worker, step))
            yield Step(f"W{place} reads again: it did happen", SURELY, after)
        else:
            again = write if write.rule == "opened" else repeated or AS_IT_IS
            after = state.with_worker(place, worker._replace(at="write", fresh=True, args=(again,), ahead=()))
            yield Step(f"W{place} reads again, and still holds it", SURELY, after)

    def _lease_lost(self, state: State, place: int, write: Write) -> State:
        step = self._rules.when_lease_is_lost(write)
        after = _gone(state, place)
        return after.with_worker(place, Worker("stray", args=step)) if step else after

    def _stray(self, state: State, place: int, worker: Worker) -> Iterator[Step]:
        """Only a mutant comes here."""
        (channel_id,) = worker.args
        after = without_live(state, channel_id).with_worker(place, IDLE)
        yield Step(f"W{place}, without a lease, stops {channel_id}", SURELY, after)

    # --- writing

    def _write(self, state: State, place: int, write: Write) -> Iterator[Step]:
        worker = state.workers[place]
        if not worker.fresh and self._rules.conditioned(write.kind):
            unclear = worker._replace(at="unclear", args=(write, False, ()))
            yield Step(f"W{place}'s {write.rule} meets a conflict", SURELY, state.with_worker(place, unclear))
            return
        after, step = self._landed(state, place, write)
        there = self._next(after, after.workers[place], step)
        label = f"W{place} writes {write.rule}{write.args}: {step or 'release'}"
        yield Step(label, SURELY, after.with_worker(place, there))
        if state.faults:
            yield from self._mishaps(state._replace(faults=state.faults - 1), place, write)

    def _mishaps(self, state: State, place: int, write: Write) -> Iterator[Step]:
        faults, worker = self._bounds.of, state.workers[place]
        unclear = worker._replace(at="unclear", args=(write, False, ()))
        if "lost answer" in faults:
            after, step = self._landed(state, place, write)
            knows = after.workers[place]._replace(at="unclear", args=(write, True, step))
            yield Step(f"W{place}'s {write.rule} lands, its answer is lost", PERHAPS, after.with_worker(place, knows))
        if "lost write" in faults:
            yield Step(f"W{place}'s {write.rule} is lost", PERHAPS, state.with_worker(place, unclear))
        if "late write" in faults:
            late = unclear._replace(late=write)
            yield Step(f"W{place}'s {write.rule} is late", PERHAPS, state.with_worker(place, late))

    def _landed(self, state: State, place: int | None, write: Write) -> tuple[State, Args]:
        """One batch; `place` is None when its worker is gone."""
        rules = self._rules
        doc, step = rules.written(state.doc, write)
        kind = WRITES[WriteKind(write.kind or DECIDING.get(step[0] if step else "", "commit"))]
        after = written(state, doc)
        if Load.NOTIFICATIONS in kind.along and rules.taken_at() == "claim":
            after = after._replace(notifications=state.notifications - write.args[0])
        if write.rule == "read" and rules.taken_at() == "commit":
            after = after._replace(notifications=frozenset())
        if place is None:
            return _held_by(after, None), step
        if write.rule != "claimed" and not state.workers[place].holds:
            raise Flaw("a worker that no longer holds the watch has written to it")
        return _held_by(after, place), step

    def _late(self, state: State, place: int, write: Write) -> State:
        """Whoever has not read again yet will find that it happened; whoever has will meet with a conflict."""
        after, step = self._landed(state, place, write)
        worker = after.workers[place]
        if worker.at == "unclear":
            return after.with_worker(place, worker._replace(args=(write, True, step)))
        return after.with_worker(place, worker._replace(fresh=False))

    def _next(self, state: State, worker: Worker, step: Args) -> Worker:
        """A reading right after the claim takes the listing that was made beside it; it counts as begun only now."""
        if step == ("list",) and worker.ahead:
            return worker._replace(at="listed", args=(*worker.ahead, state.google.value, False), ahead=())
        return worker._replace(at=step[0], args=step[1:], ahead=()) if step else IDLE

    # --- calling

    def _result(self, state: State, place: int, *write: object) -> State:
        kind, rule, *args = write
        wanted = Write(str(kind), str(rule), tuple(args))
        return state.with_worker(place, state.workers[place]._replace(at="write", args=(wanted,)))

    def _publish(self, state: State, place: int, worker: Worker) -> Iterator[Step]:
        after, last = worker.args
        if after > state.delivered:
            raise Flaw(f"{after + 1} is published before {state.delivered + 1}")
        sent = state._replace(delivered=max(state.delivered, last))
        done = self._result(sent, place, "commit", "published", last)
        yield Step(f"W{place} publishes up to {last}", SURELY, done)
        if state.faults and "lost call" in self._bounds.of:
            failed = self._result(sent, place, "failure", "failed", "publish", _UNCLEAR)
            yield Step(
                f"W{place} publishes up to {last}, unanswered", PERHAPS, failed._replace(faults=state.faults - 1)
            )

    def _stop(self, state: State, place: int, worker: Worker) -> Iterator[Step]:
        (channel_id,) = worker.args
        failed = self._result(state, place, "failure", "stop_failed", channel_id)
        if not state.google.stops:
            yield Step(f"W{place} cannot stop {channel_id}", SURELY, failed)
            return
        after = without_live(state, channel_id)
        yield Step(f"W{place} stops {channel_id}", SURELY, self._result(after, place, "stopped", "stopped", channel_id))
        if state.faults and "lost call" in self._bounds.of:
            unanswered = without_live(failed, channel_id)._replace(faults=state.faults - 1)
            yield Step(f"W{place} stops {channel_id}, unanswered", PERHAPS, unanswered)
        if state.faults and "failing call" in self._bounds.of:
            yield Step(f"W{place} fails to stop {channel_id}", PERHAPS, failed._replace(faults=state.faults - 1))

    def _open(self, state: State, place: int, worker: Worker) -> Iterator[Step]:
        (channel_id,) = worker.args
        live = opened_at_google(state, channel_id)
        opened = self._result(live, place, "opened", "opened", channel_id, "young")
        yield Step(f"W{place} opens {channel_id}", SURELY, opened)
        if not state.faults:
            return
        faults = state.faults - 1
        if self._bounds.dead_on_arrival:
            dead = self._result(state, place, "opened", "opened", channel_id, "over")._replace(faults=faults)
            yield Step(f"W{place} opens {channel_id}, which is over already", PERHAPS, dead)
        unanswered = ("failure", "failed", "open", _UNCLEAR)
        if "lost call" in self._bounds.of:
            lost = self._result(live, place, *unanswered)._replace(faults=faults)
            yield Step(f"W{place} opens {channel_id}, unanswered", PERHAPS, lost)
        if "failing call" in self._bounds.of:
            failed = self._result(state, place, "failure", "failed", "open", _CERTAIN)._replace(faults=faults)
            yield Step(f"W{place} is told that {channel_id} was not opened", PERHAPS, failed)
        if "late call" in self._bounds.of:
            late = state._replace(faults=faults, late_calls=state.late_calls | {channel_id})
            yield Step(
                f"W{place} hears nothing of opening {channel_id}", PERHAPS, self._result(late, place, *unanswered)
            )

    def _tell(self, state: State, place: int, _worker: Worker) -> Iterator[Step]:
        """It is read from the snapshot: nobody is called."""
        yield Step(f"W{place} reads what is there", SURELY, self._result(state, place, "commit", "known_told"))

    def _list(self, state: State, place: int, worker: Worker) -> Iterator[Step]:
        shown = self._shown(state)
        listed = worker._replace(at="listed", args=(shown, state.google.value, False))
        yield Step(f"W{place} lists: {shown}", SURELY, state.with_worker(place, listed))
        if state.faults and "failing call" in self._bounds.of:
            failed = self._result(state, place, "failure", "failed", "read", _CERTAIN)
            yield Step(f"W{place} fails to list", PERHAPS, failed._replace(faults=state.faults - 1))

    def _shown(self, state: State) -> int:
        return EMPTY if state.google.wrong == "now" else state.google.listed

    def _listed(self, state: State, place: int, worker: Worker) -> Iterator[Step]:
        shown, began, overtaken = worker.args
        kind = "failure" if self._rules.doubted(state.doc, shown) else "commit"
        overtaken = overtaken and self._bounds.heartbeats
        yield from self._write(state, place, Write(kind, "read", (shown, began, overtaken)))
        if self._bounds.heartbeats and worker.holds and not worker.fresh:
            after = state.with_worker(place, worker._replace(fresh=True))
            yield Step(f"W{place}'s heartbeat meets a conflict, and it goes on", PERHAPS, after)


def _held_by(state: State, writer: int | None) -> State:
    """Whoever wrote last knows the document, and holds it or has let go; nobody else does."""
    workers = tuple(
        each._replace(holds=place == writer and state.doc.held, fresh=place == writer)
        for place, each in enumerate(state.workers)
    )
    return state._replace(workers=workers)


def _gone(state: State, place: int) -> State:
    late = state.workers[place].late
    strays = state.strays | {late} if late else state.strays
    return state.with_worker(place, IDLE)._replace(strays=strays)
