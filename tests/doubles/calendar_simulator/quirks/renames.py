"""A user's address changes, and with it the id of the main calendar; the old one is read for a while (Q18)."""

from dataclasses import replace

from .. import errors
from ..collection import Collection
from ..request import Request
from ..world import World

_HOUR, _TWO_DAYS = 3600.0, 172_800.0
_OWN = ("acl", "events", "calendarList", "settings")
_BY_ID = ("calendar.acl.", "calendar.events.", "calendar.calendars.")


def rename(world: World, old: str, new: str) -> None:
    """Rules, calendar lists and data owners follow; channels and collections stay what they are."""
    if world.calendars.get(old) is None or world.calendars.find(new) is not None:
        raise ValueError(f"{old} is nobody, or {new} somebody")
    world.memory.rename(old, new)
    world.hand_over(_OWN, old, new)
    _rename_calendars(world, old, new)
    for acl in world.every("acl"):
        _rename_rule(acl, old, new)
    for entries in world.every("calendarList"):
        _rename_entry(entries, old, new)
    if world.quirks.strikes("Q18"):
        seconds = world.quirks.dice("Q18").uniform(_HOUR, _TWO_DAYS)
        world.quirks.begin_spell("Q18", old, world.now(), seconds)


def resolved(world: World, request: Request) -> Request:
    """Understand old addresses: as users always, as calendars only to read them, for a while."""
    request = replace(request, user=world.account(request.user))
    named = request.path.get("calendarId", "")
    if named not in world.memory.names or not request.method.id.startswith(_BY_ID):
        return request
    world.quirks.meet("Q18")
    reads = request.method.http_method == "GET"
    if not reads or not world.quirks.under_spell("Q18", named, world.now()):
        raise errors.not_found()
    return replace(request, path={**request.path, "calendarId": world.account(named)})


def _rename_calendars(world: World, old: str, new: str) -> None:
    own = dict(world.calendars.find(old).item)  # type: ignore[union-attr]
    world.calendars.bury(old, own)
    world.calendars.write(new, own | ({"summary": new} if own["summary"] == old else {}))
    for record in world.calendars.live():
        if record.item.get("dataOwner") == old:
            world.calendars.write(record.key, {**record.item, "dataOwner": new})
            for entries in world.every("calendarList"):
                if entries.get(record.key):
                    entries.amend(record.key)


def _rename_rule(acl: Collection, old: str, new: str) -> None:
    record = acl.get(f"user:{old}")
    if record:
        acl.bury(record.key, record.item)
        acl.write(f"user:{new}", {**record.item, "scope": {"type": "user", "value": new}})


def _rename_entry(entries: Collection, old: str, new: str) -> None:
    record = entries.get(old)
    if record:
        entries.bury(old, {})
        entries.write(new, record.item)
