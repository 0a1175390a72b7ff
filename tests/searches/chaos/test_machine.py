"""The same world in the hands of hypothesis, which chooses every turn and every mishap, and shortens what it finds."""

from contextlib import ExitStack
from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from tests.searches.chaos.fault_rates import FORCED, LOSSLESS, FaultRates
from tests.searches.chaos.life import Life
from tests.searches.chaos.patches import everything_at_once
from tests.searches.chaos.senses.lines import listening

CHOSEN = FaultRates(
    "chosen",
    mishaps=0,
    deaths=0,
    hangs=0,
    doubled=0,
    delayed=0,
    ended=0,
    hurried=0,
    handed=0,
    safety=False,
    outages=LOSSLESS.outages,
    quirks=frozenset(),
)
"""Nothing by chance."""
CHANCE = st.integers(0, 2**16)
SOMEBODY = st.integers(0, 9)


class World(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.patches = ExitStack()
        self.patches.enter_context(everything_at_once())
        self.lines = self.patches.enter_context(listening())
        self.life = Life(0, CHOSEN)
        self.patches.callback(self.life.close)

    @rule(chance=CHANCE)
    def a_user_changes_something(self, chance: int) -> None:
        self.life.random.seed(chance)
        self.life.users.act()

    @rule(chance=CHANCE)
    def an_operator_asks(self, chance: int) -> None:
        self.life.random.seed(chance)
        self.life.ask()

    @rule(chance=CHANCE)
    def something_breaks(self, chance: int) -> None:
        self.life.random.seed(chance)
        self.life.outages.begin()

    @rule(chance=CHANCE)
    def a_worker_stands_still(self, chance: int) -> None:
        self.life.random.seed(chance)
        self.life.freeze()

    @rule(who=SOMEBODY)
    def an_instance_is_told_to_end(self, who: int) -> None:
        for worker in self.life.scheduler.workers[who : who + 1]:
            worker.ending = True

    @rule(who=SOMEBODY, turns=st.integers(1, 20))
    def a_worker_goes_on(self, who: int, turns: int) -> None:
        for _ in range(turns):
            self.life.let(who)

    @rule(who=SOMEBODY, what=st.sampled_from([*FORCED, "before", "after", "hangs"]))
    def a_call_goes_wrong(self, who: int, what: str) -> None:
        self.life.dice.forced = what
        self.life.let(who)
        self.life.dice.forced = ""

    @rule(seconds=st.sampled_from([1, 10, 60, 200, 1200]))
    def time_passes(self, seconds: int) -> None:
        self.life.flow(timedelta(seconds=seconds))

    def teardown(self) -> None:
        with self.patches:
            self.life.calm_down(self.lines)


World.TestCase.settings = settings(
    max_examples=12, stateful_step_count=40, derandomize=True, suppress_health_check=list(HealthCheck)
)
TestWorld = World.TestCase
