"""Every example plans, and does what it is an example of. Run with `make infra-check`."""

import shutil
from collections.abc import Iterable, Mapping

import pytest

from tests.infra.conftest import INFRA, Json, Terraform, outcome_of

EXAMPLES = INFRA / "examples"
NAMES = sorted(path.stem for path in EXAMPLES.glob("*.tfvars"))
MOCKS = 'mock_provider "archive" {}\nmock_provider "google" {\n  source = "./tests/mocks"\n}\n'

Plan = list[Json]


WARNED = {"minimal": "  expect_failures = [check.somebody_is_told]\n"}


def planned(terraform: Terraform, runs: Mapping[str, str], *, head: str) -> dict[str, Plan]:
    """What each run would create, by its name."""
    blocks = (
        f'run "{name}" {{\n  command = plan\n  variables {{\n{given}\n  }}\n{WARNED.get(name, "")}}}\n'
        for name, given in runs.items()
    )
    (terraform.folder / "tests" / "examples.tftest.hcl").write_text(head + "".join(blocks))
    outcome = outcome_of(terraform, "-filter=tests/examples.tftest.hcl")
    assert {*outcome.runs.values()} == {"pass"}
    return {each["@testrun"]: created(each["test_plan"]) for each in outcome.told if each["type"] == "test_plan"}


def created(plan: Json) -> Plan:
    changes = [each for each in plan["resource_changes"] if each["mode"] == "managed"]
    assert {tuple(each["change"]["actions"]) for each in changes} == {("create",)}
    return [{**each["change"]["after"], "type": each["type"]} for each in changes]


@pytest.fixture(scope="module")
def plans(terraform: Terraform, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Plan]:
    copy = terraform.copied_to(tmp_path_factory.mktemp("examples"))
    return planned(copy, {name: (EXAMPLES / f"{name}.tfvars").read_text() for name in NAMES}, head=MOCKS)


@pytest.fixture(scope="module")
def balancer(terraform: Terraform, tmp_path_factory: pytest.TempPathFactory) -> Plan:
    copy = terraform.copied_to(tmp_path_factory.mktemp("balancer"))
    for path in (*copy.folder.glob("*.tf"), *copy.folder.glob("tests/*.hcl")):
        path.unlink()
    shutil.copy(EXAMPLES / "load_balancer" / "main.tf", copy.folder)
    given = 'project_id = "my-project"\nregion = "europe-west1"\nhost = "hooks.example.com"'
    return planned(copy, {"balancer": given}, head='mock_provider "google" {}\n')["balancer"]


def of_type(plan: Iterable[Json], kind: str) -> Plan:
    return [each for each in plan if each["type"] == kind]


def functions(plan: Plan) -> dict[str, Json]:
    return {
        each["name"].removeprefix("calendar-watch-"): each["service_config"][0]
        for each in of_type(plan, "google_cloudfunctions2_function")
    }


@pytest.mark.parametrize("name", NAMES)
def test_it_plans_three_functions(plans: Mapping[str, Plan], name: str) -> None:
    assert functions(plans[name]).keys() == {"notifications", "renew", "watches"}


def test_behind_a_load_balancer_notifications_alone_is_closed_to_others(plans: Mapping[str, Plan]) -> None:
    ingress = {name: each["ingress_settings"] for name, each in functions(plans["load_balancer"]).items()}
    assert ingress == {"notifications": "ALLOW_INTERNAL_AND_GCLB", "renew": "ALLOW_ALL", "watches": "ALLOW_ALL"}
    assert {each["ingress_settings"] for each in functions(plans["minimal"]).values()} == {"ALLOW_ALL"}


def test_the_balancer_leads_to_notifications_through_cloud_armor_alone(balancer: Plan) -> None:
    [group] = of_type(balancer, "google_compute_region_network_endpoint_group")
    assert group["cloud_run"][0]["service"] == "calendar-watch-notifications"
    [policy] = of_type(balancer, "google_compute_security_policy")
    actions = {each["priority"]: each["action"] for each in policy["rule"]}
    assert actions == {1000: "throttle", 2000: "throttle", 2147483647: "deny(403)"}
    [certificate] = of_type(balancer, "google_compute_managed_ssl_certificate")
    assert certificate["managed"][0]["domains"] == ["hooks.example.com"]
    text = (EXAMPLES / "load_balancer" / "main.tf").read_text()
    assert "security_policy       = google_compute_security_policy.this.id" in text


def test_nobody_is_public_where_the_invoker_check_is_switched_off(plans: Mapping[str, Plan]) -> None:
    public = [each for each in plans["no_invoker_check"] if each.get("member") == "allUsers"]
    assert public == []


def test_a_key_of_ones_own_encrypts_and_the_database_is_left_alone(plans: Mapping[str, Plan]) -> None:
    plan = plans["own_key"]
    assert of_type(plan, "google_firestore_database") == []
    assert {each["database"] for each in of_type(plan, "google_firestore_field")} == {"(default)"}
    assert all(each["kms_key_name"] for each in of_type(plan, "google_cloudfunctions2_function"))


def test_a_whole_domain_may_be_watched_in_all_collections(plans: Mapping[str, Plan]) -> None:
    environment = functions(plans["whole_domain"])["renew"]["environment_variables"]
    assert environment["RESOURCES"] == "acl,calendarList,events,settings"
    assert environment["SAFETY_SYNC_SECONDS"] == "86400"
    assert len(of_type(plans["whole_domain"], "google_pubsub_subscription")) == 4 + 2


def test_sql_is_there_for_whoever_asks_for_it_and_for_nobody_else(plans: Mapping[str, Plan]) -> None:
    tables = of_type(plans["bigquery"], "google_bigquery_table")
    names = {"messages", "changes", "acl_now", "external_now", "gaps", "sharing_raised"}
    assert {each["table_id"] for each in tables} == names
    assert {name for name, plan in plans.items() if any("bigquery" in each["type"] for each in plan)} == {"bigquery"}
    told = {name: functions(plan)["renew"]["environment_variables"] for name, plan in plans.items()}
    assert {name for name, each in told.items() if each.get("BASELINE_IN_STREAM") == "acl"} == {"bigquery"}


def test_what_is_internal_is_told_to_sql_as_to_the_functions(plans: Mapping[str, Plan]) -> None:
    [query] = [
        each["view"][0]["query"]
        for each in of_type(plans["bigquery"], "google_bigquery_table")
        if each["table_id"] == "external_now"
    ]
    domains = functions(plans["bigquery"])["renew"]["environment_variables"]["INTERNAL_DOMAINS"].split(",")
    assert f"[{', '.join(repr(each) for each in domains)}]" in query
