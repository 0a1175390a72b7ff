"""Asks Calendar Watch: https://…/{watch}/changes and https://…/{watch}/items."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import requests

from .change import Change, Item, change_of

_SECONDS = 20
_CHANGES_A_PAGE = 500
_LOST = frozenset({"urn:calendarwatch:problem:changes-expired", "urn:calendarwatch:problem:after-ahead"})


class FeedLostError(Exception):
    """The feed does not go on from where the copy is: it begins later, or ends earlier."""


@dataclass(frozen=True, slots=True)
class ItemPage:
    items: Mapping[str, Item]
    sequence: int
    """Of the last change that is in them."""
    following: str | None
    """The page that comes next; None: this was the last."""


class WatchesApi:
    """`url` is Terraform's output `watches_url`. Every method raises requests.RequestException."""

    def __init__(self, url: str, session: requests.Session):
        self._url = url.rstrip("/")
        self._session = session

    def changes(self, watch: str, after: int) -> Sequence[Change]:
        """What follows in the feed, without a gap; nothing: that is all. Raises FeedLostError."""
        page = self._ask(f"{watch}/changes", after=after, pageSize=_CHANGES_A_PAGE)
        changes = [change_of(each) for each in page["changes"]]
        if [each.sequence for each in changes] != [*range(after + 1, after + 1 + len(changes))]:
            raise FeedLostError(f"the feed of {watch} does not go on after {after}")
        return changes

    def items(self, watch: str, page: str) -> ItemPage:
        """The collection as last read; `page` is empty for the first."""
        answer = self._ask(f"{watch}/items", pageToken=page)
        return ItemPage(answer["items"], answer["sequence"], answer.get("nextPageToken"))

    def _ask(self, path: str, **query: str | int) -> Any:
        response = self._session.get(f"{self._url}/{path}", params=query, timeout=_SECONDS)
        if response.status_code in {400, 410} and response.json()["type"] in _LOST:
            raise FeedLostError(response.json()["detail"])
        response.raise_for_status()
        return response.json()
