"""What Terraform makes of infra/, in an empty project: above all who may do what.

Providers are mocks: nothing is asked of Google. Run with `make infra-check`.
"""

import re
from collections.abc import Iterator

import pytest

from calendar_watch.config.settings import ReceiverSettings, Settings
from tests.infra.conftest import Json, Outcome, Terraform

KEYS = {"CHANNEL_TOKEN_KEYS": "k" * 32}
CALENDAR, NOTIFICATIONS = "calendar-watch-calendar@", "serviceAccount:calendar-watch-notifications@"
WORKERS = {f"serviceAccount:calendar-watch-{name}@example.iam.gserviceaccount.com" for name in ("renew", "watches")}


def granted(outcome: Outcome) -> Iterator[Json]:
    """Every grant of a role there is, on whatever."""
    return (each["values"] for each in outcome.resources if each["type"].endswith("_iam_member"))


def functions(outcome: Outcome) -> dict[str, Json]:
    deployed = outcome.of_type("google_cloudfunctions2_function")
    return {each["name"].removeprefix("calendar-watch-"): each["service_config"][0] for each in deployed}


def test_it_is_formatted(terraform: Terraform) -> None:
    assert terraform.run("fmt", "-check", "-recursive", "-diff").stdout == ""


def test_it_is_valid(terraform: Terraform) -> None:
    done = terraform.run("validate", "-no-color")
    assert done.returncode == 0, done.stderr


def test_its_own_tests_pass(outcome: Outcome) -> None:
    assert outcome.runs
    assert set(outcome.runs.values()) == {"pass"}


def test_only_notifications_is_public(outcome: Outcome) -> None:
    public = [each for each in granted(outcome) if each["member"].startswith("all")]
    assert [(each["name"], each["role"]) for each in public] == [("calendar-watch-notifications", "roles/run.invoker")]


def test_nobody_but_the_workers_may_be_the_calendar_account(outcome: Outcome) -> None:
    may = [each for each in granted(outcome) if CALENDAR in each.get("service_account_id", "")]
    assert {each["member"] for each in may} == WORKERS
    assert {each["role"] for each in may} == {"projects/example/roles/calendar_watch_signer"}


def test_the_calendar_account_has_no_rights_here(outcome: Outcome) -> None:
    assert not [each for each in granted(outcome) if CALENDAR in each["member"]]


def test_notifications_may_create_read_its_secret_and_wake_and_no_more(outcome: Outcome) -> None:
    may = {each["role"] for each in granted(outcome) if each["member"].startswith(NOTIFICATIONS)}
    assert may == {
        "projects/example/roles/calendar_watch_announcer",
        "roles/pubsub.publisher",
        "roles/secretmanager.secretAccessor",
    }
    topics = (each for each in granted(outcome) if "topic" in each)
    [topic] = [each["topic"] for each in topics if each["member"].startswith(NOTIFICATIONS)]
    assert topic.endswith("/calendar-watch-wakeups")


def test_custom_roles_hold_one_permission_each(outcome: Outcome) -> None:
    roles = outcome.of_type("google_project_iam_custom_role")
    permissions = {each["role_id"]: each["permissions"] for each in roles}
    assert permissions == {
        "calendar_watch_announcer": ["datastore.entities.create"],
        "calendar_watch_signer": ["iam.serviceAccounts.signJwt"],
    }


def test_rights_to_the_whole_project_are_conditional(outcome: Outcome) -> None:
    unconditional = [each["role"] for each in outcome.of_type("google_project_iam_member") if not each["condition"]]
    assert unconditional == ["roles/logging.logWriter"]


def test_keys_are_nowhere_in_the_state(outcome: Outcome) -> None:
    assert not outcome.of_type("google_secret_manager_secret_version")
    for config in functions(outcome).values():
        assert [each["key"] for each in config["secret_environment_variables"]] == ["CHANNEL_TOKEN_KEYS"]


@pytest.mark.parametrize("name", ["renew", "watches"])
def test_workers_accept_their_environment(outcome: Outcome, name: str) -> None:
    settings = Settings.from_environ({**functions(outcome)[name]["environment_variables"], **KEYS})
    assert settings.notification_url == "https://calendar-watch-notifications-123456789012.europe-west1.run.app"
    assert settings.changes_topic == "projects/example/topics/calendar-watch-changes"
    assert settings.calendar_service_account.startswith(CALENDAR)
    assert settings.subject_domains == {"example.com", "example.org"}


def test_notifications_accepts_its_environment(outcome: Outcome) -> None:
    settings = ReceiverSettings.from_environ({**functions(outcome)["notifications"]["environment_variables"], **KEYS})
    assert settings.wakeup_topic == "projects/example/topics/calendar-watch-wakeups"


def test_renew_may_publish_to_handover_and_changes_and_nowhere_else(outcome: Outcome) -> None:
    renew = "serviceAccount:calendar-watch-renew@"
    topics = {each["topic"] for each in granted(outcome) if "topic" in each and each["member"].startswith(renew)}
    assert topics == {f"projects/example/topics/calendar-watch-{name}" for name in ("changes", "handover")}
    environment = functions(outcome)["renew"]["environment_variables"]
    assert environment["HANDOVER_TOPIC"] == "projects/example/topics/calendar-watch-handover"
    assert "HANDOVER_TOPIC" not in functions(outcome)["watches"]["environment_variables"]


@pytest.mark.parametrize(("name", "path"), [("wakeups", "wakeups"), ("handover", "shards")])
def test_what_is_meant_for_renew_goes_to_where_it_listens_as_somebody_it_lets_in(
    outcome: Outcome, name: str, path: str
) -> None:
    [found] = [each for each in outcome.of_type("google_pubsub_subscription") if each["name"].endswith(f"-{name}")]
    [push] = found["push_config"]
    address = functions(outcome)["renew"]["uri"]
    assert push["push_endpoint"] == f"{address}/{path}"
    assert [each["audience"] for each in push["oidc_token"]] == [address]
    callers = {each["member"] for each in granted(outcome) if each.get("name") == "calendar-watch-renew"}
    assert callers == {f"serviceAccount:{push['oidc_token'][0]['service_account_email']}"}


def test_functions_are_built_after_everything_was_granted_to_their_accounts(
    outcome: Outcome, texts: dict[str, str]
) -> None:
    accounts = {f"serviceAccount:{each['service_account_email']}" for each in functions(outcome).values()}
    granted_before = {
        f"{each['type']}.{each['name']}"
        for each in outcome.resources
        if each["type"].endswith("_iam_member") and each["values"]["member"] in accounts
    }
    awaited = re.findall(r"^    (google_\w+\.\w+),$", texts["functions.tf"], re.MULTILINE)
    assert granted_before
    assert granted_before <= set(awaited)
