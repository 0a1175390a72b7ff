"""What the example in infra/examples/consumer names has the same name in infra/consumer; no Terraform is needed."""

import re

import pytest

from calendar_copy.firestore_sink import ITEMS
from tests.infra.conftest import INFRA, block, keys

CODE = (INFRA / "consumer/main.py").read_text()


@pytest.fixture
def example() -> str:
    return (INFRA / "examples/consumer/main.tf").read_text()


def test_its_function_is_the_entry_point(example: str) -> None:
    assert re.findall(r'entry_point += "(\w+)"', example) == re.findall(r"cloud_event\ndef (\w+)\(", CODE)


def test_it_is_told_every_variable_there_is(example: str) -> None:
    told = keys(block(example, "environment_variables = {")) - {"THREADS"}
    assert told == set(re.findall(r'environ(?:\.get\(|\[)"(\w+)"', CODE))


def test_the_items_are_where_their_indexes_are(example: str) -> None:
    assert re.findall(r'collection = "(\w+)"', example) == [ITEMS]


def test_it_runs_on_the_python_that_calendar_watch_runs_on(example: str, texts: dict[str, str]) -> None:
    [runtime] = re.findall(r'runtime += "(\w+)"', example)
    assert f'runtime           = "{runtime}"' in texts["functions.tf"]
