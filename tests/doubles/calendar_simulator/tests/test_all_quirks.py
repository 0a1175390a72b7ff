"""Everything on at once, at random: nothing breaks, each quirk is met, and after it listings show the truth."""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from urllib.parse import quote

import pytest

from tests.doubles.calendar_simulator import CalendarSimulator, Client, Options, Refusal, Witness
from tests.doubles.calendar_simulator.quirks import CHANCES
from tests.doubles.calendar_simulator.quirks.generated import GOOGLE
from tests.doubles.calendar_simulator.quirks.reading import READING

ALICE, BOB = "alice@example.com", "bob@example.com"
STEPS, SEEDS = 400, 6


class Run:
    def __init__(self, seed: int) -> None:
        self.dice = Random(seed)  # noqa: S311 (repeatable on purpose)
        self.now = datetime(2026, 11, 20, 10, tzinfo=UTC)
        options = Options(quirks=CHANCES, quirk_seed=str(seed), pretty=False)
        self.google = CalendarSimulator(lambda: self.now, random=self.dice, options=options)
        self.people = [Witness(self.google, email) for email in (ALICE, BOB)]
        self.clients = [Client(self.google, person.email) for person in self.people]
        self.calendars = [ALICE, self.google.office.derive_calendar(ALICE, "birthdays")]
        self.calendars.append(self.google.office.build_room("example.com", "attic"))
        self.events: list[tuple[str, str]] = []
        self.series: list[tuple[str, str]] = []
        self.tokens: dict[tuple[str, str], str] = {}
        self.acts: tuple[Callable[[Witness, str], Any], ...] = (
            *(self.meet, self.meet, self.repeat, self.skip, self.move, self.split, self.cancel, self.reschedule),
            *(self.remind, self.carry, self.share, self.subscribe, self.found, self.close, self.travel, self.regroup),
            *(self.hand_over, self.rename, self.congratulate, self.set),
        )

    def step(self) -> None:
        self.now += timedelta(seconds=self.dice.choice((1, 5, 60, 600)))
        act, person = self.dice.choice(self.acts), self.dice.choice(self.people)
        calendar = self.dice.choice(self.calendars)
        with suppress(Refusal, ValueError, IndexError):
            act(person, calendar)
        base = f"calendars/{quote(self.dice.choice((calendar, *self.calendars)))}"
        paths = (f"{base}/events", f"{base}/events", f"{base}/acl", "users/me/calendarList", "users/me/settings")
        self.follow(self.dice.choice(self.clients), self.dice.choice(paths))

    def follow(self, client: Client, path: str) -> None:
        """As a simple client does: page by page, from the last token on."""
        token = self.tokens.pop((client.email, path), None) if "settings" not in path else None
        query = f"{path}?maxResults=3" + (f"&syncToken={token}" if token else "")
        page = ""
        for _ in range(12):
            try:
                answer = client.get(query + page)
            except Refusal:
                return
            page = f"&pageToken={answer.get('nextPageToken')}"
            if "nextSyncToken" in answer:
                self.tokens[client.email, path] = answer["nextSyncToken"]
            if "nextPageToken" not in answer:
                return

    # --- what people do

    def meet(self, person: Witness, calendar: str) -> None:
        self.events.append((calendar, person.create_event(calendar, "Meeting")))

    def repeat(self, person: Witness, calendar: str) -> None:
        rule = ["RRULE:FREQ=DAILY"]
        self.series.append((calendar, person.create_event(calendar, "Daily", recurrence=rule)))
        self.events.append(self.series[-1])

    def skip(self, person: Witness, _: str) -> None:
        calendar, series = self.dice.choice(self.series)
        self.events.append((calendar, person.cancel_instance(calendar, series, self._day())))

    def move(self, person: Witness, _: str) -> None:
        calendar, series = self.dice.choice(self.series)
        later = self.now + timedelta(hours=1)
        self.events.append((calendar, person.move_instance(calendar, series, self._day(), self.now, later)))

    def split(self, person: Witness, _: str) -> None:
        calendar, series = self.dice.choice(self.series)
        self.series.append((calendar, person.split(calendar, series, self._day())))

    def cancel(self, person: Witness, _: str) -> None:
        person.delete_event(*self.dice.choice(self.events))

    def reschedule(self, person: Witness, _: str) -> None:
        person.change_event(*self.dice.choice(self.events), summary=str(self.dice.random()))

    def remind(self, person: Witness, _: str) -> None:
        person.change_event(*self.dice.choice(self.events), reminders={"useDefault": self.dice.random() < 0.5})

    def carry(self, person: Witness, calendar: str) -> None:
        person.move_event(*self.dice.choice(self.events), calendar)

    def share(self, person: Witness, calendar: str) -> None:
        guest = self.dice.choice((ALICE, BOB, "nobody@example.com"))
        person.share(calendar, guest, self.dice.choice(("reader", "writer", "owner", "none")))

    def subscribe(self, person: Witness, calendar: str) -> None:
        person.post("users/me/calendarList", {"id": calendar})

    def found(self, person: Witness, _: str) -> None:
        if len(self.calendars) < 7:
            self.calendars.append(person.create_calendar("Team"))

    def close(self, person: Witness, calendar: str) -> None:
        if self.dice.random() < 0.3:
            person.delete(f"calendars/{quote(calendar)}")

    def travel(self, person: Witness, calendar: str) -> None:
        zone = self.dice.choice(("UTC", "Europe/Zurich", "Asia/Tokyo"))
        person.patch(f"calendars/{quote(calendar)}", {"timeZone": zone})

    def set(self, person: Witness, _: str) -> None:
        self.google.set_setting(person.email, self.dice.choice(("locale", "weekStart")), str(self.dice.randrange(9)))

    # --- what Google and administrators do

    def regroup(self, person: Witness, calendar: str) -> None:
        group = {"type": "group", "value": "all@example.com"}
        person.post(f"calendars/{quote(calendar)}/acl", {"role": "reader", "scope": group})
        self.google.office.set_group("all@example.com", self.dice.sample((ALICE, BOB), self.dice.randrange(3)))

    def hand_over(self, _: Witness, calendar: str) -> None:
        self.google.office.transfer(calendar, self.dice.choice((ALICE, BOB)))

    def rename(self, person: Witness, _: str) -> None:
        if person.email == BOB:
            self.google.office.rename(BOB, "robert@example.com")
            self.calendars.append("robert@example.com")

    def congratulate(self, _: Witness, __: str) -> None:
        google, calendar = Witness(self.google, GOOGLE), self.calendars[1]
        born = [event for where, event in self.events if where == calendar]
        if born and self.dice.random() < 0.5:
            google.delete_event(calendar, self.dice.choice(born))
        else:
            self.events.append((calendar, google.create_event(calendar, "Birthday")))

    def _day(self) -> datetime:
        midnight = self.now.replace(hour=10, minute=0, second=0, microsecond=0)
        return midnight + timedelta(days=self.dice.randrange(5))


@pytest.fixture(scope="module")
def runs() -> list[Run]:
    made = [Run(seed) for seed in range(SEEDS)]
    for run in made:
        for _ in range(STEPS):
            run.step()
    return made


def test_each_quirk_of_reading_is_met(runs: list[Run]) -> None:
    met: Counter[str] = sum((run.google.quirks.reached for run in runs), Counter())

    assert {quirk.number for quirk in READING} - {number for number, count in met.items() if count >= 5} == set()


def test_after_it_listings_show_the_truth(runs: list[Run]) -> None:
    listed = 0
    for run in runs:
        run.google.calm()
        assert run.google.next_due() is None
        for client, witness in zip(run.clients, run.people, strict=True):
            for calendar in run.calendars:
                path = f"calendars/{quote(calendar)}/events?maxResults=2500"
                try:
                    truth = witness.get(path)["items"]
                except Refusal:
                    continue
                assert client.get(path)["items"] == truth
                for item in truth:
                    whole = client.get(f"calendars/{quote(calendar)}/events/{item['id']}")
                    assert item["etag"] == whole["etag"]
                    listed += 1

    assert listed > 100
