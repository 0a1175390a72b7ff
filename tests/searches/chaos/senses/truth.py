"""What Google knows to be so, against what was told of it: a change that never was is as bad as one that is lost."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from tests.doubles.calendar_simulator import CalendarSimulator
from tests.doubles.calendar_simulator.collection import Collection
from tests.doubles.calendar_simulator.revisions import micros
from tests.searches.chaos.edges.calls import Calls
from tests.searches.chaos.edges.listings import Listings
from tests.searches.chaos.fault_rates import GENERATED
from tests.support.invariants import alike

_READ_EARLIER = timedelta(minutes=10)
"""What was told at some time had been read before: a long listing lies between, a late worker, or Google's lag."""


class Truth:
    """Remembers when each item was last told of."""

    def __init__(self, google: CalendarSimulator, calls: Calls, listings: Listings):
        self._google = google
        self._calls = calls
        self._listings = listings
        self._told: dict[tuple[str, str | None], datetime] = {}

    def baseline(self, watch_id: str, event: Mapping[str, Any]) -> None:
        self._told[watch_id, None] = datetime.fromisoformat(event["time"])

    def false_changes(self, event: Mapping[str, Any]) -> Iterator[str]:
        """Say what is false about a change, which nobody had heard before."""
        watch_id, data = event["partitionkey"], event["data"]
        told = self._told.get((watch_id, data["itemId"])) or self._told[watch_id, None]
        self._told[watch_id, data["itemId"]] = datetime.fromisoformat(event["time"])
        about, since = data["watch"], micros(told - _READ_EARLIER)
        listed = self._google.collection(about["resource"], about["calendarId"] or about["user"])
        if data["after"] is None and self._must_be_true(event) and not self._was_gone(event, listed, since):
            yield f"{event['id']} tells that {data['itemId']} is deleted, and it was there ever since {told}"
        if data["after"] is None and self._lives_on(event, listed, since):
            yield f"{event['id']} tells that {data['itemId']} is deleted, and the listing showed it alive"
        if data["before"] and data["after"] and self._goes_back(event):
            yield f"{event['id']} tells a version of {data['itemId']} that the listing showed after a newer one"
        if data["before"] and data["after"] and self._is_idle(data, listed, since):
            yield f"{event['id']} tells that {data['itemId']} has changed, and it has not since {told}"

    def _must_be_true(self, event: Mapping[str, Any]) -> bool:
        """Where two listings in a row lack what nothing else tells of, nobody can know."""
        data = event["data"]
        if data["watch"]["resource"] == "settings" or self._is_a_deleted_users(event) or self._is_shut_out(event):
            return False
        generated = str(data["watch"]["calendarId"]).endswith(GENERATED)
        alone = generated or "recurringEventId" in data["before"]
        return not alone or not self._google.quirks.reached["Q20"]

    def _is_a_deleted_users(self, event: Mapping[str, Any]) -> bool:
        """Whoever asks for such an entry hears 404: where a listing lacks it for once, Google has said it twice."""
        data, read = event["data"], datetime.fromisoformat(event["time"]) - _READ_EARLIER
        deleted = self._google.quirks.under_spell("Q61", data["itemId"], read)
        return data["watch"]["resource"] == "calendarList" and deleted

    def _is_shut_out(self, event: Mapping[str, Any]) -> bool:
        """Whoever loses access between a listing that lacks a rule for once and asking for it hears 404, as of none."""
        about, told = event["data"]["watch"], datetime.fromisoformat(event["time"])
        if about["resource"] != "acl" or not self._calls.not_found_alone(event["partitionkey"], told):
            return False
        rules, own = self._google.collection("acl", about["calendarId"]), f"user:{about['user']}"
        since = micros(told - _READ_EARLIER)
        return rules.was_written(own, since) and rules.was_gone(own, since)

    def _goes_back(self, event: Mapping[str, Any]) -> bool:
        """Of two versions in a listing the newer counts; one that is shown first is all that is known by then."""
        told, data = datetime.fromisoformat(event["time"]), event["data"]
        return data["after"].get("updated") in self._listings.outdone(event["partitionkey"], data["itemId"], told)

    def _lives_on(self, event: Mapping[str, Any], listed: Collection, since: int) -> bool:
        """What a listing shows alive does not end with the series that this listing shows to be over."""
        shown = self._listings.shown_alive(event["partitionkey"], datetime.fromisoformat(event["time"]))
        return event["data"]["itemId"] in shown and not listed.was_gone(event["data"]["itemId"], since)

    def _was_gone(self, event: Mapping[str, Any], listed: Collection, since: int) -> bool:
        """An exception ends with its series alone: cancelled, it says that one instance is off.

        Of a series that is split twice while it is listed, Google names a part that it says is over when it is asked.
        """
        data, told = event["data"], datetime.fromisoformat(event["time"])
        if "recurringEventId" not in data["before"]:
            return listed.was_gone(data["itemId"], since)
        record = listed.find(data["itemId"])
        series = {data["before"]["recurringEventId"], *([record.item["recurringEventId"]] if record else [])}
        series |= self._listings.last_series(event["partitionkey"], data["itemId"], told)
        return any(listed.was_gone(each, since) for each in series)

    @staticmethod
    def _is_idle(data: Mapping[str, Any], listed: Collection, since: int) -> bool:
        if not alike(data["before"], data["after"]):
            return False
        return data["watch"]["resource"] != "events" or not listed.was_written(data["itemId"], since)
