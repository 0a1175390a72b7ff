"""Pull requests are checked exactly as what is deployed, and can only plan."""

import re

import pytest

from tests.infra.conftest import INFRA

BUILDS = ("cloudbuild.yaml", "infra/cloudbuild.plan.yaml")


@pytest.fixture
def builds() -> dict[str, str]:
    return {name: (INFRA.parent / name).read_text() for name in BUILDS}


def steps(build: str) -> dict[str, str]:
    return {text.split()[0]: text for text in re.split(r"^  - id: ", build, flags=re.MULTILINE)[1:]}


def test_a_pull_request_is_checked_as_what_is_deployed(builds: dict[str, str]) -> None:
    deploy, propose = (steps(builds[name]) for name in BUILDS)
    assert list(deploy) == ["check", "infra", "plan", "apply", "no_invoker_check"]
    assert list(propose) == ["check", "infra", "plan"]
    assert (deploy["check"], deploy["infra"]) == (propose["check"], propose["infra"])


def test_a_pull_request_can_only_plan(builds: dict[str, str]) -> None:
    assert "terraform apply" not in builds["infra/cloudbuild.plan.yaml"]
    accounts = {name: re.findall(r"^serviceAccount: (.*)$", text, re.MULTILINE) for name, text in builds.items()}
    assert ["planner" in account for [account] in accounts.values()] == [False, True]


def test_what_is_applied_is_what_was_planned_and_only_on_demand(builds: dict[str, str]) -> None:
    apply = steps(builds["cloudbuild.yaml"])["apply"]
    assert '_APPLY: "false"' in builds["cloudbuild.yaml"]
    assert (
        apply.index('"$_APPLY" != true')
        < apply.index("exit 0")
        < apply.index("terraform apply -input=false deploy.tfplan")
    )


@pytest.mark.parametrize("name", BUILDS)
def test_every_step_and_every_build_ends_in_time_and_logs(builds: dict[str, str], name: str) -> None:
    assert re.search(r"^timeout: \d+s$", builds[name], re.MULTILINE)
    assert "logging: CLOUD_LOGGING_ONLY" in builds[name]
    assert all(re.search(r"^    timeout: \d+s$", step, re.MULTILINE) for step in steps(builds[name]).values())
