"""Following: a calendarList watch, the parent, keeps a watch of calendar X, its child, while its subject owns X.

Another document, another protocol: the child is written in one batch with the parent, each on its own condition.
"""

from collections.abc import Iterator
from typing import NamedTuple

from tests.searches.model.search import PERHAPS, SURELY, Flaw


class Parent(NamedTuple):
    held: bool = False
    lease: bool = True
    wanted: bool = True
    follows: bool = False
    lists: bool = False
    """X is owned, as far as the parent's snapshot shows."""
    follow_revision: int = 0
    followed_revision: int = 0
    following: bool = False

    @property
    def late(self) -> bool:
        return (self.following or (self.wanted and self.follows)) and self.followed_revision < self.follow_revision

    @property
    def wants_child(self) -> bool:
        return self.wanted and self.follows and self.lists


class Child(NamedTuple):
    """`alive`: `wanted` in the code."""

    alive: bool = False
    followed: bool = False
    by_operator: bool = False


class Worker(NamedTuple):
    """`due` is how it found that the child should be; each flag says that a document is still as it was read."""

    at: str = "idle"
    holds: bool = False
    parent: bool = False
    child: bool = False
    due: Child = Child()
    happened: bool = False


class State(NamedTuple):
    parent: Parent = Parent()
    child: Child = Child()
    workers: tuple[Worker, ...] = (Worker(), Worker())
    asked: bool = False
    """An operator wants the child itself."""
    changes: int = 0
    operations: int = 0
    faults: int = 0

    def with_worker(self, place: int, worker: Worker) -> "State":
        return self._replace(workers=(*self.workers[:place], worker, *self.workers[place + 1 :]))


Step = tuple[str, bool, State]


class Rules:
    def due(self, parent: Parent, child: Child) -> Child:
        """The child as it should be."""
        if parent.wants_child:
            return child._replace(alive=True, followed=True)
        return self.dropped(child) if child.followed else child

    def dropped(self, child: Child) -> Child:
        return child._replace(alive=child.by_operator, followed=False)

    def may_write(self, worker: Worker) -> bool:
        return worker.parent and worker.child

    def written_with_a_child(self, parent: Parent) -> Parent:
        """From now on there may be children, whatever else is heard of this reconciliation."""
        return parent._replace(following=True)

    def done(self, parent: Parent) -> Parent:
        return parent._replace(followed_revision=parent.follow_revision, following=parent.wanted and parent.follows)

    def asked_again(self, parent: Parent) -> Parent:
        return parent._replace(follows=not parent.follows, follow_revision=parent.follow_revision + 1)


