"""Calendar lists."""

from urllib.parse import quote

from tests.conformance.bench import ENTRIES, Bench
from tests.conformance.claim import Finding, claim, not_so, so


def _token(b: Bench) -> str:
    return b.listing(ENTRIES, showHidden=True).sync_token


def _path(b: Bench) -> str:
    return b.at("").rstrip("/")


@claim("tombstones: acl role `none`")
def a_deleted_calendar_is_deleted_true_in_the_increment(b: Bench) -> Finding:
    calendar_id = b.new_calendar()
    token = _token(b)
    b.must("DELETE", b.at("", calendar_id).rstrip("/"))
    return so(b.since(ENTRIES, token, showHidden=True).item(calendar_id).get("deleted"))


@claim("calendarList increments omit entries")
def a_new_title_is_in_no_increment(b: Bench) -> Finding:
    b.must("GET", _path(b))
    token = _token(b)
    b.must("PATCH", _path(b), {"description": "new"})
    return not_so(b.calendar in b.since(ENTRIES, token, showHidden=True).ids)


@claim("calendarList increments omit entries")
def a_colour_of_ones_own_is_in_the_increment(b: Bench) -> Finding:
    b.must("GET", _path(b))
    token = _token(b)
    b.must("PATCH", f"{ENTRIES}/{quote(b.calendar, safe='')}", {"colorId": "7"})
    return Finding("7", b.since(ENTRIES, token, showHidden=True).item(b.calendar).get("colorId"))


@claim("only the data owner deletes a calendar")
def nobody_drops_an_own_calendar_from_the_list(b: Bench) -> Finding:
    return Finding(403, b.ask("DELETE", f"{ENTRIES}/{quote(b.calendar, safe='')}").status)


@claim("**Q28**", "Q28")
def writing_in_a_calendar_does_not_change_its_entry(b: Bench) -> Finding:
    b.must("GET", _path(b))
    token = _token(b)
    b.new_event()
    return not_so(b.calendar in b.since(ENTRIES, token, showHidden=True).ids)


@claim("**Q29**", "Q29")
def the_entry_of_an_own_calendar_tells_the_data_owner(b: Bench) -> Finding:
    entry = b.listing(ENTRIES, showHidden=True).item(b.calendar)
    return so(entry.get("dataOwner"))


@claim("being given access does not list the calendar")
def a_calendar_that_everybody_may_read_is_not_listed(b: Bench) -> Finding:
    return Finding(404, b.ask("GET", f"{ENTRIES}/{quote(b.side.public_calendar(), safe='')}").status)


@claim("**Q54**", "Q54")
def a_calendar_just_added_is_listed(b: Bench) -> Finding:
    calendar_id = b.side.public_calendar()
    b.must("POST", ENTRIES, {"id": calendar_id})
    return so(calendar_id in b.listing(ENTRIES, showHidden=True).ids)


@claim("**Q55**", "Q55", needs=("hands",))
def leaving_a_group_is_told(b: Bench) -> Finding:
    token, calendar_id = b.side.hands.leave_group()
    return so(b.since(ENTRIES, token).item(calendar_id).get("deleted", False))


@claim("**Q18**", "Q18", needs=("hands",))
def the_old_address_of_a_main_calendar_ends_at_once(b: Bench) -> Finding:
    return Finding("404 notFound", b.ask("GET", b.at("events", b.side.hands.renamed())).said)


@claim("**Q06**", "Q06", needs=("hands",))
def a_derived_calendar_tells_deletions(b: Bench) -> Finding:
    calendar_id, event_id = b.side.hands.derived_calendar()
    token = b.listing(b.at("events", calendar_id)).sync_token
    b.side.hands.undo_derived(calendar_id, event_id)
    return Finding("cancelled", b.since(b.at("events", calendar_id), token).item(event_id).get("status"))
