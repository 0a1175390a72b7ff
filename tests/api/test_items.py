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


def test_a_strange_page_token_harms_nobody(deployment: Deployment) -> None:
    watch = deployment.open(ACL)
    for token in ("~", "\x00", "ä", "x" * 2_048):
        assert deployment.get(f"/{watch['id']}/items", pageToken=token)["sequence"] == 1
    too_long = deployment.ask("watches", "GET", f"/{watch['id']}/items", query_string={"pageToken": "x" * 2_049})
    assert wrong_fields(too_long) == ["pageToken"]
