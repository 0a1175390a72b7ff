"""Who can see a calendar by a rule, and what a change does to that: never less exposed than can be proved."""

from collections.abc import Mapping
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendar_watch.model.exposure import COUNTED, Exposure, Shift, counted, exposed, exposure_of, fingerprint

INTERNAL = frozenset({"example.com", "sub.example.org", "resource.calendar.google.com"})
SECONDARY = "c_188a@group.calendar.google.com"
ROLES = ("freeBusyReader", "reader", "writerWithoutPrivateAccess", "writer", "owner", "xNewRole")
WHOSE = {
    "inside": ("bob@example.com", "example.com"),
    "outside": ("bob@evil.net", "evil.net"),
    "own": (SECONDARY, "group.calendar.google.com"),
    "none": (None, None),
}
CLASSES = {
    ("user", "inside"): "internal",
    ("user", "outside"): "external",
    ("user", "own"): "internal",
    ("group", "inside"): "group",
    ("group", "outside"): "external",
    ("group", "own"): "external",
    ("domain", "inside"): "domain",
    ("domain", "outside"): "external",
    ("domain", "own"): "external",
    **{("default", whose): "public" for whose in WHOSE},
    **{(kind, "none"): "external" for kind in ("user", "group", "domain")},
    **{("xNewScope", whose): "external" for whose in WHOSE},
}
LOOK_ALIKES = (
    "bob@example.com.evil.net", "bob@evil-example.com", "bob@evil.net/example.com", "bob@example.com.",
    "bob@.example.com", "bob@team.example.com", "bob@example.org", "bob@example.co", "bob@xexample.com",
    "@example.com", "example.com", "bob@", "bob", "", " ", "bob@ example.com", " bob@example.com",
    "bob@example.com ", "bob@example.com\n", "bob@example.com\x00", "bob@example\u200b.com",
    "bob@evil.net@example.com", '"bob@evil.net"@example.com', "bob@evil.net,bob@example.com", "<bob@example.com>",
    "bob@example.com,eve", "eve bob@example.com", "bob@ex\u0430mple.com", "bob@exampl\u0435.com",
    "bob@\uff45xample.com", "bob@example\uff0ecom", "bob@example\u3002com", "bob@exa\u217fple.com",
    "bob@example.\u0441om", "bob@examp\u017fle.com", "bob@xn--exmple-4nf.com", "bob\uff20example.com",
    "b\u043eb@example.com", "bob@examp\u0130e.com",
)  # fmt: skip
KELVIN = frozenset({"kiosk.example"})


def rule(kind: object, value: object = None, role: object = "reader") -> dict[str, Any]:
    scope = {"type": kind} if value is None else {"type": kind, "value": value}
    return {"id": "r", "role": role, "scope": scope}


def of(rule: Mapping[str, Any] | None, calendar_id: str | None = SECONDARY) -> Exposure:
    return exposure_of(rule, calendar_id, INTERNAL)


def value_of(kind: str, whose: str) -> str | None:
    address, domain = WHOSE[whose]
    return domain if kind == "domain" else address


@pytest.mark.parametrize(("kind", "whose"), CLASSES)
@pytest.mark.parametrize("role", ROLES)
def test_each_rule_has_its_class_whatever_it_lets_people_do(kind: str, whose: str, role: str) -> None:
    assert of(rule(kind, value_of(kind, whose), role)) == CLASSES[kind, whose]


@pytest.mark.parametrize(("kind", "whose"), CLASSES)
def test_a_rule_that_gives_nothing_exposes_nothing(kind: str, whose: str) -> None:
    assert of(rule(kind, value_of(kind, whose), "none")) is Exposure.NONE


def test_no_rule_exposes_nothing() -> None:
    assert of(None) is Exposure.NONE


@pytest.mark.parametrize("address", ["Bob@Example.COM", "b+o.b@example.com", "bob@sub.example.org", "x@example.com"])
def test_how_an_address_is_written_makes_nobody_an_outsider(address: str) -> None:
    assert of(rule("user", address)) is Exposure.INTERNAL


def test_a_room_is_inside_where_its_domain_is_named() -> None:
    assert of(rule("user", "c_1@resource.calendar.google.com")) is Exposure.INTERNAL


