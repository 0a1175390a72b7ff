"""Calendars that are full from the start: many events, about as big as people's own."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from . import event, events, times
from .world import World

_EVERY = timedelta(minutes=30)
_TITLES = ("Weekly review", "Budget", "Interview", "Release planning", "Lunch with the team", "Customer call")
_ANSWERS = ("accepted", "needsAction", "declined", "tentative")
_PEOPLE = [
    {"email": f"person{n}@example.com", "displayName": f"Person {n}", "responseStatus": _ANSWERS[n % len(_ANSWERS)]}
    for n in range(60)
]
_DESCRIPTION = "Please read the minutes of the last meeting and add your points to the agenda beforehand. " * 5


def sow(world: World, calendar_id: str, creator: str, count: int, template: Mapping[str, Any]) -> list[str]:
    """Put events into a calendar, half an hour apart from this hour on, and return their ids."""
    if world.calendars.get(calendar_id) is None:
        raise ValueError(f"no such calendar: {calendar_id}")
    first = world.now().replace(minute=0, second=0, microsecond=0)
    return [_plant(world, calendar_id, creator, {**_event(first, n), **template}) for n in range(count)]


def _plant(world: World, calendar_id: str, creator: str, given: Mapping[str, Any]) -> str:
    event_id = event.new_id(world)
    item = event.new(world, calendar_id, creator, event_id, given)
    return events.put(world.events(calendar_id), event_id, item).key


def _event(first: datetime, number: int) -> Mapping[str, Any]:
    return {
        "summary": f"{_TITLES[number % len(_TITLES)]} {number + 1}",
        "description": _DESCRIPTION,
        "location": f"Room {number % 40}",
        "start": times.spelled(first + number * _EVERY),
        "end": times.spelled(first + (number + 1) * _EVERY),
        "attendees": [_PEOPLE[(number + step) % len(_PEOPLE)] for step in range(2, 9)],
    }
