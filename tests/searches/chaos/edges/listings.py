"""What listings of events showed, as far as somebody heard of it."""

from collections import defaultdict
from collections.abc import Container, Mapping
from datetime import datetime, timedelta
from itertools import chain
from typing import Any
from urllib.parse import parse_qs, urlsplit

from requests import PreparedRequest, Response

from tests.searches.chaos.edges.calls import asked_about, is_whole
from tests.searches.chaos.scheduler import Scheduler

Event = Mapping[str, Any]
Shown = tuple[str, Event]
"""In which calendar."""
_Page = Mapping[str, Event]
_SOON = timedelta(minutes=1)
_AT_ONCE = timedelta(seconds=8)


class Listings:
    """By watch. An audit goes on beside increments; a page that is asked for again counts as it came last."""

    def __init__(self, scheduler: Scheduler):
        self._scheduler = scheduler
        self._begun: dict[tuple[str, bool], dict[str, _Page]] = {}
        self._latest: tuple[str, _Page] = "", {}
        self._outdone: dict[tuple[str, str], list[tuple[datetime, str]]] = defaultdict(list)
        self._ended: dict[str, list[tuple[datetime, set[str]]]] = defaultdict(list)
        self._series: dict[tuple[str, str], list[tuple[datetime, str]]] = defaultdict(list)

    def heard(self, method: str, request: PreparedRequest, subject: str, response: Response) -> None:
        if method not in {"events.list", "events.page"} or not response.ok:
            return
        target = asked_about(request, subject)
        assert target
        try:
            answer = response.json()
        except ValueError:  # cut off on the way
            return
        place = target.id, is_whole(request)
        pages = self._begun[place] = {} if method == "events.list" else self._begun.get(place, {})
        token, page = _page_token(request), {each.get("id"): each for each in answer.get("items", [])}
        pages.pop(token, None)
        self._note_outdone(target.id, page, _shown(pages))
        pages[token] = page
        if "nextPageToken" in answer:
            self._latest = target.calendar_id or "", _shown(pages)
        else:
            self._note_end(target.id, _shown(self._begun.pop(place)))

    def _note_outdone(self, watch_id: str, page: _Page, earlier: _Page) -> None:
        """What another listing shows first is what it says: nobody knows yet what its next page has."""
        for item_id, item in page.items():
            place, updated = (watch_id, item_id), item.get("updated", "")
            if updated < earlier.get(item_id, {}).get("updated", ""):
                self._outdone[place].append((self._scheduler.now, updated))
            elif place in self._outdone:
                self._outdone[place] = [each for each in self._outdone[place] if each[1] != updated]

    def _note_end(self, watch_id: str, shown: _Page) -> None:
        alive = {each for each, item in shown.items() if item.get("status") != "cancelled"}
        self._ended[watch_id].append((self._scheduler.now, alive))
        for item_id, item in shown.items():
            if "recurringEventId" in item:
                self._series[watch_id, item_id].append((self._scheduler.now, item["recurringEventId"]))

    def take_halfway(self) -> list[Shown]:
        """Exceptions that a listing has shown up to its last page, before their series, which may come later; once."""
        (calendar, shown), self._latest = self._latest, ("", {})
        early = (each for each in shown.values() if each.get("recurringEventId", "") not in {"", *shown})
        return [(calendar, each) for each in early if "originalStartTime" in each]

    def outdone(self, watch_id: str, item_id: str, told: datetime) -> set[str]:
        """When the versions were written that a listing showed about then, after a newer one."""
        return {updated for at, updated in self._outdone[watch_id, item_id] if abs(at - told) < _SOON}

    def last_series(self, watch_id: str, item_id: str, told: datetime) -> set[str]:
        """To which an exception belongs, by the last listing that named one and was over by then.

        It is carried out later, if a worker dies at its end; the next one may end at once.
        """
        named = self._series[watch_id, item_id]
        before = [series for at, series in named if told - at >= _AT_ONCE]
        return {*before[-1:], *(series for at, series in named if abs(at - told) < _AT_ONCE)}

    def shown_alive(self, watch_id: str, told: datetime) -> Container[str]:
        """By the listing that came to its end before; where several did about that time, by all of them."""
        ended = self._ended[watch_id]
        near = [shown for at, shown in ended if abs(at - told) < _AT_ONCE]
        last = near or [shown for at, shown in ended if at < told][-1:]
        return set.intersection(*last) if last else set()


def _shown(pages: Mapping[str, _Page]) -> _Page:
    """On the last page of those that show it."""
    return dict(chain.from_iterable(each.items() for each in pages.values()))


def _page_token(request: PreparedRequest) -> str:
    return parse_qs(urlsplit(str(request.url)).query).get("pageToken", [""])[0]
