"""People who change their calendars at Google, without a thought for who watches."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from random import Random
from urllib.parse import quote

from tests.doubles.calendar_simulator import Actor, CalendarSimulator
from tests.doubles.calendar_simulator.actor import Refusal
from tests.support.world import ALICE, BOB

MARK = "Confidential"
"""Is in the content of whatever they write, and must be in no log line."""
_MOST_CALENDARS = 3
_ROLES = ("reader", "writer", "owner", "none")
_SETTINGS = ("weekStart", "locale", "timezone")


class Users:
    """`changes` counts what they have changed."""

    def __init__(self, google: CalendarSimulator, dice: Random):
        self._google = google
        self._dice = dice
        self.actors = {email: Actor(google, email) for email in (ALICE, BOB)}
        self.calendars = [ALICE, BOB]
        self.changes = 0
        self._events: list[tuple[str, str]] = []
        self._single: list[tuple[str, str]] = []
        self._acts: Sequence[Callable[[Actor], None]] = (
            *(self.share, self.share, self.unshare, self.create_calendar, self.delete_calendar, self.rename),
            *(self.subscribe, self.choose, self.set, self.meet, self.meet, self.reschedule, self.cancel),
            *(self.repeat, self.skip, self.move, self.restore),
        )
        for actor in self.actors.values():
            actor.get("users/me/calendarList")

    def act(self) -> None:
        """One of them does something; what Google does not allow changes nothing."""
        act, actor = self._dice.choice(self._acts), self._dice.choice(list(self.actors.values()))
        try:
            act(actor)
        except Refusal:
            return
        self.changes += 1

    # --- access control lists

    def share(self, actor: Actor) -> None:
        guest = self._dice.choice((ALICE, BOB, "carol@example.com", f"{MARK}{self._dice.randrange(9)}@example.com"))
        actor.share(self._calendar(), guest, self._dice.choice(_ROLES))

    def unshare(self, actor: Actor) -> None:
        calendar = self._calendar()
        rules = actor.get(f"calendars/{quote(calendar)}/acl")["items"] or [{"id": "user:nobody"}]
        actor.delete(f"calendars/{quote(calendar)}/acl/{quote(self._dice.choice(rules)['id'])}")

    # --- calendars and calendar lists

    def create_calendar(self, actor: Actor) -> None:
        if len(self.calendars) < 2 + _MOST_CALENDARS:
            self.calendars.append(actor.create_calendar(f"{MARK} team"))

    def delete_calendar(self, actor: Actor) -> None:
        calendar = self._calendar()
        actor.delete(f"calendars/{quote(calendar)}")
        self.calendars.remove(calendar)

    def rename(self, actor: Actor) -> None:
        actor.patch(f"calendars/{quote(self._calendar())}", {"summary": f"{MARK} {self._dice.random()}"})

    def subscribe(self, actor: Actor) -> None:
        """A calendar that was shared, or handed over."""
        actor.post("users/me/calendarList", {"id": self._calendar()})

    def choose(self, actor: Actor) -> None:
        wish = {"hidden": self._dice.random() < 0.3, "summaryOverride": f"{MARK} {self._dice.randrange(9)}"}
        actor.patch(f"users/me/calendarList/{quote(self._calendar())}", wish)

    def set(self, actor: Actor) -> None:
        self._google.set_setting(actor.email, self._dice.choice(_SETTINGS), str(self._dice.randrange(9)))

    # --- events

    def meet(self, actor: Actor) -> None:
        self._created(actor, {})
        self._single.append(self._events[-1])

    def repeat(self, actor: Actor) -> None:
        self._created(actor, {"recurrence": ["RRULE:FREQ=DAILY"]})

    def _created(self, actor: Actor, fields: dict[str, object]) -> None:
        calendar = self._calendar()
        self._events.append((calendar, actor.create_event(calendar, f"{MARK} meeting", **fields)))

    def reschedule(self, actor: Actor) -> None:
        calendar, event = self._event(actor)
        actor.change_event(calendar, event, summary=f"{MARK} {self._dice.random()}")

    def cancel(self, actor: Actor) -> None:
        actor.delete_event(*self._event(actor))

    def restore(self, actor: Actor) -> None:
        """Not a series: nobody knows what becomes of its exceptions."""
        if self._single:
            actor.change_event(*self._dice.choice(self._single[-30:]), status="confirmed")

    def skip(self, actor: Actor) -> None:
        calendar, series = self._event(actor)
        self._events.append((calendar, actor.cancel_instance(calendar, series, self._day())))

    def move(self, actor: Actor) -> None:
        calendar, series = self._event(actor)
        day = self._day()
        later = day + timedelta(hours=3)
        self._events.append((calendar, actor.move_instance(calendar, series, day, later, later + timedelta(hours=1))))

    def _day(self) -> datetime:
        return self._google.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=self._dice.randrange(5))

    def _calendar(self) -> str:
        return self._dice.choice(self.calendars)

    def _event(self, actor: Actor) -> tuple[str, str]:
        """One whose series, if it has one, is still there: of others nobody knows how Google lists them."""
        if not self._events:
            self._created(actor, {"recurrence": ["RRULE:FREQ=DAILY"]})
        calendar, event = self._dice.choice(self._events[-30:])
        series = actor.get(f"calendars/{quote(calendar)}/events/{event.partition('_')[0]}")
        return (calendar, event) if series["status"] != "cancelled" else (calendar, "nothing")
