"""All that the simulated Google knows about calendars and users."""

from collections.abc import Callable
from datetime import datetime
from random import Random

from .collection import Collection, Topic
from .options import Options
from .revisions import Revisions


class World:
    def __init__(self, now: Callable[[], datetime], random: Random, options: Options) -> None:
        self.now = now
        self.random = random
        self.options = options
        self.next_revision = Revisions(now)
        #: sync tokens that were given out before this revision have expired
        self.oldest_sync_token = 0
        self._collections: dict[Topic, Collection] = {}
        self._news: list[Topic] = []

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
        return [found for topic, found in self._collections.items() if topic.resource == "calendarList"]

    def collection(self, topic: Topic) -> Collection:
        if topic not in self._collections:
            self._collections[topic] = Collection(topic, self._revise)
        return self._collections[topic]

    def take_news(self) -> list[Topic]:
        """Return what changed since the last call, one entry for each change."""
        news, self._news = self._news, []
        return news

    def _revise(self, topic: Topic) -> int:
        self._news.append(topic)
        return self.next_revision()
