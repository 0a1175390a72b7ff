"""What an operator does: asks `watches` over HTTP."""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from .rest import told


class WatchesApi:
    """Every method raises RefusedError."""

    def __init__(self, url: str):
        self._url = url

    def open(self, **target: Any) -> Any:
        return told("POST", self._url, target)

    def show(self, watch_id: str) -> Any:
        return told("GET", f"{self._url}{watch_id}")

    def list(self, query: str = "") -> Any:
        """`query` is as in the address: state=active&label=team:security."""
        return told("GET", f"{self._url}?{query}")["watches"]

    def end(self, watch_id: str) -> Any:
        return told("DELETE", f"{self._url}{watch_id}")

    def items(self, watch_id: str) -> Any:
        return self.collection(watch_id)[0]

    def collection(self, watch_id: str) -> tuple[dict[str, Any], int]:
        """All pages of what it holds, and the sequence to go on from: that of the first."""
        page = told("GET", f"{self._url}{watch_id}/items")
        items, sequence = page["items"], page["sequence"]
        while token := page.get("nextPageToken"):
            page = told("GET", f"{self._url}{watch_id}/items?pageToken={quote(token)}")
            items |= page["items"]
        return items, sequence

    def changes(self, watch_id: str, after: int = 0) -> Sequence[Any]:
        """Everything from there on, page by page."""
        return [*self._pages(watch_id, after)]

    def _pages(self, watch_id: str, after: int) -> Iterator[Any]:
        while (page := told("GET", f"{self._url}{watch_id}/changes?after={after}"))["changes"]:
            yield from page["changes"]
            after = page["nextAfter"]
