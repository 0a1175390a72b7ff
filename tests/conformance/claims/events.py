"""Single events: their ids, what may be written, and how."""

from datetime import datetime, timedelta

from tests.conformance.bench import Bench, day, moment
from tests.conformance.claim import Finding, claim, not_so, so

_LONGEST_USUAL_ID = 64


def _own_id(b: Bench) -> str:
    """Return one that nobody has taken: of base32hex."""
    return f"conformance{b.guard.run}{b.channel_id().rpartition('-')[2]}"


@claim("an event id is 5 to 1024 characters of base32hex")
def an_id_of_ones_own_is_taken(b: Bench) -> Finding:
    own = _own_id(b)
    return Finding(own, b.insert(id=own).get("id"))


@claim('… else 400 `invalid` "Invalid resource id value."')
def an_id_with_other_letters_is_refused(b: Bench) -> Finding:
    reply = b.ask("POST", b.at("events"), b.event_body(id="no-such-letters"))
    return Finding(["400 invalid", "Invalid resource id value."], [reply.said, reply.error.get("message")])


@claim("… taken for ever: 409 `duplicate`")
def an_id_is_not_taken_twice(b: Bench) -> Finding:
    event_id = b.new_event()
    return Finding("409 duplicate", b.ask("POST", b.at("events"), b.event_body(id=event_id)).said)


@claim("… taken for ever: 409 `duplicate`")
def the_id_of_a_deleted_event_is_not_taken_again(b: Bench) -> Finding:
    event_id = b.new_event()
    b.must("DELETE", b.event(event_id))
    return Finding("409 duplicate", b.ask("POST", b.at("events"), b.event_body(id=event_id)).said)


@claim("patch merges objects, replaces lists, null clears")
def a_patch_merges_objects_and_null_clears(b: Bench) -> Finding:
    event_id = b.new_event(location="here", extendedProperties={"private": {"a": "1", "b": "2"}})
    body = {"location": None, "extendedProperties": {"private": {"a": "3"}}}
    changed = b.must("PATCH", b.event(event_id), body)
    return Finding(
        [None, {"a": "3", "b": "2"}], [changed.get("location"), changed.get("extendedProperties", {}).get("private")]
    )


@claim("read-only fields in the body are overlooked")
def read_only_fields_in_a_body_are_overlooked(b: Bench) -> Finding:
    event = b.insert()
    changed = b.must("PATCH", b.event(event["id"]), {"creator": {"email": "nobody@example.com"}, "summary": "Retro"})
    return Finding([event.get("creator"), "Retro"], [changed.get("creator"), changed.get("summary")])


@claim("read-only fields in the body are overlooked")
def the_type_of_an_event_cannot_be_changed(b: Bench) -> Finding:
    return Finding(400, b.ask("PATCH", b.event(b.new_event()), {"eventType": "focusTime"}).status)


@claim("start and end: both days or both moments")
def an_event_does_not_begin_with_a_day_and_end_with_a_moment(b: Bench) -> Finding:
    return Finding(400, b.ask("POST", b.at("events"), b.event_body(start=day(b.hour))).status)


@claim("start and end: both days or both moments")
def an_event_does_not_end_before_it_begins(b: Bench) -> Finding:
    earlier = moment(b.hour - timedelta(hours=1))
    return Finding(400, b.ask("POST", b.at("events"), b.event_body(end=earlier)).status)


@claim("`sequence` is what the caller gave, or 0")
def the_sequence_of_a_new_event_is_0(b: Bench) -> Finding:
    return Finding(0, b.insert().get("sequence"))


@claim("reading and watching events needs `reader`")
def the_owner_reads_and_changes_events(b: Bench) -> Finding:
    return Finding([200, "owner"], [b.ask("GET", b.at("events")).status, b.must("GET", b.at("events"))["accessRole"]])


@claim("**Q07**", "Q07")
def every_item_has_an_id_and_values_that_the_documents_have(b: Bench) -> Finding:
    b.insert(visibility="private")
    b.insert()
    types = ("birthday", "default", "focusTime", "fromGmail", "outOfOffice", "workingLocation")
    odd = [
        item
        for item in b.listing(b.at("events")).items
        if not item.get("id") or item.get("eventType", "default") not in types or "xNew" in item
    ]
    return Finding(0, len(odd))


@claim("**Q26**", "Q26")
def a_new_event_has_a_short_id_a_summary_and_todays_date(b: Bench) -> Finding:
    event_id = b.new_event(summary="Review")
    listed = b.listing(b.at("events")).item(event_id)
    fresh = abs(datetime.fromisoformat(listed["created"]) - b.side.now()) < timedelta(hours=1) if listed else False
    return Finding([True, "Review", True], [len(event_id) <= _LONGEST_USUAL_ID, listed.get("summary"), fresh])


@claim("**Q24**", "Q24")
def a_new_event_does_not_change_by_itself(b: Bench) -> Finding:
    event_id = b.new_event()
    token = b.listing(b.at("events")).sync_token
    b.side.pause(10)
    return not_so(event_id in b.since(b.at("events"), token).ids)


@claim("`timeZone` of `events.list` and `events.get`")
def times_are_spelled_in_the_zone_that_is_asked_for(b: Bench) -> Finding:
    event_id = b.new_event()
    listed = b.listing(b.at("events"), timeZone="Asia/Tokyo").item(event_id)
    return so(str(listed.get("start", {}).get("dateTime")).endswith("+09:00"))


@claim("**Q22**", "Q22")
def another_zone_of_the_calendar_changes_no_start(b: Bench) -> Finding:
    calendar_id = b.second_calendar
    event = b.must("POST", b.at("events", calendar_id), b.event_body())
    b.must("PATCH", b.at("", calendar_id).rstrip("/"), {"timeZone": "Asia/Tokyo"})
    listed = b.listing(b.at("events", calendar_id)).item(event["id"])
    return Finding(event["start"].get("dateTime"), listed.get("start", {}).get("dateTime"))


@claim("`events.move`")
def a_moved_event_is_a_tombstone_here_and_lives_there(b: Bench) -> Finding:
    event_id, token = _moved(b)
    here = b.since(b.at("events"), token).item(event_id).get("status")
    there = b.listing(b.at("events", b.second_calendar)).item(event_id)
    return Finding(["cancelled", "confirmed"], [here, there.get("status")])


@claim("**Q27**", "Q27")
def a_moved_event_is_in_no_plain_listing(b: Bench) -> Finding:
    event_id, _ = _moved(b)
    return not_so(event_id in b.listing(b.at("events")).ids)


def _moved(b: Bench) -> tuple[str, str]:
    """Return the event, and a sync token of before."""
    event_id = b.new_event()
    token = b.listing(b.at("events")).sync_token
    b.must("POST", f"{b.event(event_id)}/move", destination=b.second_calendar)
    return event_id, token


@claim("**Q23** new reminders", "Q23")
def new_reminders_move_the_time_of_the_last_change(b: Bench) -> Finding:
    event = b.insert()
    b.side.pause(2)
    reminders = {"useDefault": False, "overrides": [{"method": "popup", "minutes": 5}]}
    changed = b.must("PATCH", b.event(event["id"]), {"reminders": reminders})
    moved = [changed.get(name) != event.get(name) for name in ("etag", "updated")]
    return Finding([True, True], moved)
