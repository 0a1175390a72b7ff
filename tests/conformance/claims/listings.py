"""Pages, and what listings show of what there is."""

from tests.conformance.bench import ENTRIES, Bench
from tests.conformance.claim import Finding, claim, so
from tests.conformance.exchange import JsonObject

_SIZE = 2
_COUNT = 6
_PATIENCE = 240


@claim("`nextSyncToken` on the last page only")
def only_the_last_page_has_a_sync_token(b: Bench) -> Finding:
    path, _ = b.six
    pages = b.listing(path, maxResults=_SIZE).pages
    tokens = [("nextPageToken" in page, "nextSyncToken" in page) for page in pages]
    return Finding([(True, False)] * (len(pages) - 1) + [(False, True)], tokens)


@claim("`nextSyncToken` on the last page only")
def what_changes_while_paging_is_not_missed(b: Bench) -> Finding:
    path, ids = b.six
    first = b.must("GET", path, maxResults=_SIZE)
    shown = first["items"][0]["id"]
    b.must("PATCH", f"{path}/{shown}", {"summary": "Retro"})
    last = first
    while "nextPageToken" in last:
        last = b.must("GET", path, maxResults=_SIZE, pageToken=last["nextPageToken"])
    told = b.since(path, last["nextSyncToken"])
    return Finding([True, "Retro"], [shown in ids, told.item(shown).get("summary")])


@claim("more than 250 asked for gives 250")
def more_than_the_largest_page_may_be_asked_for(b: Bench) -> Finding:
    return Finding([200, 200], [b.ask("GET", b.at(each), maxResults=5000).status for each in ("acl", "events")])


@claim("a page token goes only with the sync token that its listing began with")
def a_page_token_does_not_go_with_another_sync_token(b: Bench) -> Finding:
    path, _ = b.six
    token = b.listing(path).sync_token
    page_token = b.must("GET", path, maxResults=_SIZE)["nextPageToken"]
    return Finding(400, b.ask("GET", path, pageToken=page_token, syncToken=token).status)


@claim("… and is refused otherwise with 400 `invalidParameter`")
def a_page_token_that_was_never_given_is_an_invalid_parameter(b: Bench) -> Finding:
    return Finding("400 invalidParameter", b.ask("GET", b.at("events"), pageToken="never-given").said)


@claim("**Q25**", "Q25")
def an_event_is_on_one_page_only(b: Bench) -> Finding:
    path, ids = b.six
    b.must("PATCH", f"{path}/{ids[0]}", {"summary": "Retro"})
    return Finding(sorted(ids), sorted(b.listing(path, maxResults=_SIZE).ids))


@claim("**Q43**", "Q43")
def each_page_has_events_and_leads_on(b: Bench) -> Finding:
    path, _ = b.six
    counts: list[int | str] = []
    query: JsonObject = {"maxResults": _SIZE}
    token, seen = "", {""}
    for _ in range(_COUNT):
        reply = b.ask("GET", path, **query)
        counts.append(len(reply.body.get("items", [])) if reply.status == 200 else reply.said)
        token = reply.body.get("nextPageToken", "")
        if token in seen:
            break
        seen.add(token)
        query["pageToken"] = token
    return Finding([[_SIZE] * (_COUNT // _SIZE), ""], [counts, token])


@claim("**Q40**", "Q40")
def the_last_page_has_a_sync_token(b: Bench) -> Finding:
    last = b.listing(b.at("acl")).pages[-1]
    return so(last.get("nextSyncToken"))


@claim("**Q20**", "Q20")
def a_full_listing_has_all_that_there_is(b: Bench) -> Finding:
    path, ids = b.six
    rules = [b.new_rule()["id"] for _ in range(3)]
    lacking = {
        "events": set(ids) - set(b.listing(path).ids),
        "acl": set(rules) - set(b.listing(b.at("acl")).ids),
        "calendarList": set(b.guard.calendars) - set(b.listing(ENTRIES, showHidden=True).ids),
    }
    return Finding({}, {name: len(missing) for name, missing in lacking.items() if missing})


@claim("**Q32**", "Q32")
def a_listing_shows_at_once_what_was_written(b: Bench) -> Finding:
    event_id = b.new_event()
    return so(event_id in b.listing(b.at("events")).ids)


@claim("**Q03**", "Q03")
def one_increment_after_another_shows_every_change(b: Bench) -> Finding:
    tokens = [b.listing(b.at("events")).sync_token]
    event_id = b.new_event()

    def told() -> bool:
        more = b.since(b.at("events"), tokens[-1])
        tokens.append(more.sync_token)
        return event_id in more.ids

    return so(b.until(told, _PATIENCE))


@claim("**Q23** increments have an item that did not change", "Q23")
def an_increment_has_nothing_but_what_changed(b: Bench) -> Finding:
    b.new_event()
    token = b.listing(b.at("events")).sync_token
    event_id = b.new_event()
    return Finding([event_id], b.since(b.at("events"), token).ids)
