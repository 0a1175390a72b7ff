"""Who can see a calendar, worked out by nobody of ours, against what was told: change by change, and in numbers."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

Item = Mapping[str, Any]
Items = Mapping[str, Item]

INSIDE = (frozenset({"example.com"}), frozenset({"evil.net"}))
"""What is internal, at one time or another."""
_CLASSES = ("none", "internal", "group", "domain", "external", "public")
_ROLES = ("none", "freeBusyReader", "reader", "writerWithoutPrivateAccess", "writer", "owner")
_NEW = {"calendarwatch.watch.opened.v1", "calendarwatch.watch.resynced.v1", "calendarwatch.watch.reclassified.v1"}

Domains = frozenset[str]


def class_of(rule: Item | None, calendar_id: str, inside: Collection[str]) -> str:
    if not rule or rule["role"] == "none":
        return "none"
    kind, value = rule["scope"]["type"], rule["scope"].get("value", "")
    if kind == "default":
        return "public"
    domain = value if kind == "domain" else value.split("@", 1)[-1]
    own = value == calendar_id and domain == "group.calendar.google.com"
    if kind not in {"user", "group", "domain"} or (domain not in inside and not (own and kind == "user")):
        return "external"
    return {"user": "internal", "group": "group", "domain": "domain"}[str(kind)]


def counted(rules: Items, calendar_id: str, inside: Collection[str]) -> Mapping[str, int]:
    found = [class_of(each, calendar_id, inside) for each in rules.values()]
    return {each: found.count(each) for each in _CLASSES[1:]}


def change_of(data: Item, inside: Collection[str]) -> Item:
    before, after = data["before"], data["after"]
    calendar = data["watch"]["calendarId"]
    was, is_now = class_of(before, calendar, inside), class_of(after, calendar, inside)
    low, high = ((_CLASSES.index(each), _rank(rule)) for each, rule in ((was, before), (is_now, after)))
    return {"before": was, "after": is_now, "change": "same" if low == high else "raised" if low < high else "lowered"}


def _rank(rule: Item | None) -> int:
    role = rule["role"] if rule else "none"
    return _ROLES.index(role) if role in _ROLES else len(_ROLES)


class Sharing:
    """Follows by which internal domains each watch classifies, as far as that can be seen from outside."""

    def __init__(self) -> None:
        self._by: dict[str, set[Domains]] = {}

    def begun(self, watch_id: str) -> None:
        """A baseline: its items may be newer than what it tells, so that nothing is known yet."""
        self._by[watch_id] = {*INSIDE}

    def wrong(self, event: Item, items: Items) -> Iterator[str]:
        """`items` are those after it. All that is told between two classifications is of one."""
        if event["data"].get("cause") == "baseline":
            yield from self._known_wrong(event)
        elif event["resource"] == "acl":
            told, before = self._fitting(event, items), event["data"].get("exposuresBefore")
            now = self._by[event["partitionkey"]]
            if before and not self._counting(event, items, before) & now:
                yield f"{event['id']} tells that it was {before}"
            now = told if event["type"] in _NEW else told & now
            if not now:
                yield f"{event['id']} tells {event['data'].get('exposure') or event['data'].get('exposures')}"
            self._by[event["partitionkey"]] = now or {*INSIDE}

    @staticmethod
    def _known_wrong(event: Item) -> Iterator[str]:
        """It is told by itself: other domains may become internal before the end of a baseline."""
        rule, exposure = event["data"]["after"], event["data"].get("exposure")
        calendar = event["data"]["watch"]["calendarId"]
        told = [{"after": class_of(rule, calendar, each)} for each in INSIDE] if event["resource"] == "acl" else [None]
        attributes = {"after": event["exposure"]} if "exposure" in event else None
        if exposure not in told or attributes != exposure or "exposurechange" in event:
            yield f"{event['id']} tells {exposure} of what was there"

    def _fitting(self, event: Item, items: Items) -> set[Domains]:
        data = event["data"]
        if "itemId" in data:
            attributes = {
                "before": data["exposure"]["before"],
                "after": event["exposure"],
                "change": event["exposurechange"],
            }
            same = attributes == data["exposure"] and event.get("role") == (data["after"] or {}).get("role")
            return {each for each in INSIDE if same and change_of(data, each) == data["exposure"]}
        return self._counting(event, items, data["exposures"]) if "exposures" in data else {*INSIDE}

    def _counting(self, event: Item, items: Items, counts: Any) -> set[Domains]:
        calendar = event["data"]["watch"]["calendarId"]
        return {each for each in INSIDE if counted(items, calendar, each) == counts}
