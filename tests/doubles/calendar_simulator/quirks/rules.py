"""Rules that nobody made (Q07, Q50), for nobody (Q52), with odd etags (Q51); rooms without any (Q53); groups (Q55)."""

from typing import Any

from .. import errors
from ..collection import Record, Topic
from ..world import World
from . import tokens

JsonObject = dict[str, Any]
_ROOM = "@resource.calendar.google.com"
_SERVICE = ".gserviceaccount.com"
_STRANGE = {"scope": {"type": "xNewScope", "value": "somebody"}, "role": "xNewRole"}
_STRANGE_ID = "xNewScope:somebody"
_NO_ETAG = '"00000000000000000000"'


def born(world: World, calendar_id: str, owner: str) -> None:
    """A main calendar may be open to its domain from the first moment."""
    if calendar_id == owner and world.quirks.strikes("Q50"):
        scope = {"type": "domain", "value": owner.partition("@")[2]}
        world.acl(calendar_id).write(f"domain:{scope['value']}", {"scope": scope, "role": "freeBusyReader"})


def check_insert(world: World, calendar_id: str, scope: JsonObject) -> None:
    """Refuse what only the real one refuses."""
    if calendar_id.endswith(_SERVICE) and world.quirks.on("Q50"):
        world.quirks.meet("Q50")
        raise errors.cannot_remove_last_owner()
    if scope["type"] == "domain" and world.quirks.on("Q52") and not _is_known(world, scope["value"]):
        world.quirks.meet("Q52")
        raise errors.not_found()


def changed(world: World, calendar_id: str) -> None:
    tokens.rules_changed(world, calendar_id)
    if world.quirks.strikes("Q07"):
        world.acl(calendar_id).write(_STRANGE_ID, _STRANGE)


def shown(world: World, topic: Topic, record: Record, rule: JsonObject) -> JsonObject:
    quirks, scope = world.quirks, rule["scope"]
    if record.key == _STRANGE_ID:
        quirks.meet("Q07")
    if scope["type"] == "domain" and quirks.on("Q50"):
        quirks.meet("Q50")
    if scope["type"] == "user" and quirks.on("Q52") and world.calendars.get(scope["value"]) is None:
        quirks.meet("Q52")
    if quirks.on("Q51") and record.key == f"user:{topic.owner}":
        quirks.meet("Q51")
        return rule | {"etag": _NO_ETAG}
    return rule


def check_room(world: World, calendar_id: str) -> None:
    """A room cannot be read before somebody has a rule of their own."""
    if not calendar_id.endswith(_ROOM) or not world.quirks.on("Q53"):
        return
    if not any(record.item["scope"]["type"] == "user" for record in world.acl(calendar_id).live()):
        world.quirks.meet("Q53")
        raise errors.internal_error()


def note_refused(world: World, calendar_id: str, user: str) -> None:
    if (user, calendar_id) in world.memory.left:
        world.quirks.meet("Q55")


def _is_known(world: World, domain: str) -> bool:
    return any(record.key.endswith(f"@{domain}") for record in world.calendars.live())
