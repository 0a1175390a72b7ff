"""What the papers name is there: tests, files, headings, drawers."""

import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from calendar_watch.model.check import ALL_CHECKS
from calendar_watch.reasons import Reason

ROOT = Path(__file__).parents[3]
PAPERS = (
    "README.md",
    "CHANGELOG.md",
    "functions/README.md",
    "functions/CONSUMING.md",
    "infra/README.md",
    "tests/README.md",
    "tests/doubles/calendar_simulator/README.md",
)
MOST_LINES = 150
_CODE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def text_of(paper: str | Path) -> str:
    return (ROOT / paper).read_text()


def named_tests() -> Iterator[tuple[str, str]]:
    for paper in PAPERS:
        yield from re.findall(r"(tests/[\w/]+\.py)::(\w+)", text_of(paper))


def links() -> Iterator[tuple[str, str]]:
    """Paper and target of every link that leads nowhere but into the repository."""
    for paper in PAPERS:
        targets = re.findall(r"\]\(([^)\s]+)\)", _CODE.sub("", text_of(paper)))
        yield from ((paper, each) for each in sorted(set(targets)) if not each.startswith(("https://", "http://")))


def anchors(paper: Path) -> set[str]:
    """As GitHub makes them of headings."""
    headings = re.findall(r"^#+ (.+)$", _CODE.sub("", paper.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}


TESTS = sorted(set(named_tests()))
LINKS = list(links())


def test_the_papers_name_tests_and_lead_to_each_other() -> None:
    assert TESTS
    assert {target.partition("#")[0] for paper, target in LINKS if paper == "README.md"} >= set(PAPERS[1:])


def test_the_table_of_reasons_is_the_codes_own() -> None:
    table = text_of("infra/README.md").partition("\n## Reasons\n")[2].partition("\n## ")[0]
    _, *rows = re.findall(r"^\| `(\w+)` \| (.*?) \| (.*?) \|$", table, re.MULTILINE)
    assert rows == [(reason.value, reason.meaning, reason.remedy) for reason in Reason]


def test_the_ready_queries_name_log_lines_and_fields_that_there_are() -> None:
    told = text_of("infra/README.md")
    [queries] = re.findall(r"```\n(jsonPayload.*?)```", told, re.DOTALL)
    rows = dict(re.findall(r"^\| `(\w+)` \| .*? \| (.*) \|$", told, re.MULTILINE))
    for query in queries.splitlines():
        events = re.findall(r'"(\w+)"', query.partition("event=")[2].partition(" AND")[0].partition(")")[0])
        fields = set(re.findall(r"jsonPayload\.(\w+)", query)) - {"event"}
        assert events or "watchId" in fields, query
        for event in events:
            assert fields <= set(re.findall(r"`(\w+)`", rows[event])), query


@pytest.mark.parametrize(("file", "name"), TESTS, ids=[name for _, name in TESTS])
def test_a_test_that_a_paper_names_exists(file: str, name: str) -> None:
    assert re.search(rf"^def {name}\(", text_of(file), re.MULTILINE)


@pytest.mark.parametrize(("paper", "target"), LINKS, ids=[f"{paper}->{target}" for paper, target in LINKS])
def test_a_link_leads_to_what_is_there(paper: str, target: str) -> None:
    file, _, anchor = target.partition("#")
    there = (ROOT / paper).parent / file if file else ROOT / paper
    assert there.resolve().is_relative_to(ROOT)
    assert there.exists()
    assert not anchor or anchor in anchors(there)


@pytest.mark.parametrize("paper", PAPERS)
def test_no_paper_refers_to_one_that_is_not_here(paper: str) -> None:
    assert not re.search(r"(?i)\bdesign \d|\bthe[ ]design\b", text_of(paper))


def test_each_check_is_told_with_what_to_do() -> None:
    table = text_of("infra/README.md").partition("### Does it work?")[2].partition("\n| `publicPath` says")[0]
    told = [
        name for cell in re.findall(r"^\| (`.*?`) \|", table, re.MULTILINE) for name in re.findall(r"`(.*?)`", cell)
    ]
    assert told == [*ALL_CHECKS]


def test_the_table_of_a_changes_data_names_all_that_its_schemas_do() -> None:
    schemas = ROOT / "functions/calendar_watch/schemas"
    table = text_of("functions/CONSUMING.md").partition("| in a change's `data` | is |")[2].partition("\n\n")[0]
    told = {
        name for cell in re.findall(r"^\| (`.*?`) \|", table, re.MULTILINE) for name in re.findall(r"`(\w+)`", cell)
    }
    assert told == set().union(*(data_of(schemas / f"{each}.json") for each in ("envelope", "item", "acl")))


def data_of(schema: Path) -> set[str]:
    return {name for each in found(json.loads(schema.read_text()), "data") for name in each["properties"]}


def found(value: Any, name: str) -> Iterator[Any]:
    """Whatever bears that name, at any depth."""
    for key, each in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        if key == name and "properties" in each:
            yield each
        yield from found(each, name)


def test_no_entry_of_the_changelog_is_there_twice() -> None:
    entries = [each.strip() for each in re.split(r"^(?:- |#+ )", text_of("CHANGELOG.md"), flags=re.MULTILINE)]
    headings = {"Added", "Changed", "Fixed", "Removed"}
    assert [each for each, times in Counter(entries).items() if times > 1 and each not in headings] == []


def test_the_way_in_is_short() -> None:
    assert len(text_of("README.md").splitlines()) <= MOST_LINES


def test_the_layers_are_those_that_lint_checks() -> None:
    contracts = tomllib.loads(text_of("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    [layers] = [each["layers"] for each in contracts if each["type"] == "layers"]
    assert "```\n" + "\n".join(layers) + "\n```\n" in text_of("functions/README.md")


def test_every_drawer_and_single_file_has_its_paragraph() -> None:
    package = ROOT / "functions/calendar_watch"
    names = {each.name for each in package.iterdir() if not each.name.startswith("_")}
    paragraphs = set(re.findall(r"\*\*`(\w+(?:\.py)?)`\*\*", text_of("functions/README.md")))
    assert paragraphs == names
