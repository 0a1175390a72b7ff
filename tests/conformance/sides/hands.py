"""What people do at Google's own pages, done to the simulator."""

from datetime import datetime

from tests.doubles.calendar_simulator import Actor, CalendarSimulator
from tests.doubles.calendar_simulator.quirks.generated import GOOGLE

_BOB = "bob@example.com"
_GROUP = "team@example.com"


class SimulatedHands:
    """They act at once, whatever the quirks do to us."""

    def __init__(self, simulator: CalendarSimulator, user: str) -> None:
        self._simulator = simulator
        self._user = user
        self._we = Actor(simulator, user)
        self._bob = Actor(simulator, _BOB)

    def split(self, calendar_id: str, series_id: str, at: datetime) -> str:
        return self._simulator.office.split(self._user, calendar_id, series_id, at)

    def derived_calendar(self) -> tuple[str, str]:
        calendar_id = self._simulator.office.derive_calendar(self._user, "Birthdays")
        return calendar_id, Actor(self._simulator, GOOGLE).create_event(calendar_id, "Bob")

    def undo_derived(self, calendar_id: str, event_id: str) -> None:
        Actor(self._simulator, GOOGLE).delete_event(calendar_id, event_id)

    def renamed(self) -> str:
        self._bob.share(_BOB, self._user, "reader")
        self._simulator.office.rename(_BOB, "robert@example.com")
        return _BOB

    def leave_group(self) -> tuple[str, str]:
        calendar_id = self._bob.create_calendar("Team")
        scope = {"type": "group", "value": _GROUP}
        self._bob.post(f"calendars/{calendar_id}/acl", {"role": "reader", "scope": scope})
        self._simulator.office.set_group(_GROUP, [self._user])
        self._we.post("users/me/calendarList", {"id": calendar_id})
        token = self._we.get("users/me/calendarList")["nextSyncToken"]
        self._simulator.office.set_group(_GROUP, [])
        return token, calendar_id

    def room(self) -> str:
        return self._simulator.office.build_room(self._user.partition("@")[2], "room")

    def public_calendar(self) -> str:
        calendar_id = self._bob.create_calendar("Holidays")
        self._bob.post(f"calendars/{calendar_id}/acl", {"role": "reader", "scope": {"type": "default"}})
        return calendar_id
