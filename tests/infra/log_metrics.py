"""The metrics of metrics.tf, and which log lines each counts, as Cloud Logging would."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from operator import getitem
from typing import Any

ABOUT_ANY_LINE = {"severity"}


def metrics_in(text: str) -> dict[str, "Metric"]:
    lines = re.findall(r"^ +(\w+) += (\{ filter = .*\})$", text, re.MULTILINE)
    return {name: metric_of(told) for name, told in lines}


@dataclass(frozen=True)
class Metric:
    conditions: tuple[tuple[str, str, str], ...]
    """Path, comparison, value."""
    labels: tuple[str, ...]
    field: str | None
    """What is distributed; without one, lines are counted."""

    @property
    def fields(self) -> set[str]:
        """All that is extracted."""
        return {*self.labels, *([self.field] if self.field else [])}

    @property
    def event(self) -> str:
        [event] = [value for path, _, value in self.conditions if path == "jsonPayload.event"]
        return event

    @property
    def payload_fields(self) -> set[str]:
        """Of the line itself, whatever lies within."""
        paths = {path for path, _, _ in self.conditions}
        named = {path.removeprefix("jsonPayload.") for path in paths - ABOUT_ANY_LINE}
        return {each.partition(".")[0] for each in named | self.fields} - {"event"}

    def counts(self, line: Mapping[str, Any]) -> bool:
        return all(compared(line.get(path.removeprefix("jsonPayload.")), *rest) for path, *rest in self.conditions)

    def value(self, line: Mapping[str, Any]) -> Any:
        """What is distributed, of a line that counts."""
        assert self.field
        return reduce(getitem, self.field.split("."), line)


def compared(found: object, comparison: str, wanted: str) -> bool:
    """As Cloud Logging compares, as far as our filters go."""
    if comparison in {"=", "!="}:
        return (str(found) == wanted) is (comparison == "=")
    target = ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]
    if found in target:
        return target.index(str(found)) >= target.index(wanted)
    return isinstance(found, int | float) and found >= float(wanted)


def metric_of(text: str) -> Metric:
    [told] = re.findall(r'filter = "((?:[^"\\]|\\.)*)"', text)
    parts = told.replace('\\"', '"').split(" AND ")
    conditions = [re.fullmatch(r'([\w.]+)(=|!=|>=)"?([\w.-]+)"?', each) for each in parts]
    assert all(conditions), told
    [labels] = re.findall(r"labels = \[(.*?)\]", text)
    field = re.search(r'field = "([\w.]+)"', text)
    return Metric(
        tuple((each[1], each[2], each[3]) for each in conditions if each),
        tuple(re.findall(r'"(\w+)"', labels)),
        field and field[1],
    )
