"""How calls are refused, and which parts of an answer one may ask for."""

from tests.conformance.bench import ENTRIES, SETTINGS, Bench
from tests.conformance.claim import Finding, claim, not_so
from tests.conformance.exchange import Reply
from tests.doubles.calendar_simulator import check_answer

_NOWHERE = f"calendars/c_{'0' * 64}%40group.calendar.google.com"


def _shape(reply: Reply) -> object:
    """Return what every refusal has, in Google's guide: twice the message, the code, and where it is from."""
    error = reply.body.get("error", {}) if reply.is_json else {}
    told = {name: reply.error.get(name) for name in ("domain", "reason", "location") if name in reply.error}
    return [error.get("code"), error.get("message") == reply.error.get("message"), told]


@claim("shape of errors")
def an_unknown_calendar_is_answered_404(b: Bench) -> Finding:
    return Finding([404, True, {"domain": "global", "reason": "notFound"}], _shape(b.ask("GET", f"{_NOWHERE}/events")))


@claim("404 for a calendar that the caller cannot see")
def the_rules_of_a_calendar_that_one_cannot_see_are_answered_404(b: Bench) -> Finding:
    return Finding("404 notFound", b.ask("GET", f"{_NOWHERE}/acl").said)


@claim("shape of errors")
def a_token_that_never_was_one_is_answered_401(b: Bench) -> Finding:
    expected = [401, True, {"domain": "global", "reason": "authError", "location": "Authorization"}]
    return Finding(expected, _shape(b.ask("GET", SETTINGS, caller="nobody")))


@claim("403 `insufficientPermissions`", needs=("tokens",))
def a_token_for_events_reads_no_rules(b: Bench) -> Finding:
    return Finding("403 insufficientPermissions", b.ask("GET", b.at("acl"), caller="narrow").said)


@claim("… the same for reading ACLs below `writer`")
def whoever_may_only_read_a_calendar_cannot_read_its_rules(b: Bench) -> Finding:
    return Finding("403 requiredAccessLevel", b.ask("GET", b.at("acl", b.side.public_calendar())).said)


@claim("`fields`: the grammar")
def only_the_fields_that_were_asked_for_are_answered(b: Bench) -> Finding:
    b.new_rule()
    answer = b.must("GET", b.at("acl"), fields="kind,items(id,scope/type)")
    return Finding(
        [["items", "kind"], ["id", "scope"], ["type"]],
        [sorted(answer), sorted(answer["items"][0]), sorted(answer["items"][0]["scope"])],
    )


@claim("… 400 for unknown fields")
def an_unknown_field_that_is_asked_for_is_answered_400(b: Bench) -> Finding:
    return Finding("400 invalidParameter", b.ask("GET", SETTINGS, fields="items(xNew)").said)


@claim("unknown parameters and body fields are overlooked")
def an_unknown_parameter_is_overlooked(b: Bench) -> Finding:
    return Finding(200, b.ask("GET", SETTINGS, xNew="1").status)


@claim("unknown parameters and body fields are overlooked")
def an_unknown_field_of_a_body_is_overlooked(b: Bench) -> Finding:
    event = b.insert(xNew="1")
    return not_so("xNew" in event)


@claim("methods, paths, parameters, fields, scopes")
def answers_have_only_fields_of_the_discovery_document(b: Bench) -> Finding:
    b.new_series()
    b.new_rule()
    paths = {"acl": b.at("acl"), "events": b.at("events"), "calendarList": ENTRIES, "settings": SETTINGS}
    answers = {f"calendar.{name}.list": b.must("GET", path) for name, path in paths.items()}
    return Finding([], [offence for method, answer in answers.items() for offence in _offences(method, answer)])


def _offences(method: str, answer: object) -> list[str]:
    try:
        check_answer(method, answer)
    except AssertionError as offence:
        return [str(offence).split(";")[0]]
    return []
