"""People who change their calendars at Google, without a thought for who watches."""

from collections.abc import Callable, Container, Mapping
from datetime import datetime, timedelta
from random import Random
from urllib.parse import quote

from tests.doubles.calendar_simulator import CalendarSimulator, Refusal, instances
from tests.doubles.calendar_simulator import Witness as Person
from tests.doubles.calendar_simulator.quirks.generated import GOOGLE
from tests.searches.chaos.edges.listings import Shown
from tests.support.world import ALICE, BOB

MARK = "Confidential"
"""Is in the content of whatever they write, and must be in no log line."""
_MOST_CALENDARS = 3
_ROLES = ("reader", "writer", "owner", "none")
_OUTSIDE = (
    *(("default", None), ("domain", "example.com"), ("group", "all@evil.net")),
    *(("user", f"{MARK}@{each}") for each in ("evil.net", "example.com.evil.net", "evil-example.com")),
)
"""Whom a calendar is shared with besides people."""
_SETTINGS = ("weekStart", "locale", "timezone")
_ZONES = ("UTC", "Europe/Zurich", "Asia/Tokyo")
_MUCH = 40_000
_MEDDLING = 0.5
_GROUP = "all@example.com"
_RENAMED = "robert@example.com"

Act = Callable[[Person], None]


class Users:
    """`changes` counts what they have changed."""

    def __init__(self, google: CalendarSimulator, dice: Random, take_halfway: Callable[[], list[Shown]]):
        self._google = google
        self._take_halfway = take_halfway
        self._dice = dice
        self.people = {email: Person(google, email) for email in (ALICE, BOB)}
        self.calendars = [ALICE, BOB]
        self.changes = 0
        self._events: list[tuple[str, str]] = []
        self._single: list[tuple[str, str]] = []
        self._series: list[tuple[str, str]] = []
        self._birthdays = ""
        self._everyday: Mapping[Act, float] = {
            self.share: 2,
            self.expose: 1,
            self.unshare: 1,
            self.create_calendar: 1,
            self.delete_calendar: 0.5,
            self.retitle: 1,
            self.subscribe: 1,
            self.choose: 1,
            self.set: 1,
            self.meet: 2,
            self.reschedule: 1,
            self.cancel: 1,
            self.write_much: 0.1,
            self.repeat: 1,
            self.skip: 1,
            self.move: 1,
            self.restore: 1,
        }
        self._acts: Mapping[Act, float] = self._everyday

    def calm(self) -> None:
        """Do no more than anybody does: how Google lists a split without the quirk, nobody knows."""
        self._acts = self._everyday

    def take_up(self, quirks: Container[str]) -> None:
        """Do besides what only some of Google's quirks give an occasion for."""
        occasions: Mapping[str, Mapping[Act, float]] = {
            "Q02": {self.skip: 3},
            "Q04": {self.split: 1, self.begin_anew: 2, self.move: 3},
            "Q06": {self.derive: 0.5, self.congratulate: 1.5},
            "Q18": {self.move_house: 0.2},
            "Q22": {self.travel: 0.3},
            "Q23": {self.remind: 0.5},
            "Q27": {self.carry: 0.5},
            "Q29": {self.hand_over: 0.2},
            "Q30": {self.go_unheard: 5},
            "Q53": {self.build: 0.1},
            "Q54": {self.subscribe: 2},
            "Q55": {self.regroup: 0.5},
            "Q61": {self.come_again: 0.05},
        }
        self._acts = {
            **self._everyday,
            **{act: rate for each in occasions if each in quirks for act, rate in occasions[each].items()},
        }

    def act(self) -> None:
        """One of them does something; what Google does not allow changes nothing."""
        acts = list(self._acts)
        [act] = self._dice.choices(acts, [self._acts[each] for each in acts])
        self._do(act)

    def _do(self, act: Act) -> None:
        try:
            act(self._dice.choice(list(self.people.values())))
        except (Refusal, ValueError):
            return
        self.changes += 1

    def meddle(self) -> None:
        """Somebody begins a series anew of which a listing under way has shown an exception already."""
        shown = [each for each in self._take_halfway() if "dateTime" in each[1]["originalStartTime"]]
        if not shown or self.begin_anew not in self._acts or self._dice.random() > _MEDDLING:
            return
        calendar, exception = self._dice.choice(shown)
        day = datetime.fromisoformat(exception["originalStartTime"]["dateTime"])
        self._do(lambda actor: self._begin_anew(actor, calendar, exception["recurringEventId"], day))

    # --- access control lists

    def share(self, actor: Person) -> None:
        guest = self._dice.choice((ALICE, BOB, "carol@example.com", f"{MARK}{self._dice.randrange(9)}@example.com"))
        actor.share(self._calendar(), guest, self._dice.choice(_ROLES))

    def expose(self, actor: Person) -> None:
        actor.share_with(self._calendar(), *self._dice.choice(_OUTSIDE), self._dice.choice(_ROLES))

    def unshare(self, actor: Person) -> None:
        calendar = self._calendar()
        rules = actor.get(f"calendars/{quote(calendar)}/acl")["items"] or [{"id": "user:nobody"}]
        actor.delete(f"calendars/{quote(calendar)}/acl/{quote(self._dice.choice(rules)['id'])}")

    # --- calendars and calendar lists

    def create_calendar(self, actor: Person) -> None:
        if len(self.calendars) < 2 + _MOST_CALENDARS:
            self.calendars.append(actor.create_calendar(f"{MARK} team"))

    def delete_calendar(self, actor: Person) -> None:
        calendar = self._calendar()
        actor.delete(f"calendars/{quote(calendar)}")
        self.calendars.remove(calendar)

    def retitle(self, actor: Person) -> None:
        actor.patch(f"calendars/{quote(self._calendar())}", {"summary": f"{MARK} {self._dice.random()}"})

    def subscribe(self, actor: Person) -> None:
        """A calendar that was shared, or handed over."""
        actor.post("users/me/calendarList", {"id": self._calendar()})

    def choose(self, actor: Person) -> None:
        wish = {"hidden": self._dice.random() < 0.3, "summaryOverride": f"{MARK} {self._dice.randrange(9)}"}
        actor.patch(f"users/me/calendarList/{quote(self._calendar())}", wish)

    def set(self, actor: Person) -> None:
        self._google.set_setting(actor.email, self._dice.choice(_SETTINGS), str(self._dice.randrange(9)))

    # --- events

    def meet(self, actor: Person) -> None:
        self._created(actor, {})
        self._single.append(self._events[-1])

    def write_much(self, actor: Person) -> None:
        """Of which little can be packed."""
        self._created(actor, {"description": MARK + self._dice.randbytes(_MUCH).hex()})

    def repeat(self, actor: Person) -> None:
        self._created(actor, {"recurrence": ["RRULE:FREQ=DAILY"]})
        self._series.append(self._events[-1])

    def _keep_series(self, calendar: str, series: str) -> None:
        for known in (self._events, self._series):
            known.append((calendar, series))

    def _created(self, actor: Person, fields: dict[str, object]) -> None:
        calendar = self._calendar()
        self._events.append((calendar, actor.create_event(calendar, f"{MARK} meeting", **fields)))

    def reschedule(self, actor: Person) -> None:
        calendar, event = self._event(actor)
        actor.change_event(calendar, event, summary=f"{MARK} {self._dice.random()}")

    def cancel(self, actor: Person) -> None:
        actor.delete_event(*self._event(actor))

    def restore(self, actor: Person) -> None:
        """Not a series: nobody knows what becomes of its exceptions."""
        if self._single:
            actor.change_event(*self._dice.choice(self._single[-30:]), status="confirmed")

    def skip(self, actor: Person) -> None:
        calendar, series = self._event(actor)
        self._events.append((calendar, actor.cancel_instance(calendar, series, self._day())))

    def move(self, actor: Person) -> None:
        calendar, series, day = self._instance(actor)
        later = day + timedelta(hours=3)
        self._events.append((calendar, actor.move_instance(calendar, series, day, later, later + timedelta(hours=1))))

    def split(self, actor: Person) -> None:
        """Change all from some day on."""
        calendar, series, day = self._instance(actor)
        self._keep_series(calendar, actor.split(calendar, series, day))

    def begin_anew(self, actor: Person) -> None:
        """Change all from some day on, and drop what was before."""
        self._begin_anew(actor, *self._instance(actor))

    def _begin_anew(self, actor: Person, calendar: str, series: str, day: datetime) -> None:
        self._keep_series(calendar, actor.split(calendar, series, day))
        actor.delete_event(calendar, series)

    def remind(self, actor: Person) -> None:
        actor.change_event(*self._event(actor), reminders={"useDefault": self._dice.random() < 0.5})

    def carry(self, actor: Person) -> None:
        """To another calendar."""
        calendar, event = self._dice.choice(self._single[-30:]) if self._single else (actor.email, "nothing")
        destination = self._calendar()
        actor.move_event(calendar, event, destination)
        self._single.append((destination, event))

    def travel(self, actor: Person) -> None:
        actor.patch(f"calendars/{quote(self._calendar())}", {"timeZone": self._dice.choice(_ZONES)})

    # --- what administrators do, and Google by itself

    def go_unheard(self, _: Person) -> None:
        """Change what a mute channel should announce."""
        quirks, now = self._google.quirks, self._google.now()
        mute = [each for each in self._google.live_channels() if quirks.under_spell("Q30", each.id, now)]
        if not mute:
            raise ValueError("nothing is mute")
        channel = self._dice.choice(mute)
        resource, owner = channel.topic
        actor = self.people.get(channel.subject, self.people[BOB])
        changes: Mapping[str, Callable[[], object]] = {
            "acl": lambda: actor.share(owner, f"guest{self.changes}@example.com", "reader"),
            "events": lambda: actor.create_event(owner, f"{MARK} meeting"),
            "calendarList": lambda: self.choose(actor),
            "settings": lambda: self.set(actor),
        }
        changes[resource]()

    def derive(self, actor: Person) -> None:
        if not self._birthdays:
            self._birthdays = self._google.office.derive_calendar(actor.email, "birthdays")
            self.calendars.append(self._birthdays)

    def congratulate(self, _: Person) -> None:
        google = Person(self._google, GOOGLE)
        born = [event for calendar, event in self._events if calendar == self._birthdays]
        if born and self._dice.random() < 0.4:
            google.delete_event(self._birthdays, self._dice.choice(born))
        elif self._birthdays:
            year = self._google.now().year - self._dice.choice((0, 2))
            day = {"start": {"date": f"{year}-11-20"}, "end": {"date": f"{year}-11-21"}}
            self._events.append((self._birthdays, google.create_event(self._birthdays, f"{MARK} birthday", **day)))

    def build(self, actor: Person) -> None:
        """A room, that nobody can look at before somebody has a rule."""
        room = self._google.office.build_room("example.com", f"room{len(self.calendars)}")
        self.calendars.append(room)
        actor.post("users/me/calendarList", {"id": room})

    def regroup(self, actor: Person) -> None:
        body = {"role": "reader", "scope": {"type": "group", "value": _GROUP}}
        self._google.office.set_group(_GROUP, self._dice.sample((ALICE, BOB), self._dice.randrange(3)))
        actor.post(f"calendars/{quote(self._calendar())}/acl", body)

    def hand_over(self, _: Person) -> None:
        self._google.office.transfer(self._calendar(), self._dice.choice((ALICE, BOB)))

    def move_house(self, _: Person) -> None:
        """Bob gets another address, and his calendar another id."""
        self._google.office.rename(BOB, _RENAMED)
        self.calendars.append(_RENAMED)

    def come_again(self, actor: Person) -> None:
        """Another account under the same address."""
        if _RENAMED not in self.calendars:
            self._google.office.recreate(actor.email)

    def _day(self) -> datetime:
        return self._google.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=self._dice.randrange(5))

    def _calendar(self) -> str:
        return self._dice.choice(self.calendars)

    def _instance(self, actor: Person) -> tuple[str, str, datetime]:
        """Of a series that is still there, at its time."""
        if not self._series:
            self.repeat(actor)
        calendar, series = self._dice.choice(self._series[-10:])
        day, path = self._day(), f"calendars/{quote(calendar)}/events"
        shown = actor.get(f"{path}/{instances.id_of(series, day)}")
        alive = actor.get(f"{path}/{shown['recurringEventId']}")["status"] != "cancelled"
        return calendar, series if alive else "nothing", day

    def _event(self, actor: Person) -> tuple[str, str]:
        """One whose series, if it has one, is still there: of others nobody knows how Google lists them."""
        if not self._events:
            self._created(actor, {"recurrence": ["RRULE:FREQ=DAILY"]})
        calendar, event = self._dice.choice(self._events[-30:])
        path = f"calendars/{quote(calendar)}/events"
        series = actor.get(f"{path}/{event}").get("recurringEventId", event)
        alive = actor.get(f"{path}/{series}")["status"] != "cancelled"
        return calendar, event if alive else "nothing"
