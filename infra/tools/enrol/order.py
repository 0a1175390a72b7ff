"""What is asked for, for each user, and what of it is there already."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Request = dict[str, Any]
Watch = Mapping[str, Any]
Key = tuple[str, str, str | None]

RESOURCES = ("acl", "calendarList", "events", "settings")
OF_A_CALENDAR = ("acl", "events")
"""What may be watched of each; and so what may be followed."""
LABEL = "enrolled"
"""Its value says from where, a domain or FILE: only what bears that of the domain is ended when somebody leaves it."""
FILE = "file"
_ENDED = ("stopping", "stopped")


@dataclass(frozen=True, slots=True)
class Order:
    """`follow` goes with calendarList; acl and events by themselves are those of the user's own calendar."""

    resources: tuple[str, ...]
    follow: tuple[str, ...]
    labels: Mapping[str, str]

    def missing(self, users: Iterable[str], there: Iterable[Watch]) -> list[Request]:
        """The requests that are still to be made."""
        known = {_key(watch): _kept(watch) for watch in there if not watch.get("eventTypes")}
        wanted = (request for user in users for request in self._requests(user))
        return [due for request in wanted if (due := _due(request, known.get(_key(request))))]

    def _requests(self, user: str) -> Iterator[Request]:
        for resource in self.resources:
            request: Request = {"resource": resource, "subject": user, "labels": dict(self.labels)}
            if resource in OF_A_CALENDAR:
                request["calendarId"] = user
            if resource == "calendarList":
                request["follow"] = list(self.follow)
            yield request


def is_wanted(watch: Watch) -> bool:
    return watch["state"] not in _ENDED


def _key(target: Mapping[str, Any]) -> Key:
    return target["resource"], target["subject"], target.get("calendarId")


def _kept(watch: Watch) -> Watch:
    """There may be very many."""
    return {name: watch[name] for name in ("state", "labels", "follow")}


def _due(request: Request, watch: Watch | None) -> Request | None:
    """What others have given it as labels stays: asking again would replace them."""
    if watch is None or not is_wanted(watch):
        return request
    labels = {**watch["labels"], **request["labels"], **_domain(request["labels"], watch["labels"])}
    if labels == watch["labels"] and set(watch["follow"]) == set(request.get("follow", ())):
        return None
    return {**request, "labels": labels}


def _domain(given: Mapping[str, str], there: Mapping[str, str]) -> Mapping[str, str]:
    """By which it was enrolled: no file takes its place, or nobody would know when the user leaves."""
    return {LABEL: there[LABEL]} if given.get(LABEL) == FILE and LABEL in there else {}