@pytest.mark.parametrize("address", LOOK_ALIKES)
@pytest.mark.parametrize("kind", ["user", "group"])
def test_who_merely_looks_like_one_of_us_is_not(kind: str, address: str) -> None:
    assert of(rule(kind, address)) is Exposure.EXTERNAL


@pytest.mark.parametrize(
    "name",
    ["example.com.", ".example.com", "evil-example.com", "example.com.evil.net", "", " example.com", "example.com\n",
     "\uff45xample.com", "ex\u0430mple.com", "team.example.com", "bob@example.com"],
)  # fmt: skip
def test_which_domain_merely_looks_like_ours_is_not(name: str) -> None:
    assert of(rule("domain", name)) is Exposure.EXTERNAL


@pytest.mark.parametrize(("kind", "value"), [("user", "bob@\u212aiosk.example"), ("domain", "\u212aiosk.example")])
def test_a_letter_that_turns_into_one_of_ours_in_lower_case_is_none(kind: str, value: str) -> None:
    assert exposure_of(rule(kind, value), SECONDARY, KELVIN) is Exposure.EXTERNAL


@pytest.mark.parametrize("odd", [None, 7, [], {}, True, "", "USER", "User", "user "])
def test_a_scope_that_nobody_knows_may_be_anybodys(odd: object) -> None:
    assert of(rule(odd, "bob@example.com")) is Exposure.EXTERNAL


@pytest.mark.parametrize("odd", [7, [], ["bob@example.com"], {"a": 1}, True])
@pytest.mark.parametrize("kind", ["user", "group", "domain"])
def test_a_value_that_is_no_text_may_be_anybodys(kind: str, odd: object) -> None:
    assert of(rule(kind, odd)) is Exposure.EXTERNAL


@pytest.mark.parametrize("odd", [{}, {"scope": None}, {"scope": "user"}, {"scope": []}, {"scope": {}}])
def test_a_rule_without_a_scope_may_be_anybodys(odd: dict[str, Any]) -> None:
    assert of({"id": "r", "role": "reader", **odd}) is Exposure.EXTERNAL


@pytest.mark.parametrize("calendar_id", [None, "", "c_other@group.calendar.google.com", SECONDARY.upper()])
def test_another_calendars_id_is_outside(calendar_id: str | None) -> None:
    assert of(rule("user", SECONDARY, "owner"), calendar_id) is Exposure.EXTERNAL


def test_a_users_own_calendar_makes_nobody_an_insider() -> None:
    assert of(rule("user", "bob@evil.net", "owner"), "bob@evil.net") is Exposure.EXTERNAL


def test_where_nothing_is_internal_nobody_is() -> None:
    inside = [rule("user", "bob@example.com"), rule("group", "g@example.com"), rule("domain", "example.com")]
    assert {exposure_of(each, "alice@example.com", frozenset()) for each in inside} == {Exposure.EXTERNAL}


# --- what a change does


def change(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> tuple[str, str, str]:
    told = exposed(before, after, SECONDARY, INTERNAL)
    return told.before, told.after, told.shift


READER, WRITER = (rule("user", "bob@evil.net", role) for role in ("reader", "writer"))


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (None, rule("default"), ("none", "public", "raised")),
        (rule("default"), None, ("public", "none", "lowered")),
        (READER, WRITER, ("external", "external", "raised")),
        (WRITER, READER, ("external", "external", "lowered")),
        (rule("default", role="owner"), rule("user", "bob@example.com"), ("public", "internal", "lowered")),
        (rule("user", "bob@example.com", "owner"), rule("default"), ("internal", "public", "raised")),
        (rule("default", role="owner"), rule("default", role="xNewRole"), ("public", "public", "raised")),
        (rule("default", role="xNewRole"), rule("default", role="xNewerRole"), ("public", "public", "same")),
        (None, rule("default", role="none"), ("none", "none", "same")),
        (None, None, ("none", "none", "same")),
    ],
)  # fmt: skip
def test_who_can_see_it_counts_first_and_then_what_they_may_do(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, told: tuple[str, str, str]
) -> None:
    assert change(before, after) == told


