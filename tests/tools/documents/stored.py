"""Documents of every kind, as this release writes them: what each later one has to read."""

import base64
import re
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime
from typing import Any

from requests import PreparedRequest, Response

from calendar_watch.firestore.packed_documents import entry_of
from calendar_watch.model.notification import PendingNotification
from calendar_watch.model.resources import EVENTS
from calendar_watch.model.target import Target
from tests.contract.schemas import story
from tests.doubles.memory_store import CHANGES
from tests.support.databases import InMemory
from tests.support.line import Send, refused
from tests.support.world import ALICE, ALICES_ACL, World

Documents = Mapping[str, Mapping[str, Any]]
"""By name."""


def written() -> Mapping[str, Documents]:
    """By collection: all watches of the story, what they hold, and of each type of change the first."""
    with closing(story.told()) as world:
        _stopped_halfway(world)
        stored = _database(world).documents()
        return {name: _plain(_fewer(documents) if name == CHANGES else documents) for name, documents in stored.items()}


def _database(world: World) -> InMemory:
    assert isinstance(world.database, InMemory)
    return world.database


def _stopped_halfway(world: World) -> None:
    """A listing after its first page, and a message that nobody has looked at."""
    team = world.alice.create_calendar("Team")
    world.google.seed_events(team, 5, ALICE)
    with world.line.cut("GET", "/events", _one_page_of_two):
        world.open(Target(EVENTS, team, ALICE))
    news = PendingNotification(ALICES_ACL.id, "a-channel", "a-resource", world.now, world.now, "exists")
    _database(world).notifications().put(news)


def _one_page_of_two(request: PreparedRequest, send: Send) -> Response:
    request.url = re.sub(r"maxResults=\d+", "maxResults=2", request.url or "")
    return refused(503, "backendError")(request, send) if "pageToken" in request.url else send()


def _fewer(entries: Documents) -> Documents:
    first: dict[str, str] = {}
    for name, document in entries.items():
        first.setdefault(entry_of(document)["type"], name)
    return {name: entries[name] for name in sorted(first.values())}


# --- as JSON


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return {"$time": value.isoformat()}
        case bytes():
            return {"$bytes": base64.b64encode(value).decode()}
        case Mapping():
            return {name: _plain(each) for name, each in value.items()}
        case list() | tuple():
            return [_plain(each) for each in value]
        case _:
            return value


def as_stored(value: Any) -> Any:
    """What Firestore would give back."""
    match value:
        case {"$time": text}:
            return datetime.fromisoformat(text)
        case {"$bytes": text}:
            return base64.b64decode(text)
        case dict():
            return {name: as_stored(each) for name, each in value.items()}
        case list():
            return [as_stored(each) for each in value]
        case _:
            return value
