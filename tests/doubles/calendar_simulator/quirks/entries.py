"""Calendar lists: cosmetic changes and ghosts (Q28), missing data owners (Q29), new entries not yet shown (Q54)."""

from datetime import timedelta
from typing import Any

from ..collection import Record
from ..request import Request
from ..world import World

JsonObject = dict[str, Any]
_HOUR, _TWO_DAYS = 3600.0, 172_800.0


def shown(world: World, user: str, record: Record, entry: JsonObject) -> JsonObject:
    quirks = world.quirks
    if record.revision in world.memory.cosmetic or (user, record.key) in world.memory.ghosts:
        quirks.meet("Q28")
    if record.key in world.memory.new_names:
        quirks.meet("Q18")
    if (user, record.key) in world.memory.left:
        quirks.meet("Q55")
    if "dataOwner" not in entry or not quirks.picks("Q29", f"{user} {record.key}"):
        return entry
    quirks.meet("Q29")
    return {name: value for name, value in entry.items() if name != "dataOwner"}


def touch(world: World, request: Request) -> None:
    """Whoever opens a calendar to write in it may tick it, or paint it, without a thought."""
    if not request.method.id.startswith("calendar.events.") or request.method.http_method == "GET":
        return
    entries = world.calendar_list(request.user)
    record = entries.get(request.calendar_id)
    if record is None or not world.quirks.strikes("Q28"):
        return
    ticked = {"selected": not record.item.get("selected", False)}
    painted = {"colorId": str(world.quirks.dice("Q28").randint(1, 24))}
    change = world.quirks.dice("Q28").choice((ticked, painted))
    world.memory.cosmetic.add(entries.write(record.key, {**record.item, **change}).revision)


def hold_back(world: World, user: str, record: Record) -> None:
    """A calendar just added may be missing from listings for up to a day."""
    if world.quirks.strikes("Q54"):
        seconds = _HOUR * world.quirks.dice("Q54").uniform(0.01, 24)
        topic = world.calendar_list(user).topic
        world.delays.hide("Q54", topic, record.revision, world.now() + timedelta(seconds=seconds))


def haunts(world: World, user: str, calendar_id: str) -> bool:
    """Whether the entry of a calendar that is gone stays in the list, for an hour to two days."""
    if world.calendars.get(calendar_id) is not None or not world.quirks.strikes("Q28"):
        return False
    world.memory.ghosts.add((user, calendar_id))
    due = world.now() + timedelta(seconds=world.quirks.dice("Q28").uniform(_HOUR, _TWO_DAYS))
    world.errands.add(due, lambda: _lay(world, (world.account(user), calendar_id)))
    return True


def _lay(world: World, ghost: tuple[str, str]) -> None:
    user, calendar_id = ghost
    if ghost in world.memory.ghosts and world.calendar_list(user).get(calendar_id):
        world.calendar_list(user).bury(calendar_id, {})
    world.memory.ghosts.discard(ghost)
