"""The model is about this code: what its rules make of a document, the real decisions make of it too."""

from collections import Counter
from dataclasses import fields

import pytest

from calendar_watch.model.channel import Channel, Channels
from calendar_watch.model.listing import Reading
from calendar_watch.model.watch import Log, Schedule, Watch
from tests.searches.model import mutants
from tests.searches.model.decisions import RULES
from tests.searches.model.meanings import MEANINGS
from tests.searches.model.replay import Difference, walk
from tests.searches.model.rules import Rules

_WALKS, _STEPS = 40, 200


def _walks(rules: type[Rules] = Rules) -> Counter[str]:
    return sum((walk(seed, _STEPS, rules) for seed in range(_WALKS)), Counter[str]())


def test_the_real_decisions_differ_from_the_model_nowhere() -> None:
    writes = _walks()
    assert writes.total() > 3000
    assert writes.keys() == RULES.keys(), "every rule was passed"


@pytest.mark.parametrize(
    "rules",
    [
        mutants.AnyUnknownChannelIsStopped,
        mutants.GivenUpWithTheIntent,
        mutants.NoReadingAfterOpening,
        mutants.NoSettling,
        mutants.OneBackoffForAll,
        mutants.PublishedBeforeSent,
        mutants.RetiredTakenBack,
        mutants.StopWithoutMark,
        mutants.UnansweredIntentKept,
    ],
)
def test_a_model_that_is_not_of_this_code_is_found_out(rules: type[Rules]) -> None:
    with pytest.raises(Difference, match=r"the model .* the code"):
        _walks(rules)


def test_a_walk_can_be_repeated() -> None:
    assert walk(7, _STEPS) == walk(7, _STEPS)


def test_every_value_of_a_watch_has_a_meaning_or_a_reason_to_have_none() -> None:
    held = [Watch, Schedule, Reading, Channels, Log, Channel]
    assert {f"{each.__name__}.{one.name}" for each in held for one in fields(each)} == MEANINGS.keys()
