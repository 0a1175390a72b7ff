"""One change, as it is told: a CloudEvent, from Pub/Sub or from the feed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Item = Mapping[str, Any]

_BASELINES = frozenset({"calendarwatch.watch.opened.v1", "calendarwatch.watch.resynced.v1"})


@dataclass(frozen=True, slots=True)
class Change:
    """`event` is all of it: the attributes, and `data`."""

    watch: str
    sequence: int
    event: Mapping[str, Any]

    @property
    def item_id(self) -> str | None:
        """None: the watch tells of itself."""
        return self._data.get("itemId")

    @property
    def item(self) -> Item | None:
        """As it is now; None: it is gone."""
        return self._data.get("after")

    @property
    def begins_anew(self) -> bool:
        """Whether the items have to be read: there is a new baseline, or `after` was cut and they have it whole."""
        baseline = self.event["type"] in _BASELINES and "counts" not in self._data
        return baseline or ("after" in self._data.get("reduced", ()) and not self._is_of_events)

    @property
    def _is_of_events(self) -> bool:
        """Of a large event, nobody but Google has more."""
        return str(self.event["type"]).startswith("calendarwatch.events.")

    @property
    def _data(self) -> Mapping[str, Any]:
        data: Mapping[str, Any] = self.event["data"]
        return data


def change_of(event: Mapping[str, Any]) -> Change:
    """Raises KeyError or ValueError for what is no change of Calendar Watch's."""
    return Change(str(event["partitionkey"]), int(event["sequence"]), event)
