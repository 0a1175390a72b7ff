"""The rules hold within small bounds, and the search would notice if they did not (the whole of it: `make model`)."""

import re
from pathlib import Path

import pytest

from calendar_watch.model.write import WRITES, Author, Load, WriteKind
from tests.searches.model import mutants
from tests.searches.model.configurations import CONFIGURATIONS
from tests.searches.model.following import Following
from tests.searches.model.following import Rules as FollowRules
from tests.searches.model.mutants import MUTANTS, Mutant
from tests.searches.model.protocol import Protocol
from tests.searches.model.search import search
from tests.searches.model.workers import KINDS

ROOT = Path(__file__).parents[3]
TABLE = (Path(__file__).parent / "README.md").read_text()


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_nothing_is_broken_within_small_bounds(name: str) -> None:
    found = search(Protocol(CONFIGURATIONS[name].quick))
    assert not found.flaw, "\n".join([found.flaw, *found.way])


def test_following_is_not_broken_within_small_bounds() -> None:
    found = search(Following(changes=2, operations=2, faults=1))
    assert not found.flaw, "\n".join([found.flaw, *found.way])


@pytest.mark.parametrize("mutant", [each for each in MUTANTS if each.quick], ids=lambda each: each.rules.__name__)
def test_a_weakened_rule_is_found_out(mutant: Mutant) -> None:
    assert search(Protocol(mutant.bounds, mutant.rules)).flaw


@pytest.mark.parametrize("rules", mutants.FOLLOWING)
def test_a_weakened_rule_of_following_is_found_out(rules: type[FollowRules]) -> None:
    assert search(Following(changes=2, operations=2, faults=1, rules=rules)).flaw


def test_a_way_is_told_step_by_step() -> None:
    [mutant] = [each for each in MUTANTS if each.rules is mutants.NotificationsTakenBeforeTheClaim]
    found = search(Protocol(mutant.bounds, mutant.rules))
    assert found.way[0].startswith("a user changes something")
    assert any("dies" in step for step in found.way)


def test_the_models_writes_are_the_codes_writes() -> None:
    """Creating, forgetting and erasing happen before and after all that the model looks at."""
    assert {*KINDS, "stop", "resume", "follow"} == {*WRITES} - {"create", "forget", "erase"}
    assert all(WRITES[WriteKind(kind)].by is Author.HOLDER for kind in KINDS)
    assert [kind for kind, write in WRITES.items() if Load.NOTIFICATIONS in write.along] == ["claim"]
    assert not any(Load.ENTRIES in write.along for write in WRITES.values() if write.by is Author.OPERATOR)


def test_every_mutant_is_in_the_table() -> None:
    named = {each.rules.__name__ for each in MUTANTS} | {each.__name__ for each in mutants.FOLLOWING}
    assert set(re.findall(r"`([A-Z]\w+)`", TABLE)) == named


@pytest.mark.parametrize(("path", "test"), sorted({*re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TABLE)}))
def test_every_test_that_the_table_names_exists(path: str, test: str) -> None:
    assert f"def {test}(" in (ROOT / path).read_text()
