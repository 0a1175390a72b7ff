"""Which methods of Calendar the simulator offers, and which function does each."""

from collections.abc import Callable, Mapping

from . import acl, calendar_list, calendars, events, settings
from .collection import Topic
from .request import JsonObject, Request
from .world import World

OFFERED: Mapping[str, Callable[[World, Request], JsonObject | None]] = {
    "calendar.acl.delete": acl.delete,
    "calendar.acl.get": acl.get,
    "calendar.acl.insert": acl.insert,
    "calendar.acl.list": acl.list_,
    "calendar.acl.patch": acl.patch,
    "calendar.acl.update": acl.update,
    "calendar.calendarList.delete": calendar_list.delete,
    "calendar.calendarList.get": calendar_list.get,
    "calendar.calendarList.insert": calendar_list.insert,
    "calendar.calendarList.list": calendar_list.list_,
    "calendar.calendarList.patch": calendar_list.patch,
    "calendar.calendarList.update": calendar_list.update,
    "calendar.calendars.delete": calendars.delete,
    "calendar.calendars.get": calendars.get,
    "calendar.calendars.insert": calendars.insert,
    "calendar.calendars.patch": calendars.patch,
    "calendar.calendars.update": calendars.update,
    "calendar.events.delete": events.delete,
    "calendar.events.get": events.get,
    "calendar.events.insert": events.insert,
    "calendar.events.list": events.list_,
    "calendar.events.move": events.move,
    "calendar.events.patch": events.patch,
    "calendar.events.update": events.update,
    "calendar.settings.get": settings.get,
    "calendar.settings.list": settings.list_,
}

#: what each watch method follows
WATCHED: Mapping[str, Callable[[World, Request], Topic]] = {
    "calendar.acl.watch": acl.topic,
    "calendar.calendarList.watch": calendar_list.topic,
    "calendar.events.watch": events.topic,
    "calendar.settings.watch": settings.topic,
}
