"""Every chart and every alert is explained where an operator reads; no Terraform is needed."""

import re

import pytest

from tests.infra.conftest import INFRA, block
from tests.support.log_fields import FIELDS, IN_TROUBLE


def rows(head: str) -> list[list[str]]:
    """Of the README's table with this head."""
    _, _, table = (INFRA / "README.md").read_text().partition(f"| {head} |")
    lines = table.partition("\n\n")[0].splitlines()[2:]
    return [line.removeprefix("| ").removesuffix(" |").split(" | ") for line in lines]


def first_column(head: str) -> list[str]:
    return [row[0] for row in rows(head)]


def test_every_log_line_is_explained_with_its_fields() -> None:
    explained = {row[0].strip("`"): set(re.findall(r"`(\w+)`", row[-1])) for row in rows("`event`")}
    fields = {**FIELDS, **IN_TROUBLE}
    assert explained.keys() == fields.keys()
    assert {name: lacking for name, each in fields.items() if (lacking := each - explained[name])} == {}


def test_every_log_line_that_the_code_writes_is_held_to_its_fields() -> None:
    code = (path.read_text() for path in (INFRA.parent / "functions" / "calendar_watch").rglob("*.py"))
    written = {name for text in code for name in re.findall(r'\bevent\(\s*"(\w+)"', text)}
    assert len(written) > 10
    assert written <= {*FIELDS, *IN_TROUBLE}


def test_every_chart_is_explained(texts: dict[str, str]) -> None:
    charts = re.findall(r'^ {4}"(.*?)" += ', block(texts["dashboard.tf"], "charts = {"), re.MULTILINE)
    assert sorted(first_column("chart")) == sorted(charts)


@pytest.fixture
def titles(texts: dict[str, str]) -> set[str]:
    """What alerts are called."""
    ordinary = re.findall(r'^ +title += "(.*)"$', texts["alerts.tf"], re.MULTILINE)
    outside = re.findall(r'^ +display_name += "\$\{var\.name\}: (\w.*)"$', texts["alerts.tf"], re.MULTILINE)
    burning = re.findall(r'^ +title += "(.*)"$', block(texts["slo.tf"], "objectives = {"), re.MULTILINE)
    return {*ordinary, *outside, *(f"{each}: the error budget burns fast; slowly" for each in burning)}


def test_every_alert_is_explained(titles: set[str]) -> None:
    assert {re.sub(r" \(\w+\)$", "", each) for each in first_column("alert")} == titles


def test_objectives_are_those_that_are_watched(texts: dict[str, str]) -> None:
    shares = {f"{float(each):.0%}".replace("%", " %") for each in re.findall(r"share += ([\d.]+)", texts["slo.tf"])}
    bounds = re.findall(r'(\w+)Seconds>=([1-9]\d*)"', texts["metrics.tf"])
    told = first_column("objective, over 28 days")
    assert len(told) == 3
    assert {each[:4] for each in told} == shares
    assert all(any(f"{bound} s" in each for each in told) for _, bound in bounds)
    assert len(bounds) == 2
