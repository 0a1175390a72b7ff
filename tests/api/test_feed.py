import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cloudevents.http import from_json

from tests.api.conftest import Deploy
from tests.api.deployment import ACL, CALENDAR_LIST, SETTINGS, Deployment, Json, json_of, problem_of, wrong_fields
from tests.api.google import ALICE, BOB
from tests.support.stack import until

BOBS_RULE = f"user:{BOB}"
ATTRIBUTES = {
    *("specversion", "type", "source", "id", "time", "datacontenttype", "sequence", "partitionkey"),
    *("resource", "calendarid", "user"),
}
OF_A_RULE = {"exposure", "exposurechange", "role"}


def rule(role: str) -> Json:
    return {"id": BOBS_RULE, "role": role, "scope": {"type": "user", "value": BOB}}


@pytest.fixture
def watch(deployment: Deployment) -> Json:
    """Five changes: opened, and Bob's role four times."""
    watch = deployment.open(ACL, labels={"team": "red"})
    for role in ("reader", "writer", "reader", "none"):
        deployment.share(role)
    return watch


def test_a_rule_created_updated_and_deleted_is_told_with_before_and_after(deployment: Deployment, watch: Json) -> None:
    told = [each["data"] for each in deployment.changes(watch)[1:]]
    assert [(each["before"], each["after"]) for each in told] == [
        (None, rule("reader")),
        (rule("reader"), rule("writer")),
        (rule("writer"), rule("reader")),
        (rule("reader"), None),
    ]
    assert [each["changedFields"] for each in told] == [[], ["role"], ["role"], []]
    assert {each["itemId"] for each in told} == {BOBS_RULE}
    assert {each["cause"] for each in told} == {"notification"}


def test_a_change_has_exactly_the_promised_attributes(deployment: Deployment, watch: Json) -> None:
    before = datetime.now(UTC)
    opened, created, *_ = deployment.changes(watch)
    assert opened.keys() == {*ATTRIBUTES, "data"}
    assert created.keys() == {*ATTRIBUTES, *OF_A_RULE, "subject", "data"}
    moment = created.pop("time")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", moment)
    assert before - timedelta(minutes=1) < datetime.fromisoformat(moment) <= before
    assert created.pop("data").keys() == {
        *("watch", "itemId", "before", "after", "changedFields", "cause", "readTime", "noticeTime", "exposure")
    }
    assert created == {
        "specversion": "1.0",
        "type": "calendarwatch.acl.created.v1",
        "source": f"//calendarwatch/projects/{deployment.project}/watches/{watch['id']}",
        "id": f"{watch['id']}.2",
        "subject": BOBS_RULE,
        "datacontenttype": "application/json",
        "sequence": "00000000000000000002",
        "partitionkey": watch["id"],
        "resource": "acl",
        "calendarid": ALICE,
        "user": ALICE,
        "exposure": "internal",
        "exposurechange": "raised",
        "role": "reader",
    }


def test_a_change_says_whose_it_is(deployment: Deployment, watch: Json) -> None:
    about = {"id": watch["id"], "resource": "acl", "calendarId": ALICE, "user": ALICE, "labels": {"team": "red"}}
    assert all(each["data"]["watch"] == about for each in deployment.changes(watch))


def test_attributes_that_do_not_apply_are_absent(deployment: Deployment) -> None:
    [listed] = deployment.changes(deployment.open(CALENDAR_LIST))
    [nobodys] = deployment.changes(deployment.open({"resource": "settings"}))
    assert listed.keys() == {*ATTRIBUTES, "data"} - {"calendarid"}
    assert nobodys.keys() == {*ATTRIBUTES, "data"} - {"calendarid", "user"}
    assert nobodys["data"]["watch"].items() >= {"calendarId": None, "user": None}.items()


def test_the_first_reading_is_a_baseline_that_tells_a_count(deployment: Deployment) -> None:
    watch = deployment.open(SETTINGS)
    [opened] = deployment.changes(watch)
    assert opened["type"] == "calendarwatch.watch.opened.v1"
    assert opened["data"].keys() == {"watch", "state", "reason", "detail", "itemCount"}
    assert opened["data"]["itemCount"] == watch["itemCount"] == 12


