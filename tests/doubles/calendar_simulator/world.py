"""All that the simulated Google knows about calendars and users."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from random import Random

from .collection import Collection, Topic
from .options import Options
from .people import People
from .quirks import Switches
from .quirks.delays import Delays
from .quirks.errands import Errands
from .quirks.memory import Memory
from .revisions import Revisions, micros


class World:
    def __init__(self, now: Callable[[], datetime], random: Random, options: Options) -> None:
        self.now = now
        self.random = random
        self.options = options
        self.quirks = Switches(options.quirk_seed)
        self.quirks.set(options.quirks)
        self.memory = Memory()
        self.people = People()
        self.delays = Delays(self.quirks)
        self.errands = Errands()
        self.next_revision = Revisions(now)
        #: sync tokens that were given out before this revision have expired
        self.oldest_sync_token = 0
        self._collections: dict[Topic, Collection] = {}
        self._news: list[Topic] = []

    def configure(self, options: Options) -> None:
        self.options = options
        self.quirks.set(options.quirks)

    def calm(self) -> None:
        """All quirks off, and every spell over: from now on listings show the truth."""
        self.options = replace(self.options, quirks={})
        self.quirks.calm()
        self.delays.calm()

    @property
    def calendars(self) -> Collection:
        return self.collection(Topic("calendars", ""))

    def acl(self, calendar_id: str) -> Collection:
        return self.collection(Topic("acl", calendar_id))

    def events(self, calendar_id: str) -> Collection:
        return self.collection(Topic("events", calendar_id))

    def calendar_list(self, user: str) -> Collection:
        return self.collection(Topic("calendarList", user))

    def settings(self, user: str) -> Collection:
        return self.collection(Topic("settings", user))

    def calendar_lists(self) -> list[Collection]:
        return self.every("calendarList")

    def every(self, resource: str) -> list[Collection]:
        return [found for topic, found in self._collections.items() if topic.resource == resource]

    def account(self, address: str) -> str:
        """Return the address of today."""
        while address in self.memory.names:
            address = self.memory.names[address]
        return address

    def hand_over(self, resources: Iterable[str], old: str, new: str) -> None:
        """Find these collections under a new name; channels and tokens stay good."""
        for resource in resources:
            topic = Topic(resource, old)
            if topic in self._collections:
                self._collections[Topic(resource, new)] = self._collections.pop(topic)

    def begin_anew(self, resources: Iterable[str], owner: str) -> None:
        """Forget these collections; sync tokens for them are worth nothing any more."""
        for resource in resources:
            topic = Topic(resource, self.account(owner))
            self._collections[topic] = Collection(topic, self._revise)
            self._collections[topic].born = self.next_revision()

    def collection(self, topic: Topic) -> Collection:
        topic = topic._replace(owner=self.account(topic.owner))
        if topic not in self._collections:
            self._collections[topic] = Collection(topic, self._revise)
        return self._collections[topic]

    def ago(self, seconds: int) -> int:
        """Return the revision of that time."""
        return micros(self.now()) - seconds * 1_000_000

    def take_news(self) -> list[Topic]:
        """Return what changed since the last call, one entry for each change."""
        news, self._news = self._news, []
        return news

    def _revise(self, topic: Topic) -> int:
        self._news.append(topic)
        revision = self.next_revision()
        self.delays.written(topic, revision, self.now())
        return revision