class Following:
    def __init__(self, changes: int, operations: int, faults: int, rules: type[Rules] = Rules):
        self._rules = rules()
        self._first = State(changes=changes, operations=operations, faults=faults)

    def initial(self) -> State:
        return self._first

    def at_rest(self, state: State) -> None:
        parent, child = state.parent, state.child
        if parent.held:
            raise Flaw("it is held for ever")
        if child.followed != parent.wants_child:
            raise Flaw("a child is left behind" if child.followed else "a child is missing")
        if child.alive != (child.followed or state.asked):
            raise Flaw("a child lives that nobody wants" if child.alive else "a child has ended that somebody wants")

    def steps(self, state: State) -> Iterator[Step]:
        yield from self._services(state)
        yield from self._operators(state)
        for place, worker in enumerate(state.workers):
            if worker.at != "idle":
                yield from self._working(state, place, worker)
        parent, idle = state.parent, Worker()
        claimable = not parent.lease if parent.held else parent.late
        if claimable and idle in state.workers:
            place = state.workers.index(idle)
            held = _parent_written(state, parent._replace(held=True, lease=True))
            yield f"W{place} claims", SURELY, _held_by(held, place, Worker("look", holds=True, parent=True))

    def _services(self, state: State) -> Iterator[Step]:
        parent = state.parent
        if state.changes and not parent.held:
            listed = parent._replace(lists=not parent.lists, follow_revision=parent.follow_revision + 1)
            after = _parent_written(state, listed)._replace(changes=state.changes - 1)
            yield f"X is {'owned' if listed.lists else 'gone'}", PERHAPS, after
        if parent.held and parent.lease:
            after = state._replace(parent=parent._replace(lease=False))
            if not any(each.holds for each in state.workers):
                yield "the lease of a dead worker ends", SURELY, after
            elif state.faults:
                yield "the lease of a slow worker ends", PERHAPS, after._replace(faults=state.faults - 1)

    def _operators(self, state: State) -> Iterator[Step]:
        if not state.operations:
            return
        left, parent, child = state._replace(operations=state.operations - 1), state.parent, state.child
        turned = parent._replace(wanted=not parent.wanted, follow_revision=parent.follow_revision + 1)
        yield "DELETE or POST of the list", PERHAPS, _parent_written(left, turned)
        if parent.wanted:
            yield (
                "POST of the list, to follow or no longer",
                PERHAPS,
                _parent_written(left, self._rules.asked_again(parent)),
            )
        if not child.by_operator:
            asked = _child_written(left, child._replace(alive=True, by_operator=True))
            yield "POST of X", PERHAPS, asked._replace(asked=True)
        elif not child.followed:
            ended = _child_written(left, child._replace(alive=False, by_operator=False))
            yield "DELETE of X", PERHAPS, ended._replace(asked=False)

    def _working(self, state: State, place: int, worker: Worker) -> Iterator[Step]:
        if state.faults:
            dead = state.with_worker(place, Worker())._replace(faults=state.faults - 1)
            yield f"W{place} dies", PERHAPS, dead
        if worker.at == "look":
            yield self._look(state, place, worker)
        elif worker.at == "unclear":
            yield self._read_again(state, place, worker)
        elif not (self._rules.may_write(worker) if worker.at == "follow" else worker.parent):
            unclear = worker._replace(at="unclear", happened=False)
            yield f"W{place} meets a conflict", SURELY, state.with_worker(place, unclear)
        else:
            yield from self._write(state, place, worker)

    def _look(self, state: State, place: int, worker: Worker) -> Step:
        if worker.parent and not state.parent.late:
            released = _parent_written(state, state.parent._replace(held=False, lease=True))
            return f"W{place} finds nothing to do", SURELY, released.with_worker(place, Worker())
        due = self._rules.due(state.parent, state.child)
        at = "follow" if due != state.child else "done"
        looked = worker._replace(at=at, child=True, due=due)
        return f"W{place} finds that the child should be {due}", SURELY, state.with_worker(place, looked)

    def _read_again(self, state: State, place: int, worker: Worker) -> Step:
        if not worker.holds:
            return f"W{place} reads again: its lease is lost", SURELY, state.with_worker(place, Worker())
        at = "done" if worker.happened and worker.parent else "look"
        after = state.with_worker(place, Worker(at, holds=True, parent=True))
        return f"W{place} reads again, and still holds it", SURELY, after

    def _write(self, state: State, place: int, worker: Worker) -> Iterator[Step]:
        landed, what = self._landed(state, place, worker)
        goes_on = Worker("done", holds=True, parent=True) if worker.at == "follow" else Worker()
        goes_on = goes_on if landed.workers[place].holds or worker.at == "done" else Worker("unclear")
        yield f"W{place} writes: {what}", SURELY, landed.with_worker(place, goes_on)
        if state.faults:
            left = landed._replace(faults=state.faults - 1)
            unclear = landed.workers[place]._replace(at="unclear", happened=worker.at == "follow")
            yield f"W{place} writes, unanswered: {what}", PERHAPS, left.with_worker(place, unclear)
            lost = state.with_worker(place, worker._replace(at="unclear", happened=False))
            yield f"W{place}'s write is lost", PERHAPS, lost._replace(faults=state.faults - 1)

    def _landed(self, state: State, place: int, worker: Worker) -> tuple[State, str]:
        if worker.at == "done":
            released = self._rules.done(state.parent)._replace(held=False, lease=True)
            return _held_by(_parent_written(state, released), place, worker._replace(holds=False)), "done"
        parent = self._rules.written_with_a_child(state.parent) if worker.parent else state.parent
        after = _child_written(state, worker.due)
        if worker.parent:
            after = _held_by(_parent_written(after, parent), place, worker)
        return after, str(worker.due)


def _parent_written(state: State, parent: Parent) -> State:
    workers = tuple(each._replace(parent=False) for each in state.workers)
    return state._replace(parent=parent, workers=workers)


def _child_written(state: State, child: Child) -> State:
    workers = tuple(each._replace(child=False) for each in state.workers)
    return state._replace(child=child, workers=workers)


def _held_by(state: State, place: int, worker: Worker) -> State:
    workers = tuple(each._replace(holds=False) if worker.holds else each for each in state.workers)
    return state._replace(workers=workers).with_worker(place, worker)