def test_roles_go_from_least_to_most() -> None:
    for (low, less), (high, more) in product(enumerate(ROLES), repeat=2):
        told = change(rule("default", role=less), rule("default", role=more))
        assert told[2] == (Shift.RAISED if low < high else Shift.LOWERED if low > high else Shift.SAME)


# --- as properties

texts = (
    st.text(max_size=20) | st.sampled_from(LOOK_ALIKES) | st.sampled_from(["bob@example.com", "EXAMPLE.com", SECONDARY])
)
some_rules = st.builds(
    rule,
    st.sampled_from(["default", "user", "group", "domain", "xNewScope"]) | texts | st.none(),
    texts | st.none() | st.integers(),
    st.sampled_from(["none", *ROLES]) | st.none() | st.integers() | texts,
)
rules = st.none() | some_rules
domains = st.frozensets(st.sampled_from([*INTERNAL, "evil.net", "team.example.com", "group.calendar.google.com"]))
calendars = st.sampled_from([SECONDARY, "alice@example.com", "bob@evil.net", None])


@given(rules, rules, calendars, domains, st.dictionaries(st.sampled_from(["etag", "kind", "x"]), st.integers()))
def test_it_depends_on_rule_calendar_and_domains_alone(
    before: Any, after: Any, calendar_id: str | None, internal: frozenset[str], other: dict[str, int]
) -> None:
    was, is_now = (each and {**other, **each} for each in (before, after))
    assert exposed(before, after, calendar_id, internal) == exposed(was, is_now, calendar_id, internal)


OPPOSITE = {Shift.RAISED: Shift.LOWERED, Shift.LOWERED: Shift.RAISED, Shift.SAME: Shift.SAME}


@given(rules, rules, calendars, domains)
def test_what_raises_one_way_lowers_the_other(
    before: Any, after: Any, calendar_id: str | None, internal: frozenset[str]
) -> None:
    there, back = (exposed(*each, calendar_id, internal) for each in ((before, after), (after, before)))
    assert (back.before, back.after, back.shift) == (there.after, there.before, OPPOSITE[there.shift])


@given(rules, rules, rules, calendars, domains)
def test_what_is_raised_twice_is_raised(
    low: Any, middle: Any, high: Any, calendar_id: str | None, internal: frozenset[str]
) -> None:
    first, second, both = (
        exposed(*each, calendar_id, internal).shift for each in ((low, middle), (middle, high), (low, high))
    )
    if Shift.LOWERED not in {first, second}:
        assert both is (Shift.RAISED if Shift.RAISED in {first, second} else Shift.SAME)


@given(rules, calendars, domains, st.sampled_from(sorted(INTERNAL)))
def test_another_internal_domain_makes_nothing_more_exposed(
    one: Any, calendar_id: str | None, internal: frozenset[str], another: str
) -> None:
    order = list(Exposure)
    fewer, more = (exposure_of(one, calendar_id, each) for each in (internal, internal | {another}))
    assert order.index(more) <= order.index(fewer)


@given(texts, domains, calendars)
def test_nobody_is_internal_whose_address_does_not_end_in_an_internal_domain_to_the_letter(
    address: str, internal: frozenset[str], calendar_id: str | None
) -> None:
    ends = any(address.isascii() and address.lower().endswith(f"@{each}") for each in internal)
    own = address == calendar_id == SECONDARY
    assert (of_user(address, calendar_id, internal) is not Exposure.INTERNAL) or ends or own


def of_user(address: str, calendar_id: str | None, internal: frozenset[str]) -> Exposure:
    return exposure_of(rule("user", address), calendar_id, internal)


@given(st.lists(some_rules, max_size=8), calendars, domains)
def test_counts_have_every_class_and_every_rule_that_gives_something(
    several: list[dict[str, Any]], calendar_id: str | None, internal: frozenset[str]
) -> None:
    counts = counted(several, calendar_id, internal)
    assert tuple(counts) == COUNTED
    assert sum(counts.values()) == sum(each["role"] != "none" for each in several)


def test_other_domains_have_another_fingerprint() -> None:
    several = [frozenset(each) for each in ((), ("a.b",), ("a.b", "c"), ("c",), ("b", "a"))]
    assert len({fingerprint(each) for each in several}) == len(several)
