"""An update changes so little that who deploys it may do little. Run with `make infra-check`."""

import re
from collections.abc import Mapping

import pytest

from tests.infra.conftest import INFRA, Json, Outcome, Terraform, outcome_of

UPDATES = {
    "another_source": "variables {}\n  override_data {\n    target = data.archive_file.functions\n"
    '    values = { output_sha256 = "2" }\n  }',
    "another_setting": "variables {\n    tuning = { sweep_threads = 32 }\n  }",
    "another_channel": 'variables {\n    alert_channels = ["projects/example/notificationChannels/2"]\n  }',
}
COVERED_BY = {
    "google_cloudfunctions2_function": "cloudfunctions.developer",
    "google_monitoring_alert_policy": "monitoring.alertPolicyEditor",
    "google_monitoring_dashboard": "monitoring.dashboardEditor",
    "google_storage_bucket_object": "storage.objectUser",
}
"""Which of the deployer's roles may change such a thing."""

HEAD = """
mock_provider "archive" {
  mock_data "archive_file" {
    defaults = { output_sha256 = "1" }
  }
}
mock_provider "google" {
  source = "./tests/mocks"
}
variables {
  project_id      = "example"
  region          = "europe-west1"
  subject_domains = ["example.com"]
  watch_invokers  = ["user:alice@example.com"]
  alert_channels  = ["projects/example/notificationChannels/1"]
}
run "first" {}
"""

Changes = Mapping[str, set[str]]


@pytest.fixture(scope="module")
def planned(terraform: Terraform, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    copy = terraform.copied_to(tmp_path_factory.mktemp("updates"))
    runs = (f'run "{name}" {{\n  command = plan\n  {given}\n}}\n' for name, given in UPDATES.items())
    (copy.folder / "tests" / "updates.tftest.hcl").write_text(HEAD + "".join(runs))
    return outcome_of(copy, "-filter=tests/updates.tftest.hcl")


@pytest.fixture(scope="module")
def changed(planned: Outcome) -> Changes:
    """Types of what each update changes."""
    plans = {each["@testrun"]: each["test_plan"] for each in planned.told if each["type"] == "test_plan"}
    return {name: {each["type"] for each in plan["resource_changes"] if changes(each)} for name, plan in plans.items()}


def changes(resource: Json) -> bool:
    return bool(resource["mode"] == "managed" and resource["change"]["actions"] != ["no-op"])


def deployer() -> set[str]:
    """The roles that readers are told to give to whoever deploys updates."""
    readme = (INFRA / "README.md").read_text()
    [on_project] = re.findall(r"^for r in (browser cloudfunctions[^;]*);", readme, re.MULTILINE)
    return {*on_project.replace("\\", "").split(), *re.findall(r"\$\(sa deployer\) --role=roles/([\w.]+)", readme)}


@pytest.mark.parametrize(
    ("update", "types"),
    [
        ("another_source", {"google_cloudfunctions2_function", "google_storage_bucket_object"}),
        ("another_setting", {"google_cloudfunctions2_function"}),
        ("another_channel", {"google_monitoring_alert_policy"}),
    ],
)
def test_an_update_changes_no_more_than(changed: Changes, update: str, types: set[str]) -> None:
    assert changed[update] == types


def test_the_deployer_may_make_every_update(changed: Changes) -> None:
    needed = {COVERED_BY[kind] for types in changed.values() for kind in types}
    assert needed <= deployer()


def test_the_deployer_may_do_nothing_else() -> None:
    to_run = {"browser", "logging.logWriter", "iam.serviceAccountUser"}
    to_verify = {"iam.serviceAccountOpenIdTokenCreator"}  # of its own identity, and only if one wants to
    assert deployer() == {*COVERED_BY.values(), *to_run, *to_verify}