def test_an_entry_of_a_calendar_list_tells_what_changed_of_it(deployment: Deployment) -> None:
    watch = deployment.open(CALENDAR_LIST)
    team = deployment.google.alice.create_calendar("Team")
    deployment.reconcile()
    deployment.google.alice.patch(f"users/me/calendarList/{team}", {"summaryOverride": "Us", "hidden": True})
    deployment.reconcile()
    deployment.google.alice.delete(f"calendars/{team}")
    deployment.reconcile()
    _, created, updated, deleted = deployment.changes(watch)
    assert [each["type"].split(".")[1:3] for each in (created, updated, deleted)] == [
        ["calendarList", "created"],
        ["calendarList", "updated"],
        ["calendarList", "deleted"],
    ]
    assert updated["data"]["changedFields"] == ["hidden", "summaryOverride"]
    assert created["data"]["after"] == updated["data"]["before"]
    assert updated["data"]["after"] == deleted["data"]["before"]
    assert not {"etag", "kind"} & updated["data"]["after"].keys()


def test_a_setting_tells_its_old_and_its_new_value(deployment: Deployment) -> None:
    watch = deployment.open(SETTINGS)
    deployment.google.simulator.set_setting(ALICE, "timezone", "Europe/Zurich")
    deployment.reconcile()
    [_, change] = deployment.changes(watch)
    assert (change["type"], change["subject"]) == ("calendarwatch.settings.updated.v1", "timezone")
    assert change["data"]["before"] == {"id": "timezone", "value": "UTC"}
    assert change["data"]["after"] == {"id": "timezone", "value": "Europe/Zurich"}


def test_every_change_is_a_valid_cloud_event(deployment: Deployment, watch: Json) -> None:
    for change in deployment.changes(watch):
        event = from_json(json.dumps(change))
        assert dict(event.get_attributes()) == {name: change[name] for name in change if name != "data"}
        assert event.get_data() == change["data"]
        assert all(re.fullmatch(r"[a-z0-9]{1,20}", name) for name in event.get_attributes())
        assert all(isinstance(value, str) and value for value in event.get_attributes().values())


# --- paging and resuming


@pytest.mark.uncounted
@pytest.mark.parametrize("size", [1, 2, 4, 5, 6, 500])
def test_pages_of_the_feed_follow_each_other_without_a_gap(deployment: Deployment, watch: Json, size: int) -> None:
    after, sequences = 0, list[str]()
    while page := deployment.get(f"/{watch['id']}/changes", after=after, pageSize=size)["changes"]:
        assert len(page) <= size
        sequences += [change["sequence"] for change in page]
        after = int(page[-1]["sequence"])
    assert sequences == [f"{number:020d}" for number in range(1, 6)]


@pytest.mark.uncounted
@pytest.mark.parametrize(
    ("query", "first", "next_after"),
    [({}, 1, 5), ({"after": 0}, 1, 5), ({"after": 3}, 4, 5), ({"after": 2, "pageSize": 1}, 3, 3)],
)
def test_the_feed_goes_on_after_what_was_read(
    deployment: Deployment, watch: Json, query: dict[str, Any], first: int, next_after: int
) -> None:
    answer = deployment.get(f"/{watch['id']}/changes", **query)
    assert answer.keys() == {"changes", "nextAfter"}
    assert int(answer["changes"][0]["sequence"]) == first
    assert answer["nextAfter"] == next_after


def test_an_empty_page_leaves_the_reader_where_it_was(deployment: Deployment, watch: Json) -> None:
    assert deployment.get(f"/{watch['id']}/changes", after=5) == {"changes": [], "nextAfter": 5}


@pytest.mark.parametrize("after", [6, 1000, 10**17])
def test_whoever_is_ahead_of_the_feed_is_told_where_it_ends(deployment: Deployment, watch: Json, after: int) -> None:
    ahead = deployment.ask("watches", "GET", f"/{watch['id']}/changes", query_string={"after": after})
    assert ahead.status_code == 400
    assert problem_of(ahead)["type"] == "urn:calendarwatch:problem:after-ahead"
    assert problem_of(ahead)["sequence"] == 5


def test_by_time_the_feed_answers_the_same_and_says_when_it_is_complete(deployment: Deployment, watch: Json) -> None:
    times = [each["time"] for each in deployment.changes(watch)]
    whole = deployment.get(f"/{watch['id']}/changes", since=times[0], until="2100-01-01T00:00:00Z")
    assert [int(each["sequence"]) for each in whole["changes"]] == [1, 2, 3, 4, 5]
    assert (whole["nextAfter"], whole["complete"]) == (5, False)
    begun = deployment.get(f"/{watch['id']}/changes", since=times[2], until=times[4], pageSize=1)
    rest = deployment.get(f"/{watch['id']}/changes", after=begun["nextAfter"], until=times[4])
    told = [int(each["sequence"]) for each in begun["changes"] + rest["changes"]]
    assert told == [number for number, time in enumerate(times, 1) if times[2] <= time < times[4]]
    assert (begun["complete"], rest["complete"]) == (False, True)
    before = deployment.get(f"/{watch['id']}/changes", since="2001-01-01T00:00:00Z", until="2001-01-01T01:00:00+00:30")
    assert before == {"changes": [], "nextAfter": 0, "complete": True}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"since": "2026-01-01T00:00:00Z", "after": 1}, "since"),
        ({"since": "2026-01-01T00:00:00Z", "until": "2026-01-01T00:00:00Z"}, "until"),
    ],
)
def test_what_makes_no_sense_together_is_refused(
    deployment: Deployment, watch: Json, query: dict[str, Any], field: str
) -> None:
    response = deployment.ask("watches", "GET", f"/{watch['id']}/changes", query_string=query)
    assert wrong_fields(response) == [field]


