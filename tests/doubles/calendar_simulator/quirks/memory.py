"""What the quirks have to remember from one call to the next."""

from dataclasses import dataclass, field

from ..collection import Topic


@dataclass(frozen=True)
class Split:
    """From `at` on, a series goes on as another (Q04)."""

    at: str
    master: str


@dataclass
class Memory:
    dead_tokens: set[str] = field(default_factory=set)
    """Are refused for good (Q01, Q43)."""
    refused_before: dict[Topic, int] = field(default_factory=dict)
    """Older sync tokens are refused with 400 (Q01)."""
    expired_before: dict[Topic, int] = field(default_factory=dict)
    """Older sync tokens have expired (Q41)."""
    missing: dict[Topic, float] = field(default_factory=dict)
    """The share of items that a short listing lacks (Q20)."""
    splits: dict[tuple[str, str], list[Split]] = field(default_factory=dict)
    """By calendar and first series, in the order of time (Q04)."""
    instances: dict[tuple[str, str], str] = field(default_factory=dict)
    """By calendar and classic id: the id that it has in truth (Q05)."""
    names: dict[str, str] = field(default_factory=dict)
    """New addresses by old ones (Q18)."""
    new_names: set[str] = field(default_factory=set)
    cosmetic: set[int] = field(default_factory=set)
    """Revisions of calendar lists that nobody meant (Q28)."""
    ghosts: set[tuple[str, str]] = field(default_factory=set)
    """User and calendar: entries whose calendar is gone (Q28)."""
    groups: dict[str, frozenset[str]] = field(default_factory=dict)
    """Members by address (Q55)."""
    left: set[tuple[str, str]] = field(default_factory=set)
    """User and calendar: who lost access with a group, unheard (Q55)."""
    seconds: float = 0
    """How long the answer in the making takes (Q08)."""

    def rename(self, old: str, new: str) -> None:
        """What is remembered of the user goes along."""
        self.names[old] = new
        self.new_names.add(new)
        self.ghosts = {(new if user == old else user, calendar) for user, calendar in self.ghosts}
        self.left = {(new if user == old else user, calendar) for user, calendar in self.left}

    def take_seconds(self) -> float:
        seconds, self.seconds = self.seconds, 0
        return seconds
