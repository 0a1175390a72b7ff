"""Deleted events: what is left of them, where it is shown, and how they come back."""

from tests.conformance.bench import Bench
from tests.conformance.claim import Finding, claim, not_so


def _deleted(b: Bench) -> tuple[str, str]:
    """Return an event, and a sync token of before it was deleted."""
    event_id = b.new_event()
    token = b.listing(b.at("events")).sync_token
    b.must("DELETE", b.event(event_id))
    return event_id, token


@claim("deleted events: `status: cancelled`")
def a_deleted_event_is_cancelled_in_the_increment(b: Bench) -> Finding:
    event_id, token = _deleted(b)
    return Finding("cancelled", b.since(b.at("events"), token).item(event_id).get("status"))


@claim("… with kind, etag, id and status in listings")
def a_deleted_event_has_four_fields_in_the_increment(b: Bench) -> Finding:
    event_id, token = _deleted(b)
    return Finding(["etag", "id", "kind", "status"], sorted(b.since(b.at("events"), token).item(event_id)))


@claim("deleted events: `status: cancelled`")
def a_deleted_event_is_in_no_plain_listing(b: Bench) -> Finding:
    event_id, _ = _deleted(b)
    return not_so(event_id in b.listing(b.at("events")).ids)


@claim("deleted events: `status: cancelled`")
def a_deleted_event_is_listed_where_deleted_ones_are_asked_for(b: Bench) -> Finding:
    event_id, _ = _deleted(b)
    return Finding("cancelled", b.listing(b.at("events"), showDeleted=True).item(event_id).get("status"))


@claim("… in full from `events.get`")
def a_deleted_event_can_be_had_in_full(b: Bench) -> Finding:
    event_id, _ = _deleted(b)
    got = b.must("GET", b.event(event_id))
    return Finding(["cancelled", "Review"], [got.get("status"), got.get("summary")])


@claim("deleting a deleted event: 410 `deleted`")
def a_deleted_event_is_not_deleted_again(b: Bench) -> Finding:
    event_id, _ = _deleted(b)
    return Finding("410 deleted", b.ask("DELETE", b.event(event_id)).said)


@claim("`status: cancelled` deletes, `confirmed` restores")
def a_status_deletes_and_restores(b: Bench) -> Finding:
    event_id = b.new_event()
    b.must("PATCH", b.event(event_id), {"status": "cancelled"})
    gone = event_id in b.listing(b.at("events")).ids
    b.must("PATCH", b.event(event_id), {"status": "confirmed"})
    return Finding([False, True], [gone, event_id in b.listing(b.at("events")).ids])
