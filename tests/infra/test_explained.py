"""Every chart and every alert is explained where an operator reads; no Terraform is needed."""

import re

import pytest

from tests.infra.conftest import INFRA, block


def first_column(head: str) -> list[str]:
    """Of the README's table with this head."""
    _, _, table = (INFRA / "README.md").read_text().partition(f"| {head} |")
    rows = table.partition("\n\n")[0].splitlines()[2:]
    return [row.split(" | ")[0].removeprefix("| ") for row in rows]


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
