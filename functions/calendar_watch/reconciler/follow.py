"""Bringing the watches that a calendarList watch follows to where they should be.

Every write to them goes out together with a conditioned write to the watch that follows: a worker who no longer holds
that one can bring no child back, and leave none behind.
"""

from collections.abc import Iterator, Sequence

from calendar_watch.decisions import children, next_step
from calendar_watch.model.watch import Watch
from calendar_watch.model.write import Write, WriteKind
from calendar_watch.ports import Services
from calendar_watch.reconciler.lease import Lease
from calendar_watch.reconciler.source import Source

_CHUNK = 50


class Follower:
    def __init__(self, services: Services, lease: Lease):
        self._services = services
        self._lease = lease

    def follow(self) -> next_step.Step:
        """Raises ChangedMeanwhileError, when a child has changed meanwhile too."""
        late = list(self._late(self._lease.watch))
        for start in range(0, len(late), _CHUNK):
            self._write(late[start : start + _CHUNK])
        return self._lease.write(Write(WriteKind.COMMIT, children.done(self._lease.watch)))

    def _write(self, children: Sequence[Watch]) -> None:
        parent = self._lease.watch.with_following(any=True)
        self._lease.advance(Write(WriteKind.FOLLOW, parent, children=children))

    def _late(self, parent: Watch) -> Iterator[Watch]:
        """The children that are not as they should be, as they should be."""
        now, store = self._services.clock(), self._services.store
        targets = children.targets(parent, Source(self._services).whole(parent.id).items)
        there = {each.id: each for each in store.children(parent.id)}
        for position, each in enumerate(there.values()):
            due = (
                children.kept(each, parent, position, now, self._services.policy)
                if each.id in targets
                else children.dropped(each, parent, now)
            )
            if due != each:
                yield due
        missing = [child_id for child_id in targets if child_id not in there]
        others = {each.id: each for each in store.find(missing)}
        for position, child_id in enumerate(missing):
            if child_id in others:
                yield children.adopted(others[child_id], parent, position, now, self._services.policy)
            else:
                yield children.child(parent, targets[child_id], position, now, self._services.policy)
