"""What Terraform and Python both name has the same name, and the same default, in both; no Terraform is needed."""

import re
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

import main
from calendar_watch.config.settings import ReceiverSettings, Settings
from calendar_watch.model.resources import RESOURCES
from tests.infra.conftest import block, keys, tuning

ROOT = Path(main.__file__).parent.parent
RECEIVER = {each.name.upper() for each in fields(ReceiverSettings)}
ALL = {each.name.upper() for each in fields(Settings)}
NOT_DEPLOYED = {"CALENDAR_API_ROOT", "PUBSUB_EMULATOR_HOST"}
"""Google's own is the only one worth deploying against."""
BY_SECRET = {"CHANNEL_TOKEN_KEYS"}


def default(texts: dict[str, str], variable: str) -> str:
    found = re.search(r"^ +default += (.*)$", block(texts["variables.tf"], f'variable "{variable}"'), re.MULTILINE)
    assert found
    return ",".join(re.findall(r'"([^"]*)"', found[1]))


def settings_default(name: str) -> str:
    [found] = [each for each in fields(Settings) if each.name == name]
    return str(found.metadata["default"])


def test_every_function_is_an_entry_point(texts: dict[str, str]) -> None:
    functions = keys(block(texts["functions.tf"], "functions = {"))
    assert functions == {"notifications", "renew", "watches"}
    assert all(callable(getattr(main, name)) for name in functions)
    assert re.search(r"entry_point += each\.key", texts["functions.tf"])


def test_workers_are_told_every_variable_there_is(texts: dict[str, str]) -> None:
    told_all = keys(block(texts["functions.tf"], "_told_all = {"))
    told_each = keys(block(texts["functions.tf"], "environment_variables = merge("))
    told_workers = told_all | keys(block(texts["functions.tf"], "_told_workers = merge(")) | tuning(texts) | told_each
    told_renew = set(re.findall(r"renew += merge\(local\._told_workers, \{ (\w+) =", texts["functions.tf"]))
    assert told_renew
    assert told_workers | told_renew == ALL - NOT_DEPLOYED - BY_SECRET - {"WAKEUP_TOPIC"}


def test_notifications_is_told_its_own_variables_alone(texts: dict[str, str]) -> None:
    told_all = keys(block(texts["functions.tf"], "_told_all = {"))
    own = keys(block(texts["functions.tf"], "notifications = merge(local._told_all, {"))
    picked = set(re.findall(r'if name == "(\w+)"', texts["functions.tf"]))
    assert told_all | own | picked == RECEIVER - NOT_DEPLOYED - BY_SECRET


def test_keys_come_by_secret(texts: dict[str, str]) -> None:
    secrets = block(texts["functions.tf"], "secret_environment_variables {")
    assert set(re.findall(r'key +=\s"(\w+)"', secrets)) == BY_SECRET


@pytest.mark.parametrize("name", ["auth_mode", "resources"])
def test_defaults_stated_twice_are_the_same(texts: dict[str, str], name: str) -> None:
    assert default(texts, name) == settings_default(name)


def test_the_database_is_called_the_same(texts: dict[str, str]) -> None:
    assert f'coalesce(var.firestore.name), "{settings_default("firestore_database")}")' in texts["firestore.tf"]


def test_terraform_reckons_with_the_defaults_of_the_code(texts: dict[str, str]) -> None:
    stated = re.findall(r"try\(coalesce\((?:tonumber\()?var\.tuning\.(\w+)\)+, ([\d.]+)\)", texts["variables.tf"])
    assert {name: settings_default(name) for name, _ in stated} == dict(stated)
    assert len(dict(stated)) == 5


def test_scopes_are_the_least_of_each_collection(texts: dict[str, str]) -> None:
    stated = dict(re.findall(r'^ +(\w+) += "(https://www\..*/auth/.*)"$', texts["accounts.tf"], re.MULTILINE))
    assert stated == {each.name: each.scope for each in RESOURCES.values()}
    assert all(f'"{name}"' in block(texts["variables.tf"], 'variable "resources"') for name in stated)


def test_collections_are_those_of_the_store(texts: dict[str, str]) -> None:
    configured = set(re.findall(r'"(calendar_watch\w+)"', texts["firestore.tf"]))
    assert configured == set(re.findall(r'"(calendar_watch\w+)"', _code("firestore")))


def test_the_field_that_expires_is_the_one_that_is_written(texts: dict[str, str]) -> None:
    expiry = block(texts["firestore.tf"], 'resource "google_firestore_field" "expiry"')
    [field] = re.findall(r'field += "(\w+)"', expiry)
    assert f'"{field}":' in _code("firestore")


def test_the_runtime_is_the_python_that_the_code_is_written_for(texts: dict[str, str]) -> None:
    target = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["ruff"]["target-version"]
    assert f'runtime           = "{target.replace("py", "python")}"' in texts["functions.tf"]


def test_nothing_takes_away_what_others_were_granted(texts: dict[str, str]) -> None:
    authoritative = re.compile(r'"google_\w+_iam_(?:binding|policy)"')
    assert not [name for name, text in texts.items() if authoritative.search(text)]


def _code(drawer: str) -> str:
    return "".join(each.read_text() for each in (ROOT / "functions" / "calendar_watch" / drawer).glob("*.py"))


VARIABLES = {
    *("project_id", "region", "name", "resources", "subject_domains", "auth_mode", "notification_access"),
    *("notification_url", "firestore", "kms_key_name", "token_key_versions", "watch_invokers", "change_subscribers"),
    *("alert_channels", "deletion_protection", "tuning", "ingress", "internal_domains", "memory", "max_instances"),
    "bigquery",
}
OUTPUTS = {"watches_url", "notification_url", "delegation_client_id", "delegation_scopes", "changes_topic"}


def test_variables_and_outputs_are_called_as_the_contract_calls_them(texts: dict[str, str]) -> None:
    assert set(re.findall(r'^variable "(\w+)"', texts["variables.tf"], re.MULTILINE)) >= VARIABLES
    assert set(re.findall(r'^output "(\w+)"', texts["outputs.tf"], re.MULTILINE)) == OUTPUTS
    assert default(texts, "notification_access") == "all_users"
