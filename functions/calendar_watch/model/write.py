"""Every kind of write to a watch: who does it, on which condition, and what goes out in the same batch.

One table for two readers: the store makes its batches by it, and the model of the protocol (`tests/searches/model`)
searches what becomes of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Author(StrEnum):
    OPERATOR = "an operator"
    HOLDER = "the one worker who holds the lease"


class Condition(StrEnum):
    ABSENT = "it does not exist"
    UNCHANGED = "it is as it was read"


class Load(StrEnum):
    """What may go out with the watch."""

    ENTRIES = "log entries"
    NOTIFICATIONS = "notifications, which are taken away"
    PARTS = "parts of the snapshot"
    CHILDREN = "watches that this one follows, each on its own condition"


@dataclass(frozen=True, slots=True)
class Write:
    by: Author
    only_if: Condition = Condition.UNCHANGED
    along: frozenset[Load] = frozenset()


def _holders(*along: Load) -> Write:
    return Write(Author.HOLDER, along=frozenset(along))


WRITES: Mapping[str, Write] = {
    "create": Write(Author.OPERATOR, Condition.ABSENT),
    "stop": Write(Author.OPERATOR),
    "resume": Write(Author.OPERATOR),
    "claim": _holders(Load.ENTRIES, Load.NOTIFICATIONS),
    "commit": _holders(Load.ENTRIES, Load.PARTS),
    "intent": _holders(Load.ENTRIES),
    "opened": _holders(Load.ENTRIES),
    "stopped": _holders(Load.ENTRIES),
    "failure": _holders(Load.ENTRIES),
    "release": _holders(Load.ENTRIES),
    "follow": _holders(Load.CHILDREN),
    "forget": _holders(Load.ENTRIES, Load.PARTS),
}
"""By the names of the store's methods. Events of the watch itself are told by its holder alone."""
