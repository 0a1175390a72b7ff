"""How far a search goes."""

from typing import NamedTuple

DELIVERY = frozenset({"lost message", "doubled message", "unanswered message", "late message"})
CRASH = frozenset({"crash", "slow"})
STORE = frozenset({"lost answer", "lost write", "late write"})
CALLS = frozenset({"failing call", "lost call", "late call"})
INTRUDER = frozenset({"intruder"})


class Bounds(NamedTuple):
    """Everything is switched off or at its smallest, unless it is given."""

    changes: int = 0
    faults: int = 0
    of: frozenset[str] = DELIVERY | CRASH | STORE | CALLS
    """Which faults."""
    generations: int = 1
    operations: int = 0
    """Times that an operator ends the watch; each may be followed by a resumption."""
    lag: bool = False
    """Listings may lag behind messages."""
    wrong: bool = False
    """Listings may be empty for a while."""
    scheduled: bool = False
    """Safety reads, at any time."""
    gap: bool = False
    """The last channel may expire before anybody renews it."""
    unreachable: bool = False
    """At first, no message arrives."""
    deaf: bool = False
    """At first, Google carries out no stop."""
    dead_on_arrival: bool = False
    """Google's answer may say that the new channel is over already."""
    heartbeats: bool = False
    """Listings take long."""
    beside: bool = False
    """A listing may have been made while the claim was being written."""
    deadlines: bool = False
    """Workers may run out of time between two steps."""
    baseline: bool = False
    """What is there is to be told in the stream, as the model begins or soon after."""
    topic: bool = False
    """Changes are published."""
    silent: int = 2
    """So many channels in a row without a message mean that none will come; three, in fact."""
