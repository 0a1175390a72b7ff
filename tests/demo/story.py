"""What happens in the demo, and the proof that all of it arrived."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from tests.stack import Stack, until

from .follower import Event, Followed, Follower
from .screen import Screen

ALICE, BOB = "alice@example.com", "bob@example.com"
_SETTLED = timedelta(seconds=2)

# On a human scale: a channel lives for 20 s instead of a week, and is renewed when it is 8 to 10 s old; a change of
# which no message came is found within 4 s instead of an hour.
SETTINGS = {
    "CHANNEL_TTL_SECONDS": "20",
    "RENEW_AFTER_FRACTION": "0.5",
    "CONFIRM_SECONDS": "4",
    "SETTLE_SECONDS": "1",
    "SAFETY_SYNC_SECONDS": "4",
    "LEASE_SECONDS": "6",
}


class Story:
    def __init__(self, stack: Stack, screen: Screen):
        self._google = stack.google
        self._stack = stack
        self._screen = screen
        self._alice = stack.google.person(ALICE)
        self._follower = Follower(stack, screen)
        self._made = 0

    def tell(self) -> None:
        self._screen.title("Three collections of alice's are watched")
        acl = self._follower.open("acl", calendarId=ALICE)
        calendars = self._follower.open("calendarList")
        settings = self._follower.open("settings")
        self._share(acl)
        self._create_and_delete(calendars)
        self._set(settings)
        self._renew()
        self._lose_a_message(acl)
        self._sum_up()
        self._end()

    def _share(self, acl: Followed) -> None:
        rule = f"user:{BOB}"
        self._screen.title("Bob gets her calendar shared, then a higher role, then nothing")
        self._expect(acl, "created", rule, lambda: self._alice.share("primary", BOB, "reader"))
        self._expect(acl, "updated", rule, lambda: self._alice.share("primary", BOB, "writer"))
        self._expect(acl, "deleted", rule, lambda: self._alice.unshare("primary", BOB))

    def _create_and_delete(self, calendars: Followed) -> None:
        self._screen.title("Alice creates a calendar, and deletes it")
        before = self._made
        team = self._alice.create_calendar("Team")
        self._expect(calendars, "created", team, lambda: None)
        self._expect(calendars, "deleted", team, lambda: self._alice.delete_calendar(team))
        assert self._made == before + 2

    def _set(self, settings: Followed) -> None:
        self._screen.title("She moves to Zurich")
        zurich = {"user": ALICE, "id": "timezone", "value": "Europe/Zurich"}
        self._expect(settings, "updated", "timezone", lambda: self._google.admin("PUT", "setting", zurich))

    def _renew(self) -> None:
        self._screen.title("Channels grow old, and new ones take over")
        until(self._all_renewed, "every channel is renewed")
