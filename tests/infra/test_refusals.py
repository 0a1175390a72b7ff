"""What is wrong is refused when it is planned, by a message that names it, and Terraform refuses what the code does.

Only what validates is planned, without a provider: a moment each. Run with `make infra-check`.
"""

import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path

import pytest

from calendar_watch.config.settings import Settings
from tests.doubles.local_pubsub import filters
from tests.infra.conftest import INFRA, Terraform, block, tuning
from tests.infra.made_up_projects import ORDINARY
from tests.infra.wrong_configurations import WRONG

PROBES = (
    *("-1", "0", "0.05", "0.1", "0.15", "0.999", "1", "1.5", "256", "257", "3650", "3650.5", "1000000", "1000001"),
    *("315360000", "315360001", "one", "1h", "full", "fingerprint", "Full", "DEBUG", "INFO", "debug"),
    *("acl", "acl, settings", "acl,events"),
    *(
        "https://example.com",
        "https://example.com:8443/a?b=c",
        "https://[::1]/",
        "https://me@example.com",
        "https://a b",
    ),
    *("https://example.com/#a", "example.com"),
)
"""Both sides of every limit, and what somebody may give for another kind of value."""


class Variables:
    """The variables alone, with what they are held against."""

    def __init__(self, terraform: Terraform, folder: Path):
        for name in ("variables.tf", "limits.tf"):
            shutil.copy(INFRA / name, folder)
        functions = block((INFRA / "functions.tf").read_text(), "functions = {")
        (folder / "functions.tf").write_text(f"locals {{\n  functions = {{\n{functions}  }}\n}}\n")
        (folder / "terraform.tfvars").write_text(ORDINARY)
        self._terraform = Terraform(terraform.command, folder)

    def refusal(self, configuration: str) -> str:
        (self._terraform.folder / "given.tfvars").write_text(configuration)
        done = self._terraform.run("plan", "-json", "-input=false", "-var-file=given.tfvars")
        told = [json.loads(line) for line in done.stdout.splitlines()]
        errors = [each["diagnostic"] for each in told if each["@level"] == "error"]
        return "\n".join(f"{each['summary']}: {each['detail']}" for each in errors)


@pytest.fixture(scope="module")
def variables(terraform: Terraform, tmp_path_factory: pytest.TempPathFactory) -> Variables:
    return Variables(terraform, tmp_path_factory.mktemp("variables"))


@pytest.fixture(scope="module")
def refused(variables: Variables) -> Mapping[str, str]:
    return {what: variables.refusal(configuration) for what, (configuration, _) in WRONG.items()}


def test_what_is_right_is_taken(variables: Variables) -> None:
    assert variables.refusal("") == ""


FILTERS = (
    'attributes.ce-resource = "acl"',
    'attributes.ce-exposurechange="raised" AND (attributes.ce-exposure = "public" OR attributes.ce-role="owner")',
    'attributes:ce-role AND NOT attributes.ce-role != "freeBusyReader"',
    'NOT (hasPrefix(attributes.ce-type, "calendarwatch.watch.") OR attributes."ce-user" = "a \\"quoted\\" name")',
)


def test_every_filter_that_pubsub_takes_is_taken(variables: Variables) -> None:
    given = "".join(f"  s{number} = {{ filter = {json.dumps(each)} }}\n" for number, each in enumerate(FILTERS))
    for each in FILTERS:
        filters.parse(each)
    assert variables.refusal(f"change_subscribers = {{\n{given}}}") == ""


@pytest.mark.parametrize("what", WRONG)
def test_it_is_refused_by_a_message_that_names_it(refused: Mapping[str, str], what: str) -> None:
    _, named = WRONG[what]
    assert [each for each in named if each not in refused[what]] == [], refused[what]


def test_every_validation_refuses_something(refused: Mapping[str, str]) -> None:
    lines = (INFRA / "variables.tf").read_text().splitlines()
    validations = {number for number, line in enumerate(lines, 1) if line == "  validation {"}
    seen = re.findall(r"validation rule at variables\.tf:(\d+)", "".join(refused.values()))
    assert {int(number) for number in seen} == validations


def code_refuses(name: str, value: str) -> str:
    """The rest of a sentence that begins with the setting, or nothing."""
    [variable] = [each for each in fields(Settings) if each.name == name]
    try:
        variable.metadata["parse"](value)
    except ValueError as problem:
        return str(problem)
    return ""


@pytest.mark.parametrize("value", PROBES)
def test_terraform_refuses_what_the_code_does_in_the_same_words(
    variables: Variables, texts: dict[str, str], value: str
) -> None:
    names = [name.lower() for name in sorted(tuning(texts))]
    given = "".join(f'  {name} = "{value}"\n' for name in names)
    told = variables.refusal(f'auth_mode = "token_service"\ntuning = {{\n{given}}}')
    by_terraform = dict(re.findall(r"tuning\.(\w+) = .*? (must .*)\.$", told, re.MULTILINE))
    assert by_terraform == {name: problem for name in names if (problem := code_refuses(name, value))}
