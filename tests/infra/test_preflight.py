"""`make preflight` names every trouble of a project, with its remedy, and stays calm whatever gcloud says."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from infra.tools.preflight import project_checks
from infra.tools.preflight.__main__ import main
from tests.infra.conftest import INFRA, Json
from tests.infra.made_up_projects import ACCOUNT, NOTHING_WRONG, ORDINARY, POLICY, PROJECTS, error, granted
from tests.support.gcloud import install_gcloud

LINE = re.compile(r"^(\S.*?) +(ok|trouble|look) +(.*)(?:\n +-> (.*))?$", re.MULTILINE)


class Preflight:
    """Runs it beside a gcloud that gives these answers."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._bin = folder / "bin"
        self._bin.mkdir()

    def run(self, configuration: str, answers: Json | None) -> subprocess.CompletedProcess[str]:
        (self._folder / "terraform.tfvars").write_text(configuration)
        if answers is not None:
            install_gcloud(self._bin, answers)
        command = [sys.executable, "-m", "infra.tools.preflight", str(self._folder / "terraform.tfvars")]
        environ = {"PATH": str(self._bin), "PYTHONPATH": str(INFRA.parent), "PYTHONDONTWRITEBYTECODE": "1"}
        return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603


@pytest.fixture
def preflight(tmp_path: Path) -> Preflight:
    return Preflight(tmp_path)


def told(done: subprocess.CompletedProcess[str]) -> dict[str, tuple[str, str, str]]:
    assert done.stderr == ""
    return {name: (result, detail, remedy) for name, result, detail, remedy in LINE.findall(done.stdout)}


@pytest.mark.parametrize("what", PROJECTS)
def test_every_trouble_is_named_with_its_remedy_and_no_other(preflight: Preflight, what: str) -> None:
    configuration, answers, troubles = PROJECTS[what]
    done = preflight.run(configuration, NOTHING_WRONG | answers)
    found = told(done)
    assert {name for name, (result, _, _) in found.items() if result == "trouble"} == troubles.keys()
    for name, (so, remedy) in troubles.items():
        assert so in found[name][1]
        assert remedy in found[name][2]
    assert done.returncode == bool(troubles)


def test_what_gcloud_does_not_tell_is_left_to_whoever_may_see_it(preflight: Preflight) -> None:
    done = preflight.run(ORDINARY, NOTHING_WRONG | {POLICY: error("PERMISSION_DENIED")})
    assert told(done)["policy: sharing"][:2] == ("look", "gcloud does not tell: (gcloud) PERMISSION_DENIED")
    assert done.returncode == 0


@pytest.mark.parametrize("answer", [["Updates are available."], [{"name": "run.googleapis.com"}], {"config": None}])
def test_an_answer_of_another_form_is_told_in_a_sentence(preflight: Preflight, answer: object) -> None:
    result, so, _ = told(preflight.run(ORDINARY, NOTHING_WRONG | {"services list": answer}))["APIs"]
    assert (result, so) == ("look", "gcloud answered in a form that is not known here.")


OF_A_GROUP = {"projects get-iam-policy": granted(owner="group:admins@example.com")}
WIDER = {f"{POLICY} gcp.resourceLocations": {"listPolicy": {"allowedValues": ["in:eu-locations"]}}}
ELSEWHERE = {
    "firestore databases list": [
        {"name": "projects/example/databases/ours", "type": "FIRESTORE_NATIVE", "locationId": "eur3"}
    ]
}
KEY = 'kms_key_name = "projects/keys/locations/europe-west1/keyRings/ring/cryptoKeys/key"\n'


@pytest.mark.parametrize(
    ("check", "configuration", "answers", "so"),
    [
        ("roles", "", OF_A_GROUP, "Groups hold some"),
        ("policy: places", "", WIDER, "in:eu-locations"),
        ("database", 'firestore = { create = false, name = "ours" }\n', ELSEWHERE, "in eur3"),
        ("key", KEY, {}, "The key is there"),
    ],
)
def test_what_only_a_person_can_judge_is_no_trouble(
    preflight: Preflight, check: str, configuration: str, answers: dict[str, Any], so: str
) -> None:
    result, detail, remedy = told(preflight.run(ORDINARY + configuration, NOTHING_WRONG | answers))[check]
    assert result == "look"
    assert so in detail
    assert remedy


