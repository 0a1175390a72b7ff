"""Access control lists."""

from urllib.parse import quote

from tests.conformance.bench import Bench
from tests.conformance.claim import Finding, claim


@claim("methods, paths, parameters, fields, scopes")
def a_rule_is_named_by_its_scope(b: Bench) -> Finding:
    rule = b.new_rule("reader", "anna")
    found = [rule.get("id"), rule.get("scope"), rule.get("role")]
    return Finding(["user:anna@example.com", {"type": "user", "value": "anna@example.com"}, "reader"], found)


@claim("tombstones: acl role `none`")
def a_deleted_rule_has_role_none_in_the_increment(b: Bench) -> Finding:
    rule = b.new_rule()["id"]
    token = b.listing(b.at("acl")).sync_token
    b.must("DELETE", f"{b.at('acl')}/{quote(rule)}")
    return Finding("none", b.since(b.at("acl"), token).item(rule).get("role"))


@claim("inserting a rule for the same scope replaces the role")
def a_second_rule_for_somebody_replaces_the_first(b: Bench) -> Finding:
    first, second = b.new_rule("reader", "ben"), b.new_rule("writer", "ben")
    listed = b.listing(b.at("acl"))
    return Finding([True, "writer"], [first["id"] == second["id"], listed.item(first["id"]).get("role")])


@claim("403 `cannotChangeOwnAcl`")
def nobody_changes_ones_own_rule(b: Bench) -> Finding:
    mine = next(each for each in b.listing(b.at("acl")).items if each["role"] == "owner" and _is_person(each))
    reply = b.ask("POST", b.at("acl"), {"role": "reader", "scope": mine["scope"]}, sendNotifications=False)
    return Finding("403 cannotChangeOwnAcl", reply.said)


@claim("pages of 100, never more than 250")
def rules_come_in_pages(b: Bench) -> Finding:
    b.new_rule()
    b.new_rule()
    page = b.must("GET", b.at("acl"), maxResults=1)
    return Finding([1, True], [len(page["items"]), "nextPageToken" in page])


@claim("**Q11**", "Q11")
def a_calendar_can_be_read_as_soon_as_it_is_made(b: Bench) -> Finding:
    calendar_id = b.new_calendar()
    replies = [b.ask("GET", b.at(collection, calendar_id)) for collection in ("acl", "events")]
    return Finding(["200", "200"], [reply.said for reply in replies])


@claim("**Q50**", "Q50")
def a_main_calendar_has_no_rule_that_nobody_made(b: Bench) -> Finding:
    """The rules of its domain are counted; rules for people are none of our business."""
    listed = b.listing("calendars/primary/acl").items
    return Finding([], [each["role"] for each in listed if each["scope"]["type"] == "domain"])


@claim("**Q51**", "Q51")
def the_rule_of_whose_main_calendar_it_is_has_an_etag(b: Bench) -> Finding:
    owners = [each for each in b.listing("calendars/primary/acl").items if each["role"] == "owner"]
    return Finding([], [each.get("role") for each in owners if not each.get("etag", "").strip('"0')])


@claim("**Q51**", "Q51")
def an_increment_of_rules_repeats_none(b: Bench) -> Finding:
    b.new_rule()
    b.side.pause(1)
    token = b.listing(b.at("acl")).sync_token
    return Finding([], [each.get("role") for each in b.since(b.at("acl"), token).items])


@claim("**Q52**", "Q52")
def a_rule_for_a_domain_that_is_nobodys_is_taken(b: Bench) -> Finding:
    scope = {"type": "domain", "value": f"{b.guard.run}.example.com"}
    return Finding("200", b.ask("POST", b.at("acl"), {"role": "reader", "scope": scope}, sendNotifications=False).said)


@claim("**Q53**", "Q53", needs=("hands",))
def the_rules_of_a_room_can_be_read(b: Bench) -> Finding:
    return Finding("200", b.ask("GET", b.at("acl", b.side.hands.room())).said)


def _is_person(rule: dict[str, dict[str, str]]) -> bool:
    """A secondary calendar may list itself as its owner."""
    return rule["scope"]["type"] == "user" and not rule["scope"]["value"].endswith("calendar.google.com")
