"""The API as the consumer asks it, answered from a `Query` or from what is like one."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlsplit

import requests

from calendar_copy.watches_api import WatchesApi
from calendar_watch.errors import CalendarWatchError
from calendar_watch.http.problems import problem_of
from calendar_watch.model.change_log import Span
from calendar_watch.operations.query import ChangePage, ItemPage
from tests.doubles.scripted_http import Reply, ScriptedHttp
from tests.support.copies import Gate

URL = "https://watches.example.com"
Event = Mapping[str, Any]


class Query(Protocol):
    """What is asked: `calendar_watch.operations.query.Query` is one."""

    def items(self, watch_id: str, after: str, limit: int, /) -> ItemPage: ...

    def changes(self, watch_id: str, span: Span, limit: int, /) -> ChangePage: ...


class Feed:
    """Pages are small, so that there are many."""

    def __init__(self, query: Query, *, items_a_page: int = 3, changes_a_page: int = 4):
        self.answers: Counter[str] = Counter()
        """By what was asked, and the status."""
        self._query = query
        self._items_a_page, self._changes_a_page = items_a_page, changes_a_page

    def api(self, gate: Gate) -> WatchesApi:
        """As one instance sees it."""
        session = requests.Session()
        session.trust_env = False
        session.mount(URL, ScriptedHttp(lambda request: gate("api", lambda: self._answer(request))))
        return WatchesApi(URL, session)

    def _answer(self, request: requests.PreparedRequest) -> Reply:
        address = urlsplit(request.url or "")
        _, watch, what = address.path.split("/")
        asked = dict(parse_qsl(str(address.query), keep_blank_values=True))
        try:
            reply = Reply(body=self._items(watch, asked) if what == "items" else self._changes(watch, asked))
        except CalendarWatchError as error:
            problem = problem_of(error)
            reply = Reply(problem["status"], problem)
        self.answers[f"{what} {reply.status}"] += 1
        return reply

    def _items(self, watch: str, asked: Mapping[str, str]) -> dict[str, Any]:
        page = self._query.items(watch, asked["pageToken"], self._items_a_page)
        following = {"nextPageToken": page.next_token} if page.next_token else {}
        return {"items": page.items, "sequence": page.sequence, **following}

    def _changes(self, watch: str, asked: Mapping[str, str]) -> dict[str, Any]:
        limit = min(self._changes_a_page, int(asked["pageSize"]))
        page = self._query.changes(watch, Span(int(asked["after"])), limit)
        return {"changes": page.changes, "nextAfter": page.next_after}
