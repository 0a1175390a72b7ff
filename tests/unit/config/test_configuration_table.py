"""The table of the configuration in functions/README.md is that of the settings."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from calendar_watch.config.settings import Settings

VARIABLES = {each.name.upper(): str(each.metadata["default"]) for each in fields(Settings)}
NOT_IN_A_ROW_OF_ITS_OWN = {"PUBSUB_EMULATOR_HOST"}


@pytest.fixture
def table() -> str:
    paper = (Path(__file__).parents[3] / "functions" / "README.md").read_text()
    return paper.partition("| variable | default | meaning |\n")[2].partition("\n\n")[0]


def test_it_has_every_variable_and_no_other(table: str) -> None:
    first = " ".join(line.split(" | ")[0] for line in table.splitlines())
    assert set(re.findall(r"`([A-Z_]+)`", first)) == VARIABLES.keys() - NOT_IN_A_ROW_OF_ITS_OWN
    assert all(f"`{name}`" in table for name in NOT_IN_A_ROW_OF_ITS_OWN)


def test_its_defaults_are_those_of_the_code(table: str) -> None:
    told = dict(re.findall(r"`([A-Z_]+)`(?: \| | )`([^`]+)`", table))
    assert {name: told.get(name) for name, default in VARIABLES.items() if default} == {
        name: default for name, default in VARIABLES.items() if default
    }
