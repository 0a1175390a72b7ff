"""A collection as it is listed, page by page."""

from collections.abc import Iterator

from calendar_watch.model.resources import Item
from calendar_watch.model.target import Target
from calendar_watch.ports import Calendar


def pages_of(calendar: Calendar, target: Target) -> Iterator[list[Item]]:
    return calendar.pages(target, calendar.page(target, ""))
