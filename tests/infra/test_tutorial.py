"""The tutorial has the form that Cloud Shell reads, and says what is so.

https://cloud.google.com/shell/docs/cloud-shell-tutorials/tutorials
"""

import re
from collections.abc import Mapping

import pytest

from tests.infra.conftest import INFRA, Outcome

STEPS = ("1", "2", "3", "4", "5")


@pytest.fixture
def text() -> str:
    return (INFRA / "TUTORIAL.md").read_text()


@pytest.fixture
def steps(text: str) -> Mapping[str, str]:
    """By number, those that are commands of the five."""
    return {
        part[0]: part
        for part in re.split(r"^## ", text, flags=re.MULTILINE)[1:]
        if part[:2] in {"1.", "2.", "3.", "4.", "5."}
    }


def test_it_begins_as_a_tutorial_of_cloud_shell(text: str) -> None:
    assert re.match(r'# .+\n\n<walkthrough-tutorial-duration duration="\d+"></walkthrough-tutorial-duration>\n', text)
    tags = re.findall(r"<(/?)(walkthrough-[a-z-]+)[^>]*?(/?)>", text)
    opened = [name for end, name, alone in tags if not (end or alone)]
    assert sorted(opened) == sorted(name for end, name, _ in tags if end)


def test_there_are_five_commands_each_with_an_honest_time(text: str, steps: Mapping[str, str]) -> None:
    assert tuple(steps) == STEPS
    for number, step in steps.items():
        [expected] = re.findall(rf"^\| {number} \| .* \| (.*) \|$", text, re.MULTILINE)
        assert step.count("```sh") == 1
        assert expected == "seconds" or f"Expected, not measured: {expected}" in step


def test_what_it_targets_is_there_and_what_it_warns_of_is_said(steps: Mapping[str, str], texts: dict[str, str]) -> None:
    [kind, name] = re.findall(r"-target=(\w+)\.(\w+)", steps["3"])[0]
    assert f'resource "{kind}" "{name}"' in texts["secrets.tf"]
    assert "resource targeting is in effect" in steps["3"]


def test_every_output_and_file_that_it_names_is_there(text: str, texts: dict[str, str]) -> None:
    for output in re.findall(r"output (?:-raw )?(\w+)", text):
        assert f'output "{output}"' in texts["outputs.tf"]
    for path in re.findall(r"\b(?:infra|functions)/[\w/.-]+\.(?:md|tfvars)", text):
        assert (INFRA.parent / path).exists() or path == "infra/terraform.tfvars"


def test_it_says_how_many_resources_come(text: str, outcome: Outcome) -> None:
    [told] = re.findall(r"some (\d+)0 resources", text)
    assert abs(len(outcome.resources) - int(told) * 10) <= 10


def test_it_says_how_many_come_with_the_place_for_the_keys(text: str, outcome: Outcome) -> None:
    [told] = re.findall(r"some (\d+)\s+resources\. Terraform \*\*warns", text)
    assert int(told) == len(outcome.of_type("google_project_service"))