def test_what_the_configuration_provides_for_is_no_trouble(preflight: Preflight) -> None:
    restricted = {f"{POLICY} iam.allowedPolicyMemberDomains": {"listPolicy": {"allowedValues": ["C01abcdef"]}}}
    done = preflight.run(f'{ORDINARY}notification_access = "no_invoker_check"\n', NOTHING_WRONG | restricted)
    assert told(done)["policy: sharing"][0] == "ok"


def test_a_database_that_is_not_there_is_a_trouble(preflight: Preflight) -> None:
    done = preflight.run(f"{ORDINARY}firestore = {{ create = false }}\n", NOTHING_WRONG)
    assert told(done)["database"][1] == "firestore.create is false, but example has no database calendar-watch."


def test_nobody_logged_in_is_a_trouble(preflight: Preflight) -> None:
    done = preflight.run(ORDINARY, NOTHING_WRONG | {"auth list": []})
    assert told(done) == {"login": ("trouble", "gcloud is not logged in.", "gcloud auth login")}
    assert "Checked: 1, with trouble: 1." in done.stdout


def test_no_token_is_printed(preflight: Preflight) -> None:
    assert "ya29" not in preflight.run(ORDINARY, NOTHING_WRONG).stdout


@pytest.mark.parametrize(
    ("configuration", "sentence"),
    [
        ("project_id = \n", "line 2 ends too early"),
        ('region "europe-west1"\n', "line 1 lacks a ="),
        ("resources = <<EOT\nacl\nEOT\n", "line 1 holds '<'"),
        ('region = "europe-west1"\n', "must name project_id and region."),
    ],
)
def test_an_unreadable_configuration_is_told_in_a_sentence(
    preflight: Preflight, configuration: str, sentence: str
) -> None:
    done = preflight.run(configuration, NOTHING_WRONG)
    assert (sentence in done.stdout, done.stderr, done.returncode) == (True, "", 2)


def test_whoever_has_no_configuration_is_told_how_to_begin(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(str(tmp_path / "terraform.tfvars")) == 2
    assert "cp infra/examples/minimal.tfvars infra/terraform.tfvars" in capsys.readouterr().out


def test_sql_takes_one_role_more(preflight: Preflight) -> None:
    roles = dict.fromkeys(project_checks.FIRST_APPLY, f"user:{ACCOUNT}")
    answers = NOTHING_WRONG | {"projects get-iam-policy": granted(**roles)}
    assert told(preflight.run(ORDINARY, answers))["roles"][0] == "ok"
    sql = 'bigquery = { dataset = "changes", location = "EU" }\n'
    result, detail, _ = told(preflight.run(ORDINARY + sql, answers))["roles"]
    assert (result, detail) == ("trouble", f"{ACCOUNT} lacks: roles/bigquery.dataOwner.")


def test_a_machine_without_gcloud_is_told_in_a_sentence(preflight: Preflight) -> None:
    done = preflight.run(ORDINARY, None)
    assert (done.stdout[:24], done.stderr, done.returncode) == ("There is no gcloud here:", "", 2)


def test_it_reckons_with_the_roles_that_readers_are_told_of() -> None:
    readme = (INFRA / "README.md").read_text()
    [listed] = re.findall(r"^for r in (artifactregistry\.admin [^;]*);", readme, re.MULTILINE)
    checks = (INFRA / "tools" / "preflight" / "project_checks.py").read_text()
    [reckoned] = re.findall(r"^FIRST_APPLY = \((.*?)^\)", checks, re.MULTILINE | re.DOTALL)
    assert set(re.findall(r'"([\w.]+)"', reckoned)) == set(listed.replace("\\", "").split())
    assert f"needs `roles/{project_checks.WITH_BIGQUERY}` besides" in readme


def test_it_reckons_with_the_defaults_of_terraform(texts: dict[str, str]) -> None:
    project = (INFRA / "tools" / "preflight" / "project.py").read_text()
    for name, value in re.findall(r'"(\w+)": (None|"\w+")', project):
        stated = re.search(rf'variable "{name}".*?default += (\S+)', texts["variables.tf"], re.DOTALL)
        assert stated
        assert stated[1] == value.replace("None", "null")
    assert f'"{re.findall(r"DATABASE = .(.*).$", project, re.MULTILINE)[0]}"' in texts["firestore.tf"]


def test_whoever_is_logged_in_is_named(preflight: Preflight) -> None:
    assert ACCOUNT in told(preflight.run(ORDINARY, NOTHING_WRONG))["login"][1]
