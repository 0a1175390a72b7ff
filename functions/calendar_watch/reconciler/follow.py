"""Bringing the watches that a calendarList watch follows to where they should be.

Every write to them goes out together with a conditioned write to the watch that follows: a worker who no longer holds
that one can bring no child back, and leave none behind.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from calendar_watch.decisions import children, next_step
from calendar_watch.model.parts import WHOLE
from calendar_watch.model.snapshot import Items
from calendar_watch.model.watch import Watch
from calendar_watch.ports import Surroundings
from calendar_watch.reconciler.lease import Hold

_CHUNK = 50


class Follower:
    def __init__(self, around: Surroundings, hold: Hold):
        self._around = around
        self._hold = hold

    def follow(self) -> next_step.Step:
        """Raises DisturbedError, when a child has changed meanwhile too."""
        late = list(self._late(self._hold.watch))
        for start in range(0, len(late), _CHUNK):
            self._write(late[start : start + _CHUNK])
        return self._hold.write(self._around.store.commit, children.done(self._hold.watch))

    def _write(self, children: Sequence[Watch]) -> None:
        parent = replace(self._hold.watch, following=True)
        self._hold.advance(lambda parent: self._around.store.follow(parent, children), parent)

    def _late(self, parent: Watch) -> Iterator[Watch]:
        """The children that are not as they should be, as they should be."""
        now, store = self._around.clock(), self._around.store
        orders = children.orders(parent, self._items(parent))
        there = {each.id: each for each in store.children(parent.id)}
        for each in there.values():
            due = children.relabelled(each, parent) if each.id in orders else children.dropped(each, parent, now)
            if due != each:
                yield due
        missing = [child_id for child_id in orders if child_id not in there]
        others = {each.id: each for each in store.find(missing)}
        for place, child_id in enumerate(missing):
            if child_id in others:
                yield children.adopted(others[child_id], parent, now, self._around.policy)
            else:
                yield children.child(parent, orders[child_id], place, now)

    def _items(self, parent: Watch) -> Items:
        [part] = self._around.store.parts(parent.id, [WHOLE])
        return part.items
