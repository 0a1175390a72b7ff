from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendar_watch.errors import InvalidRequestError
from calendar_watch.http.watch_request import Rules, read_body
from calendar_watch.model.resources import RESOURCES
from calendar_watch.model.target import Target

ALICE = "alice@example.com"
BODY = {"resource": "acl", "calendarId": "team@example.com", "subject": ALICE}
FIELDS = ("resource", "calendarId", "subject", "params", "eventTypes", "follow", "labels")
MODES = ("delegated", "token_service", "service_account", "anonymous")


def rules(auth_mode: str = "delegated", *domains: str, resources: tuple[str, ...] = tuple(RESOURCES)) -> Rules:
    return Rules(frozenset(resources), auth_mode, frozenset(domains or ["example.com"]))


def wrong(body: object, by: Rules) -> list[tuple[str, str]]:
    with pytest.raises(InvalidRequestError) as refusal:
        read_body(body, by)
    return list(refusal.value.errors)


def test_a_body_becomes_what_is_followed_and_what_is_wished() -> None:
    body = {**BODY, "params": {"ttl": "600"}, "labels": {"team": "red"}}
    target, named = read_body(body, rules())
    assert target == Target(RESOURCES["acl"], "team@example.com", ALICE)
    assert named == {"ttl": 600, "labels": {"team": "red"}}


CALENDAR_LIST = {"resource": "calendarList", "subject": ALICE}


@pytest.mark.parametrize("nothing", [None, {}])
def test_nothing_wished_is_nothing_however_it_is_said(nothing: Any) -> None:
    body = {**CALENDAR_LIST, "params": nothing, "labels": nothing, "follow": nothing if nothing is None else []}
    assert read_body(body, rules())[1] == {"ttl": None, "labels": {}, "follow": ()}


OPTIONS: dict[str, Any] = {"params": {"ttl": "600"}, "labels": {"team": "red"}, "follow": ["acl"]}


@given(st.sets(st.sampled_from(sorted(OPTIONS))))
def test_only_what_a_body_names_is_wished(fields: set[str]) -> None:
    body = {**CALENDAR_LIST, **{field: OPTIONS[field] for field in fields}}
    values = {"params": ("ttl", 600), "labels": ("labels", {"team": "red"}), "follow": ("follow", ("acl",))}
    assert read_body(body, rules())[1] == dict(values[field] for field in fields)


@pytest.mark.parametrize(
    ("auth_mode", "subject", "right"),
    [
        ("delegated", ALICE, True),
        ("delegated", None, False),
        ("token_service", ALICE, True),
        ("token_service", None, False),
        ("service_account", ALICE, False),
        ("service_account", None, True),
        ("anonymous", ALICE, True),
        ("anonymous", None, True),
    ],
)
def test_whether_a_subject_is_needed_depends_on_how_we_authenticate(
    auth_mode: str,
    subject: str | None,
    right: bool,  # noqa: FBT001 (pytest passes it by name)
) -> None:
    body = {**BODY, "subject": subject}
    if right:
        assert read_body(body, rules(auth_mode))[0].subject == subject
    else:
        assert [field for field, _ in wrong(body, rules(auth_mode))] == ["subject"]


@pytest.mark.parametrize(
    ("subject", "read"), [("Alice@Example.COM", ALICE), ("o'a+b@example.com", "o'a+b@example.com")]
)
def test_a_subject_is_read_in_lower_case(subject: str, read: str) -> None:
    assert read_body({**BODY, "subject": subject}, rules())[0].subject == read


@pytest.mark.parametrize("subject", ["a@other.com", "a@sub.example.com", "a@notexample.com", "a@example.com.other.com"])
def test_a_subject_must_be_in_one_of_the_domains_exactly(subject: str) -> None:
    [(field, message)] = wrong({**BODY, "subject": subject}, rules("delegated", "example.com", "example.org"))
    assert (field, "SUBJECT_DOMAINS" in message) == ("subject", True)


def test_where_no_domain_is_named_any_will_do() -> None:
    anybody = Rules(frozenset(RESOURCES), "anonymous", frozenset())
    assert read_body({**BODY, "subject": "bob@elsewhere.net"}, anybody)[0].subject == "bob@elsewhere.net"


def test_only_what_the_deployment_watches_can_be_asked_for() -> None:
    [(field, message)] = wrong(BODY, rules(resources=("settings",)))
    assert (field, "RESOURCES" in message) == ("resource", True)


@pytest.mark.parametrize("calendar_id", ["c_1a@group.calendar.google.com", "a/b#c@x", "ä", "x" * 512])
def test_a_calendar_id_is_taken_as_it_is(calendar_id: str) -> None:
    assert read_body({**BODY, "calendarId": calendar_id}, rules())[0].calendar_id == calendar_id


@pytest.mark.parametrize(("subject", "address"), [("Alice@Example.com", ALICE), (None, "such as")])
def test_primary_is_nobodys_calendar_and_its_address_is_named(subject: str | None, address: str) -> None:
    body = {**BODY, "calendarId": "primary", "subject": subject}
    [(field, message)] = wrong(body, rules("delegated" if subject else "service_account"))
    assert (field, address in message) == ("calendarId", True)


@given(st.integers(0, 10**9).map(str))
def test_a_lifetime_is_read_exactly_within_its_bounds(ttl: str) -> None:
    body = {**BODY, "params": {"ttl": ttl}}
    if 600 <= int(ttl) <= 2_592_000:
        assert read_body(body, rules())[1] == {"ttl": int(ttl)}
    else:
        assert [field for field, _ in wrong(body, rules())] == ["params.ttl"]


@given(
    st.dictionaries(
        st.from_regex(r"[a-z][a-z0-9_-]{0,62}", fullmatch=True), st.text("aä 🗓:", max_size=256), max_size=16
    )
)
def test_labels_are_read_as_they_are(labels: dict[str, str]) -> None:
    assert read_body({**BODY, "labels": labels}, rules())[1] == {"labels": labels}


names = st.sampled_from([*FIELDS, "ttl", "id", "token"]) | st.text(max_size=5)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10)
anything = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3), max_leaves=4
)


@given(st.dictionaries(names, anything | st.sampled_from([*RESOURCES, ALICE]), max_size=5), st.sampled_from(MODES))
def test_whatever_comes_is_read_or_refused_by_the_names_of_its_fields(body: dict[str, Any], auth_mode: str) -> None:
    for given_body in (body, {**BODY, **body}):
        with suppress(InvalidRequestError):
            target, _ = read_body(given_body, rules(auth_mode))
            assert (target.calendar_id is not None) == target.resource.per_calendar
            assert given_body.keys() <= set(FIELDS)


@given(anything.filter(lambda value: not isinstance(value, dict)))
def test_what_is_no_object_is_no_body(body: object) -> None:
    assert wrong(body, rules()) == [("", "the body must be a JSON object")]


def test_only_what_may_be_watched_may_be_followed() -> None:
    body = {"resource": "calendarList", "subject": ALICE, "follow": ["acl", "events"]}
    assert read_body(body, rules())[1] == {"follow": ("acl", "events")}
    assert [field for field, _ in wrong(body, rules(resources=("calendarList", "acl")))] == ["follow"]
