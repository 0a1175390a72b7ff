"""The same in the hands of hypothesis, which chooses what happens and who goes on, and shortens what it finds."""

from random import Random

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tests.searches.consumer.feed import Feed
from tests.searches.consumer.history import History, acts
from tests.searches.consumer.readers import CALM, Rates, Readers, small_steps
from tests.searches.consumer.run import what_is_wrong_in_the_end, what_was_never_so
from tests.support.copies import InMemory

CHANCE = st.integers(0, 2**16)
ACTS = len(acts(History(), Random()))  # noqa: S311 (they are only counted)


class Reading(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.random = Random(0)  # noqa: S311 (its state is what hypothesis chooses)
        self.history, self.copies = History(), InMemory()
        self.small = small_steps()
        self.small.__enter__()
        self.readers = Readers(Feed(self.history), self.copies, self.random, CALM)
        self.history.begin_anew(self.random)

    @rule(chance=CHANCE, what=st.integers(0, ACTS - 1))
    def something_happens(self, chance: int, what: int) -> None:
        self.random.seed(chance)
        self.history.tell_of_a_restore()
        [*acts(self.history, self.random)][what]()

    @rule(chance=CHANCE, how=st.sampled_from([CALM, Rates(lost=1), Rates(doubled=1, swapped=1)]))
    def messages_are_taken(self, chance: int, how: Rates) -> None:
        self.random.seed(chance)
        self.readers.rates = how
        self.readers.take_all(self.history.published)

    @rule(chance=CHANCE, turns=st.integers(1, 12), how=st.sampled_from([CALM, Rates(0, 0, 1, 0.1, 0.1)]))
    def instances_go_on(self, chance: int, turns: int, how: Rates) -> None:
        self.random.seed(chance)
        self.readers.rates = how
        for _ in range(turns):
            self.readers.step()

    @invariant()
    def nothing_is_held_that_was_never_so(self) -> None:
        assert what_was_never_so(self.history, self.copies) == []

    def teardown(self) -> None:
        try:
            assert what_is_wrong_in_the_end(self.history, self.readers) == []
        finally:
            self.readers.close()
            self.small.__exit__(None, None, None)


Reading.TestCase.settings = settings(
    max_examples=60, stateful_step_count=40, derandomize=True, suppress_health_check=list(HealthCheck)
)
TestReading = Reading.TestCase
