"""Either side that claims are held against, as the claims see it."""

from datetime import datetime
from typing import Literal, Protocol

from tests.conformance.exchange import Arrival, Asked, Reply

Need = Literal["hands", "webhook", "arrivals", "tokens", "lifetimes"]
WANTED: dict[Need, str] = {
    "hands": "somebody at Google's own pages, which no program is",
    "webhook": "WEBHOOK=https://…",
    "arrivals": "ARRIVALS=https://…, which tells what came to WEBHOOK",
    "tokens": "a service account's key or IMPERSONATE=…, to sign with",
    "lifetimes": "LONG=1",
}


class OutOfTimeError(Exception):
    """What may be spent on claims is spent."""


class Hands(Protocol):
    """What people do at Google's own pages, and what Google does by itself."""

    def split(self, calendar_id: str, series_id: str, at: datetime) -> str:
        """Change 'this and following', and return the id of the series that goes on."""
        ...

    def derived_calendar(self) -> tuple[str, str]:
        """Return the id of a calendar that Google made, and of an event in it."""
        ...

    def undo_derived(self, calendar_id: str, event_id: str) -> None:
        """Google deletes what it derived."""
        ...

    def renamed(self) -> str:
        """Return the old address of somebody who has a new one, and who shares the main calendar with us."""
        ...

    def leave_group(self) -> tuple[str, str]:
        """Return a sync token of our calendar list, and a calendar to which leaving a group has ended our access."""
        ...

    def room(self) -> str:
        """Return a room that all of our domain may use, and for which nobody has a rule of their own."""
        ...


class Side(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def offers(self) -> frozenset[Need]: ...

    @property
    def webhook(self) -> str: ...

    @property
    def hands(self) -> Hands: ...

    def now(self) -> datetime: ...

    def send(self, asked: Asked) -> Reply:
        """Ask once. Raises OutOfTimeError."""
        ...

    def pause(self, seconds: float) -> None:
        """Let time pass. Raises OutOfTimeError."""
        ...

    def arrivals(self, channel_id: str) -> list[Arrival]:
        """Return what came for the channel so far, in order."""
        ...

    def sign_in(self, ahead_seconds: int) -> Reply:
        """Have a token given for claims that are dated so far ahead."""
        ...

    def public_calendar(self) -> str:
        """Return a calendar that everybody may read, and that is nobody's we know."""
        ...

    def grant_grace(self) -> None:
        """Allow what it takes to clean up, and no more."""
        ...
