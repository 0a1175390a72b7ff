"""Series, their instances, and exceptions to them."""

from datetime import timedelta

from tests.conformance.bench import Bench
from tests.conformance.claim import Finding, claim, not_so

_MOVED = {"summary": "Moved"}


def _cancelled(b: Bench) -> tuple[str, str, str]:
    """Return a series, its cancelled instance, and a sync token of before that."""
    series = b.new_series()
    token = b.listing(b.at("events")).sync_token
    instance = b.instance_id(series, 2)
    instance = str(b.must("PATCH", b.event(instance), {"status": "cancelled"}).get("id", instance))
    return series, instance, token


@claim("**Q05**", "Q05")
def an_exception_has_an_id_of_series_and_time(b: Bench) -> Finding:
    series = b.new_series()
    instance = b.instance_id(series, 1)
    return Finding(instance, b.must("PATCH", b.event(instance), _MOVED).get("id"))


@claim("an instance is `{series}_{original start}`")
def an_exception_begins_as_what_its_series_makes_of_it(b: Bench) -> Finding:
    series = b.new_series()
    got = b.must("PATCH", b.event(b.instance_id(series, 1)), _MOVED)
    return Finding(
        [series, True, False],
        [got.get("recurringEventId"), got.get("originalStartTime") == got.get("start"), "recurrence" in got],
    )


@claim("cancelled instances are in full listings")
def a_cancelled_instance_is_in_a_full_listing(b: Bench) -> Finding:
    series, instance, _ = _cancelled(b)
    listed = b.listing(b.at("events")).item(instance)
    found = [listed.get("status"), listed.get("recurringEventId"), "originalStartTime" in listed]
    return Finding(["cancelled", series, True], found)


@claim("**Q02**", "Q02")
def a_cancelled_instance_tells_its_series_in_the_increment(b: Bench) -> Finding:
    series, instance, token = _cancelled(b)
    listed = b.since(b.at("events"), token).item(instance)
    found = [listed.get("status"), listed.get("recurringEventId"), "originalStartTime" in listed]
    return Finding(["cancelled", series, True], found)


@claim("deleting a series cancels its exceptions")
def a_deleted_series_takes_its_exceptions_along(b: Bench) -> Finding:
    series = b.new_series()
    exception = b.must("PATCH", b.event(b.instance_id(series, 1)), _MOVED)["id"]
    token = b.listing(b.at("events")).sync_token
    b.must("DELETE", b.event(series))
    told = b.since(b.at("events"), token)
    return Finding(["cancelled"] * 2, [told.item(each).get("status") for each in (series, exception)])


@claim("restoring a series does not restore its exceptions")
def a_restored_series_has_no_exceptions(b: Bench) -> Finding:
    series = b.new_series()
    exception = b.must("PATCH", b.event(b.instance_id(series, 1)), _MOVED)["id"]
    b.must("DELETE", b.event(series))
    b.must("PATCH", b.event(series), {"status": "confirmed"})
    return Finding(["confirmed", "cancelled"], [_status(b, series), _status(b, exception)])


def _status(b: Bench, event_id: str) -> object:
    return b.must("GET", b.event(event_id)).get("status")


@claim("**Q21**", "Q21")
def a_deleted_series_is_in_no_plain_listing(b: Bench) -> Finding:
    series = b.new_series()
    b.must("DELETE", b.event(series))
    return not_so(series in b.listing(b.at("events")).ids)


@claim("… where the quirk is off: a new series of any id", "Q04", needs=("hands",))
def an_exception_to_what_is_split_off_is_deleted(b: Bench) -> Finding:
    series = b.new_series()
    exception = b.must("PATCH", b.event(b.instance_id(series, 3)), _MOVED)["id"]
    token = b.listing(b.at("events")).sync_token
    b.side.hands.split(b.calendar, series, b.hour + timedelta(days=2))
    return Finding("cancelled", b.since(b.at("events"), token).item(exception).get("status"))