def test_a_time_before_what_is_kept_is_gone(deployment: Deployment, watch: Json) -> None:
    deployment.grow_old(watch, 1)
    query = {"since": "2020-01-01T00:00:00Z"}
    gone = deployment.ask("watches", "GET", f"/{watch['id']}/changes", query_string=query)
    assert (gone.status_code, problem_of(gone)["oldestSequence"]) == (410, 2)
    assert deployment.get(f"/{watch['id']}/changes", since=problem_of(gone)["oldestTime"])["nextAfter"] == 5


@pytest.mark.uncounted
def test_a_page_that_names_no_size_has_a_hundred_changes(deployment: Deployment) -> None:
    watch = deployment.open(ACL)
    for number in range(100):
        deployment.google.alice.share(ALICE, f"user{number}@example.com", "reader")
    deployment.reconcile()
    page = deployment.get(f"/{watch['id']}/changes")
    assert (len(page["changes"]), page["nextAfter"]) == (100, 100)
    assert len(deployment.changes(watch, after=100)) == 1


def test_where_nothing_is_kept_any_more_a_410_still_says_from_when_on_nothing_is_missing(
    deployment: Deployment,
) -> None:
    watch = deployment.open(ACL)
    deployment.grow_old(watch, 1)
    query = {"since": "2020-01-01T00:00:00Z"}
    gone = deployment.ask("watches", "GET", f"/{watch['id']}/changes", query_string=query)
    assert (gone.status_code, problem_of(gone)["oldestSequence"]) == (410, 2)
    assert deployment.get(f"/{watch['id']}/changes", since=problem_of(gone)["oldestTime"])["nextAfter"] == 1


def test_a_change_never_reads_differently(deployment: Deployment, watch: Json) -> None:
    before = deployment.changes(watch)
    deployment.post({**ACL, "labels": {"team": "blue"}})
    deployment.share("owner")
    assert deployment.changes(watch)[: len(before)] == before


def test_what_is_no_longer_kept_is_gone_and_said_so(deploy: Deploy) -> None:
    deployment = deploy()
    watch = deployment.open(ACL)
    deployment.share("reader")
    deployment.grow_old(watch, 1)
    gone = deployment.ask("watches", "GET", f"/{watch['id']}/changes")
    assert gone.status_code == 410
    assert problem_of(gone)["oldestSequence"] == 2
    assert [change["sequence"][-1] for change in deployment.changes(watch, after=1)] == ["2"]


def test_whoever_has_read_all_is_not_told_that_it_is_gone(deploy: Deploy) -> None:
    deployment = deploy(CHANGE_RETENTION_DAYS="0.000001")
    watch = deployment.open(ACL)

    def is_gone() -> bool:
        return deployment.ask("watches", "GET", f"/{watch['id']}/changes").status_code == 410

    until(is_gone, "a tenth of a second has passed")
    assert json_of(deployment.ask("watches", "GET", f"/{watch['id']}/changes"))["oldestSequence"] == 2
    assert deployment.changes(watch, after=1) == []


def test_after_a_restore_the_feed_begins_anew_a_million_higher(
    deployment: Deployment, watch: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployment.deploy(monkeypatch, EPOCH="2")
    deployment.share("reader")
    gone = deployment.ask("watches", "GET", f"/{watch['id']}/changes", query_string={"after": 5})
    assert (gone.status_code, problem_of(gone)["oldestSequence"]) == (410, 1_000_005)
    early = {"since": "2026-01-01T00:00:00Z"}
    assert deployment.ask("watches", "GET", f"/{watch['id']}/changes", query_string=early).status_code == 410
    [begun, *_] = deployment.changes(watch, after=1_000_004)
    assert begun["type"] == "calendarwatch.watch.resynced.v1"
    assert "counts" not in begun["data"]
    assert deployment.get(f"/{watch['id']}/items")["sequence"] >= 1_000_005
