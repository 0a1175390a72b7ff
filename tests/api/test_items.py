from typing import Any

from calendar_watch.model.collection.parts import key_of
from calendar_watch.model.item_token import token_of
from tests.api.deployment import ACL, CALENDAR_LIST, SETTINGS, Deployment, wrong_fields
from tests.api.google import ALICE, BOB

BOBS_RULE = f"user:{BOB}"


def test_items_are_as_google_gives_them_without_etag_and_kind(deployment: Deployment) -> None:
    watch = deployment.open(ACL)
    rule = {"id": f"user:{ALICE}", "role": "owner", "scope": {"type": "user", "value": ALICE}}
    assert deployment.get(f"/{watch['id']}/items") == {"items": {rule["id"]: rule}, "sequence": 1}


def test_each_kind_of_collection_is_kept_whole(deployment: Deployment) -> None:
    team = deployment.google.alice.create_calendar("Team")
    deployment.google.alice.patch(f"users/me/calendarList/{team}", {"hidden": True})
    calendars = deployment.get(f"/{deployment.open(CALENDAR_LIST)['id']}/items")["items"]
    settings = deployment.get(f"/{deployment.open(SETTINGS)['id']}/items")["items"]
    assert calendars.keys() == {ALICE, team}
    assert calendars[team].items() >= {"id": team, "summary": "Team", "accessRole": "owner", "hidden": True}.items()
    assert settings["timezone"] == {"id": "timezone", "value": "UTC"}


def test_the_sequence_is_where_to_go_on_reading(deployment: Deployment) -> None:
    watch = deployment.open(ACL)
    deployment.share("reader")
    answer = deployment.get(f"/{watch['id']}/items")
    assert answer["items"][BOBS_RULE]["role"] == "reader"
    assert deployment.changes(watch, after=answer["sequence"]) == []
    deployment.share("writer")
    [change] = deployment.changes(watch, after=answer["sequence"])
    assert change["data"]["before"] == answer["items"][BOBS_RULE]


def test_a_thousand_items_make_a_page(deployment: Deployment) -> None:
    for number in range(1005):
        deployment.google.simulator.set_setting(ALICE, f"s{number:04}", "x")
    watch = deployment.open(SETTINGS)
    first = deployment.get(f"/{watch['id']}/items")
    second = deployment.get(f"/{watch['id']}/items", pageToken=first["nextPageToken"])
    assert first["sequence"] == second["sequence"] == 1
    assert (len(first["items"]), len({**first["items"], **second["items"]})) == (1000, watch["itemCount"])
    assert second.keys() == {"items", "sequence"}


def asked_with(deployment: Deployment, watch: dict[str, Any], token: str) -> Any:
    return deployment.ask("watches", "GET", f"/{watch['id']}/items", query_string={"pageToken": token})


def test_a_strange_page_token_is_refused(deployment: Deployment) -> None:
    watch = deployment.open(ACL)
    for token in ("zzz", "~", "\x00", "ä", "@", watch["id"], f"@{watch['id']}", "x" * 2_048, "x" * 2_049):
        assert wrong_fields(asked_with(deployment, watch, token)) == ["pageToken"], token
    [error] = asked_with(deployment, watch, "zzz").json["errors"]
    assert error["message"] == "is not a token of ours for this watch: ask without one to begin again"
    assert deployment.get(f"/{watch['id']}/items", pageToken="")["sequence"] == 1


def test_a_spoilt_token_and_one_of_another_watch_are_refused(deployment: Deployment) -> None:
    for number in range(1005):
        deployment.google.simulator.set_setting(ALICE, f"s{number:04}", "x")
    watch, other = deployment.open(SETTINGS), deployment.open(ACL)
    token = deployment.get(f"/{watch['id']}/items")["nextPageToken"]
    flipped = ("1" if token[0] == "0" else "0") + token[1:]
    for spoilt in (token[:-1], token[1:], flipped, f"{token}x", token.upper()):
        assert wrong_fields(asked_with(deployment, watch, spoilt)) == ["pageToken"], spoilt
    assert wrong_fields(asked_with(deployment, other, token)) == ["pageToken"]
    assert asked_with(deployment, watch, token).status_code == 200


def test_a_token_of_items_is_none_of_the_list(deployment: Deployment) -> None:
    token = token_of(deployment.open(ACL)["id"], key_of({"id": BOBS_RULE}))
    assert wrong_fields(deployment.ask("watches", "GET", "/", query_string={"pageToken": token})) == ["pageToken"]


def test_a_token_holds_when_its_item_is_gone(deployment: Deployment) -> None:
    watch = deployment.open(ACL)
    token = token_of(watch["id"], key_of({"id": "user:gone@example.com"}))
    assert asked_with(deployment, watch, token).status_code == 200
