"""Google adds a conference to a new event, and its data a few seconds later (Q24)."""

from datetime import timedelta
from typing import Any

from ..collection import Collection, Item
from ..world import World

JsonObject = dict[str, Any]
_KIND = {"conferenceSolutionKey": {"type": "hangoutsMeet"}}


def begun(world: World, events: Collection, event_id: str, item: JsonObject) -> JsonObject:
    """Return the event with a conference in the making; the rest is a second write after 1 to 5 seconds."""
    if not world.quirks.strikes("Q24"):
        return item
    due = world.now() + timedelta(seconds=world.quirks.dice("Q24").uniform(1, 5))
    world.errands.add(due, lambda: _finish(events, event_id))
    given = item.get("conferenceData", {})
    return item | {"conferenceData": given | {"createRequest": _request(event_id, "pending")}}


def note(world: World, item: Item) -> None:
    if "createRequest" in item.get("conferenceData", {}):
        world.quirks.meet("Q24")


def _finish(events: Collection, event_id: str) -> None:
    record = events.get(event_id)
    if record is None or record.item["status"] == "cancelled":
        return
    address = f"https://meet.google.com/{event_id[:10]}"
    conference = {
        "createRequest": _request(event_id, "success"),
        "conferenceId": event_id[:10],
        "entryPoints": [{"entryPointType": "video", "uri": address}],
    }
    events.write(event_id, {**record.item, "hangoutLink": address, "conferenceData": conference})


def _request(event_id: str, status: str) -> JsonObject:
    return {"requestId": event_id[:10], **_KIND, "status": {"statusCode": status}}
