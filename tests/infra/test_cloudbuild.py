"""Pull requests are checked exactly as what is deployed, and can only plan."""

import json
import os
import re
import stat
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tests.infra.conftest import INFRA, Terraform

BUILDS = ("cloudbuild.yaml", "infra/cloudbuild.plan.yaml")


@pytest.fixture
def builds() -> dict[str, str]:
    return {name: (INFRA.parent / name).read_text() for name in BUILDS}


def steps(build: str) -> dict[str, str]:
    return {text.split()[0]: text for text in re.split(r"^  - id: ", build, flags=re.MULTILINE)[1:]}


def test_a_pull_request_is_checked_as_what_is_deployed(builds: dict[str, str]) -> None:
    deploy, propose = (steps(builds[name]) for name in BUILDS)
    assert list(deploy) == ["check", "infra", "plan", "apply", "no_invoker_check", "verify"]
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


CHOSEN = ("terraform.tfvars", "ours.auto.tfvars", "ours.auto.tfvars.json")


@pytest.mark.parametrize("name", BUILDS)
def test_what_was_chosen_is_not_given_to_the_tests_but_planned(
    builds: dict[str, str], tmp_path: Path, name: str
) -> None:
    infra = tmp_path / "infra"
    infra.mkdir()
    for file in (*CHOSEN, "variables.tf"):
        (infra / file).touch()
    terraform = infra / "terraform"
    terraform.write_text('#!/bin/sh\necho "$1" *.tf*\n')
    terraform.chmod(stat.S_IRWXU)
    said = run(steps(builds[name])["infra"], infra, {"_STATE_BUCKET": "states", "TMPDIR": str(tmp_path)})
    assert said.splitlines()[1:] == [f"{command} variables.tf" for command in ("fmt", "validate", "test")]
    assert all((infra / file).exists() for file in CHOSEN)


def test_nor_is_it_given_to_the_tests_at_the_desk(tmp_path: Path) -> None:
    chosen = Terraform("terraform").copied_to(tmp_path / "theirs")
    for file in CHOSEN:
        (chosen.folder / file).touch()
    tested = chosen.copied_to(tmp_path / "ours").folder
    assert not [*tested.glob("*.tfvars*")]
    assert [*tested.glob("examples/*.tfvars")]


def run(step: str, folder: Path, given: dict[str, str]) -> str:
    """Beside programs of ours that lie in that folder."""
    environment = {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}", **given}
    command = ["bash", "-c", textwrap.dedent(step.partition("script: |\n")[2])]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True).stdout  # noqa: S603


def verified(build: str, folder: Path, **substitutions: str) -> str:
    """What its last step says after an apply; a Python of ours says what it would run."""
    (folder / "infra").mkdir()
    (folder / "infra" / "watches.url").write_text("https://watches.example.com")
    variables = {"name": {"value": "calendar-watch"}, "project_id": {"value": "example"}}
    (folder / "infra" / "deploy.tfplan.json").write_text(json.dumps({"variables": variables}))
    python = folder / "python3"
    python.write_text(f'#!/bin/sh\n[ "$1" = -m ] || exec {sys.executable} "$@"\necho "$@"\n')
    python.chmod(stat.S_IRWXU)
    given = {"_APPLY": "true", "_VERIFY": "true", "_SUBJECT": "", "_CALENDAR": "", **substitutions}
    return run(steps(build)["verify"], folder, given)


ACCOUNT = "--account=calendar-watch-verifier@example.iam.gserviceaccount.com"


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        (
            {"_SUBJECT": "alice@example.com", "_CALENDAR": "c_1@group"},
            "--subject=alice@example.com --calendar=c_1@group ",
        ),
        ({"_SUBJECT": "alice@example.com"}, "--subject=alice@example.com "),
        ({}, ""),
    ],
)
def test_what_was_applied_is_verified(
    builds: dict[str, str], tmp_path: Path, given: dict[str, str], asked: str
) -> None:
    said = verified(builds["cloudbuild.yaml"], tmp_path, **given)
    assert said == f"-m infra.tools.verify https://watches.example.com {asked}{ACCOUNT}\n"


@pytest.mark.parametrize("given", [{"_APPLY": "false"}, {"_VERIFY": "false"}])
def test_only_on_demand_and_only_what_was_applied(
    builds: dict[str, str], tmp_path: Path, given: dict[str, str]
) -> None:
    assert (
        verified(builds["cloudbuild.yaml"], tmp_path, **given) == "not verified: _APPLY and _VERIFY are not both true\n"
    )


@pytest.mark.parametrize("name", BUILDS)
def test_every_step_and_every_build_ends_in_time_and_logs(builds: dict[str, str], name: str) -> None:
    assert re.search(r"^timeout: \d+s$", builds[name], re.MULTILINE)
    assert "logging: CLOUD_LOGGING_ONLY" in builds[name]
    assert all(re.search(r"^    timeout: \d+s$", step, re.MULTILINE) for step in steps(builds[name]).values())
