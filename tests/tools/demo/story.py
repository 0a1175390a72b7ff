"""What happens in the demo. Whatever it claims, it has checked."""

import json
from collections.abc import Mapping
from datetime import datetime

from tests.support.stack import Stack, until

from .change import NOTHING, Change
from .follower import Followed, Follower
from .proof import Proof
from .screen import Screen

ALICE, BOB, CAROL = "alice@example.com", "bob@example.com", "carol@example.com"

# On a human scale: a channel lives for 20 s instead of a week, and is renewed when it is 8 to 10 s old; a change of
# which no message came is found within 4 s instead of an hour, and where no message arrives at all, another channel is
# tried after 20 s instead of a day. A busy machine gets more time.
SETTINGS = {
    "CHANNEL_TTL_SECONDS": "20",
    "RENEW_AFTER_FRACTION": "0.5",
    "CONFIRM_SECONDS": "4",
    "SETTLE_SECONDS": "1",
    "SAFETY_SYNC_SECONDS": "4",
    "POLL_SECONDS": "4",
    "PROBE_SECONDS": "20",
}


class Story:
    def __init__(self, stack: Stack, screen: Screen, settings: Mapping[str, str]):
        self._stack = stack
        self._settings = {name: float(value) for name, value in settings.items()}
        self._google = stack.google
        self._alice = stack.google.person(ALICE)
        self._screen = screen
        self._follower = Follower(stack, screen)
        self._proof = Proof(stack, self._follower, screen)
        self._made: list[Change] = []

    def tell(self) -> None:
        self._screen.title("Three things of Alice's are watched, and the events of every calendar that she owns")
        self._explain()
        acl = self._follower.open("acl", subject=ALICE, calendarId=ALICE)
        calendars = self._follower.open("calendarList", subject=ALICE, follow=["events"])
        settings = self._follower.open("settings", subject=ALICE)
        until(lambda: self._followed(1), "the events of her own calendar are watched")
        self._create()
        self._share()
        self._make_public()
        self._move()
        self._grow_old()
        self._lose_a_message(acl)
        self._sum_up()
        self._end(acl, calendars, settings)
        self._show_one()
        self._say_what_next()

    def _explain(self) -> None:
        self._screen.note("acl: who may see her calendar; calendarList: which calendars she sees; settings: her own")
        self._screen.note("for each, Google opens a channel: its promise to call us at changes, for about a week")
        lifetime = self._settings["CHANNEL_TTL_SECONDS"]
        self._screen.note(
            f"(here for {lifetime:.0f} s); a call never says what changed: we read at Google, and compare"
        )

    def _create(self) -> None:
        self._screen.title("She creates a calendar, and its events are watched as well, without anybody asking")
        team = self._alice.create_calendar("Team")
        self._await("calendarList", team, NOTHING, "Team (owner)")
        until(lambda: self._followed(2), "the events of the new calendar are watched")
        lunch = self._alice.create_event(team, "Lunch")
        self._await("events", lunch, NOTHING, "Lunch")
        self._alice.rename_event(team, lunch, "Late lunch")
        self._await("events", lunch, "Lunch", "Late lunch")
        self._alice.delete_event(team, lunch)
        self._await("events", lunch, "Late lunch", NOTHING)

    def _share(self) -> None:
        self._screen.title("Bob is given her calendar, then a higher role, then nothing")
        self._alice.share("primary", BOB, "reader")
        self._await("acl", f"user:{BOB}", NOTHING, "reader")
        self._alice.share("primary", BOB, "writer")
        self._await("acl", f"user:{BOB}", "reader", "writer")
        self._alice.unshare("primary", BOB)
        self._await("acl", f"user:{BOB}", "writer", NOTHING)

    def _make_public(self) -> None:
        self._screen.title("She makes her calendar public, and thinks better of it: who could see it is told as well")
        self._alice.make_public("primary", "reader")
        self._await("acl", "default", NOTHING, "reader")
        self._alice.make_private("primary")
        self._await("acl", "default", "reader", NOTHING)
        self._proof.told_who_could_see_it("default")

    def _move(self) -> None:
        self._screen.title("She moves to Zurich")
        self._google.admin("PUT", "setting", {"user": ALICE, "id": "timezone", "value": "Europe/Zurich"})
        self._await("settings", "timezone", "UTC", "Europe/Zurich")

    def _grow_old(self) -> None:
        self._screen.title("No channel lives long: each is replaced before it ends, so that no call is missed")
        until(self._all_renewed, "every channel is renewed")

    def _lose_a_message(self, acl: Followed) -> None:
        self._screen.title("A call of Google's gets lost, and the change is found all the same")
        until(lambda: self._is_at_rest(acl), "nothing is left to do but the next reading on schedule")
        self._google.admin("POST", "drop", {"count": 1, "state": "exists"})
        self._alice.share("primary", CAROL, "reader")
        self._proof.lost_a_message(acl)
        self._await("acl", f"user:{CAROL}", NOTHING, "reader")

    def _sum_up(self) -> None:
        self._screen.title("All in all")
        self._proof.all_arrived_once(self._made)
        self._proof.one_channel_each()
        self._proof.all_sweeps_went_well()
        self._proof.calls()

    def _end(self, *asked_for: Followed) -> None:
        self._screen.title("The three watches are ended, and with them those that nobody had to ask for")
        for watch in asked_for:
            self._stack.api.end(watch.id)
        self._proof.no_channel_left()

    def _show_one(self) -> None:
        event = next(each for each in self._follower.changes() if each["type"].startswith("calendarwatch.acl.updated."))
        self._screen.title("One of these changes, whole, as it arrived: a CloudEvent (https://cloudevents.io)")
        self._screen.verbatim(json.dumps(event, indent=2))

    def _say_what_next(self) -> None:
        self._screen.verbatim("Play with it: `make dev` leaves all this running, and shows commands to paste.")
        self._screen.verbatim("Read on: README.md has how to ask for watches, and leads to the papers on all else.")

    def _await(self, *words: str) -> None:
        change = Change(*words)
        self._made.append(change)
        until(lambda: change in map(Change.of, self._follower.changes()), f"{change} is reported")

    def _followed(self, count: int) -> bool:
        """So many calendars' events are watched."""
        self._follower.changes()
        return [watch.resource for watch in self._follower.watches].count("events") == count

    def _all_renewed(self) -> bool:
        self._follower.changes()
        return all(watch.renewals for watch in self._follower.watches)

    def _is_at_rest(self, watch: Followed) -> bool:
        """The next reading is not one that follows up a message."""
        self._follower.changes()
        shown = self._stack.api.show(watch.id)
        last, following = (datetime.fromisoformat(shown[each]) for each in ("lastSyncTime", "nextReconcileTime"))
        return (following - last).total_seconds() > self._settings["SETTLE_SECONDS"] + 1
