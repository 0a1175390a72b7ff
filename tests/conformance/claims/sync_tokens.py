"""Which sync tokens are taken, and how the others are refused."""

from typing import Any

from tests.conformance.bench import SETTINGS, Bench, moment
from tests.conformance.claim import Finding, claim
from tests.conformance.exchange import JsonObject


def _token(b: Bench, **query: Any) -> str:
    return b.listing(b.at("events"), **query).sync_token


@claim("**Q01**", "Q01")
def a_sync_token_just_given_is_taken(b: Bench) -> Finding:
    return Finding("200", b.ask("GET", b.at("events"), syncToken=_token(b)).said)


@claim("a sync token lives 30 days; one that was never given out answers 410 too")
def a_sync_token_that_was_never_given_is_answered_410(b: Bench) -> Finding:
    return Finding(410, b.ask("GET", b.at("events"), syncToken="never-given").status)


@claim("expired sync token: 410 `fullSyncRequired`")
def a_sync_token_that_is_no_longer_taken_says_so(b: Bench) -> Finding:
    reply = b.ask("GET", b.at("events"), syncToken="never-given")
    found = [reply.reason, reply.error.get("domain"), reply.error.get("location")]
    return Finding(["fullSyncRequired", "calendar", "syncToken"], found)


@claim("sync tokens of another collection answer 410")
def a_sync_token_of_rules_is_none_of_events(b: Bench) -> Finding:
    token = b.listing(b.at("acl")).sync_token
    return Finding(410, b.ask("GET", b.at("events"), syncToken=token).status)


@claim("a sync token of other `eventTypes` answers 410")
def a_sync_token_of_other_event_types_is_answered_410(b: Bench) -> Finding:
    token = _token(b, eventTypes="default")
    return Finding(410, b.ask("GET", b.at("events"), syncToken=token, eventTypes="focusTime").status)


@claim("parameters that do not go with a sync token give 400")
def a_search_does_not_go_with_a_sync_token(b: Bench) -> Finding:
    token = _token(b)
    replies = [b.ask("GET", b.at("events"), syncToken=token, **{name: value}) for name, value in _never(b).items()]
    return Finding([400] * len(replies), [reply.status for reply in replies])


@claim("… with reason `invalid`")
def a_search_with_a_sync_token_is_invalid(b: Bench) -> Finding:
    token = _token(b)
    replies = [b.ask("GET", b.at("events"), syncToken=token, **{name: value}) for name, value in _never(b).items()]
    return Finding({"invalid"}, {reply.reason for reply in replies})


def _never(b: Bench) -> JsonObject:
    return {"q": "Review", "timeMin": moment(b.hour)["dateTime"], "orderBy": "updated"}


@claim("events not asked for by `eventTypes`")
def events_of_other_types_are_in_no_listing(b: Bench) -> Finding:
    event_id = b.new_event()
    return Finding(
        [True, False], [event_id in b.listing(b.at("events"), eventTypes=each).ids for each in ("default", "focusTime")]
    )


@claim("**Q41**", "Q41")
def a_new_rule_ends_no_sync_token_of_events(b: Bench) -> Finding:
    token = _token(b)
    b.new_rule()
    return Finding("200", b.ask("GET", b.at("events"), syncToken=token).said)


@claim("**Q42**", "Q42")
def a_sync_token_goes_with_another_zone(b: Bench) -> Finding:
    token = _token(b)
    return Finding("200", b.ask("GET", b.at("events"), syncToken=token, timeZone="Asia/Tokyo").said)


@claim("`nextSyncToken` on the last page only")
def settings_have_a_sync_token_too(b: Bench) -> Finding:
    token = b.listing(SETTINGS).sync_token
    return Finding([], b.since(SETTINGS, token).ids)
