"""One seeded run: some hours in which everything goes wrong, then quiet, and then everything must be right again."""

import contextlib
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random

from calendar_watch.model.policy import Policy
from calendar_watch.reconciler.result import Result
from tests.searches.chaos.composition import Composition
from tests.searches.chaos.edges.deliveries import Deliveries
from tests.searches.chaos.edges.fault_injection import FaultInjection
from tests.searches.chaos.fault_rates import ALL_RATES, STEADY, Dice, FaultRates, drawn, options
from tests.searches.chaos.outages import IN_STREAM, Outages
from tests.searches.chaos.patches import PAGE, everything_at_once, everything_small
from tests.searches.chaos.people.operators import Operators
from tests.searches.chaos.people.strangers import Strangers
from tests.searches.chaos.people.users import Users
from tests.searches.chaos.scheduler import Scheduler, Worker
from tests.searches.chaos.senses import calls_to_google, invariants
from tests.searches.chaos.senses.lines import Lines, listening
from tests.searches.chaos.senses.seen import demand, demand_none, watches
from tests.searches.chaos.senses.watchman import NotificationBox, Watchman
from tests.searches.chaos.senses.witness import Witness
from tests.support.world import START, TICK, policy_of

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
LIFETIME = HOUR
_MOST_SWEEPS = 4
_MOST_TURNS = 16
_MOMENT, _INSTANT, _SHORTEST = timedelta(seconds=20), timedelta(seconds=3), timedelta(microseconds=1)
_SHORTENING = frozenset({"Q30", "Q36"})
"""Would spoil the channels of strangers, which nobody renews."""
_NEVER = datetime(9000, 1, 1, tzinfo=UTC)


class Life:
    """`step` does one thing that matters, and gives some turns to the workers."""

    def __init__(self, seed: int, rates: FaultRates, policy: Policy | None = None):
        self.random = Random(f"{seed} life")  # noqa: S311 (repeatable on purpose)
        self.scheduler = Scheduler(START)
        self.dice = Dice(rates, self.scheduler, self.random, Random(f"{seed} haste"))  # noqa: S311 (likewise)
        injection = FaultInjection(self.scheduler, self.dice)
        self.composition = Composition(seed, injection, policy or self._policy(seed, rates), **options(self.random))
        self.quirks = drawn(rates, self.random)
        self.composition.google.configure(quirks={each: self.quirks[each] for each in self.quirks.keys() - _SHORTENING})
        self.strangers = Strangers(self.composition)
        self.users = Users(self.composition.google, self.random, self.composition.listings.take_halfway)
        self.composition.google.configure(quirks=self.quirks)
        self.users.take_up(self.quirks)
        self.operators = Operators(self.composition, self.users, self.random)
        self.deliveries = Deliveries(self.composition, self.dice, self.random, self._reconciled)
        self.witness = Witness(self.composition)
        self.outages = Outages(self.composition, self.dice, self.deliveries, self.strangers, self.random)
        calm = rates is STEADY and "Q36" not in self.quirks
        self.watchman = Watchman(
            self.composition, self.strangers, self.operators, self.deliveries.acknowledged, strict=calm
        )
        self.watchman.ended_by_others = self.outages.ended
        self.notification_box = NotificationBox(self.composition)
        self._next_sweep = self.scheduler.now
        self._acts: Mapping[Callable[[], None], int] = {
            self.users.act: 12,
            self.ask: 3,
            self.outages.begin: 3,
            self.freeze: 2,
            self._pass: 1,
        }

    def _policy(self, seed: int, rates: FaultRates) -> Policy:
        """In a hurry, so that some hours see everything."""
        return policy_of(
            publishes=True,
            channel_ttl=int(LIFETIME.total_seconds()),
            probe=30 * MINUTE,
            believe=3 * MINUTE,
            poll=10 * MINUTE,
            safety_sync=self.random.choice((8, 20)) * MINUTE if rates.safety else timedelta(0),
            audit=HOUR if rates.safety else timedelta(0),
            baseline_in_stream=IN_STREAM[0] if tells_baselines(seed) else frozenset(),
            whole_events=self.random.random() < 0.5,
        )

    def step(self) -> None:
        acts = list(self._acts)
        self.random.choices(acts, [self._acts[each] for each in acts])[0]()
        for worker in self.dice.told_to_end(self.scheduler.workers):
            worker.ending = True
        for _ in range(self.random.randrange(_MOST_TURNS)):
            self.tick(_MOMENT)

    def tick(self, longest: timedelta) -> None:
        """One worker's turn; or time passes, because nobody has anything to do, or in the middle of everything."""
        self.deliveries.go_round()
        ready = self.scheduler.ready()
        if ready and self.random.random() < 0.97:
            self._turn(self.random.choice(ready))
        else:
            self._advance(longest if not ready else self.random.random() * _INSTANT)

    def let(self, who: int) -> None:
        """One of those who could go on, if there is any."""
        self.deliveries.go_round()
        ready = self.scheduler.ready()
        if ready:
            self._turn(ready[who % len(ready)])

    def _turn(self, worker: Worker) -> None:
        self.scheduler.turn(worker)
        self.users.meddle()
        self.witness.look()
        self.notification_box.look()

    def flow(self, span: timedelta) -> None:
        end = self.scheduler.now + span
        while self.scheduler.now < end:
            self.tick(end - self.scheduler.now)

    def calm_down(self, lines: Lines) -> None:
        """Nothing breaks any more. What was begun comes to its end, and then everything has to be right."""
        self.composition.google.calm()
        self.users.calm()
        self.dice.calm()
        self.calm_since = self.scheduler.now
        self.outages.finish()
        self.flow(40 * MINUTE)
        invariants.every_retired_channel_is_stopped(self.composition)
        self.flow(2 * LIFETIME)
        self._come_to_rest()
        self._check(lines)
        for _ in range(5):
            self.users.act()
        self.flow(12 * MINUTE)
        self._come_to_rest()
        self.watchman.look()
        invariants.each_consumer_knows_what_google_shows(self.composition, self.witness)
        invariants.nothing_impossible_was_seen(self.witness)

    def _come_to_rest(self) -> None:
        """To a moment at which nobody is in the middle of anything: there has to be one."""
        latest = self.scheduler.now + HOUR
        while self.scheduler.workers or self.composition.store.waiting("", 1) or self.deliveries.next_due():
            demand(self.scheduler.now < latest, "nothing breaks, and yet there is no rest")
            self.tick(MINUTE)

    def _check(self, lines: Lines) -> None:
        composition, witness = self.composition, self.witness
        invariants.nothing_impossible_was_seen(witness)
        invariants.no_message_of_googles_is_refused(self.deliveries.refused)
        invariants.nobody_holds_anything_and_nothing_waits(composition)
        invariants.each_active_watch_has_one_live_channel_and_no_other_has_any(composition)
        invariants.whoever_can_be_read_is_read(composition)
        invariants.each_consumer_knows_what_google_shows(composition, witness)
        invariants.whoever_has_the_stream_alone_knows_as_much(composition, witness)
        invariants.what_arrived_is_what_was_written_each_in_its_place(composition, witness)
        invariants.no_feed_reaches_back_beyond_a_restore(composition)
        invariants.what_was_acknowledged_has_been_read(composition, self.deliveries.acknowledged)
        invariants.what_is_followed_is_watched(composition)
        invariants.what_operators_were_promised_is_so(composition, self.operators.answered)
        invariants.nobody_is_told_of_a_channel_lost_without_a_reason(witness, self.watchman)
        invariants.what_works_is_shown_to_work(composition)
        calls_to_google.no_watch_is_busy_all_the_time(composition, self.calm_since)
        invariants.rules_are_counted_as_they_are(composition)
        calls_to_google.events_are_listed_whole_for_a_reason(composition)
        calls_to_google.a_sync_token_is_kept_until_another_is_named(composition)
        calls_to_google.no_sync_token_is_kept_whose_page_tokens_are_refused(composition)
        invariants.no_commit_is_too_heavy(composition)
        calls_to_google.work_is_bounded(composition, self.causes, self.watch_hours)
        demand_none(lines.telling)

    @property
    def causes(self) -> int:
        """Each of which may cost calls."""
        ours = self.users.changes + self.operators.asked + self.dice.struck.total()
        return ours + self.composition.google.quirks.reached.total()

    @property
    def reached(self) -> Counter[str]:
        """How often each quirk of Google's came to us, in an answer or a message."""
        return Counter(self.composition.google.quirks.reached)

    @property
    def hours(self) -> float:
        return (self.scheduler.now - START) / HOUR

    @property
    def watch_hours(self) -> float:
        return len(watches(self.composition)) * self.hours

    def close(self) -> None:
        self.composition.close()

    # --- time

    def _advance(self, longest: timedelta) -> None:
        """To the next moment at which anything happens."""
        sweep, now = self._sweep_due(), self.scheduler.now
        moments = (self.deliveries.next_due(), *(each.wakes for each in self.scheduler.workers), sweep, now + longest)
        self.scheduler.now = min(each for each in moments if each and each > now)
        self.outages.mend()
        if sweep <= self.scheduler.now:
            self._next_sweep = self.scheduler.now + TICK
            self._sweep()

    def _sweep_due(self) -> datetime:
        """The next full minute at which there is anything to do."""
        if self.composition.store.waiting("", 1):
            return max(self._next_sweep, self.scheduler.now + _SHORTEST)
        due = self.composition.store.due(_NEVER, 1)
        return max(self._next_sweep, due[0][1], self.scheduler.now + _SHORTEST) if due else _NEVER

    def _sweep(self) -> None:
        self.watchman.look()
        sweeps = [each for each in self.scheduler.workers if each.name == "sweep"]
        if len(sweeps) >= _MOST_SWEEPS:
            self.scheduler.kill(sweeps[0])
        self._enter("sweep", partial(self.composition.sweep, self.dice.seconds()))

    def _pass(self) -> None:
        self.flow(timedelta(minutes=self.random.choice((1, 2, 5, 20))))

    # --- who comes in

    def ask(self) -> None:
        self._enter("operator", self.operators.request())

    def _enter(self, name: str, work: Callable[[], None]) -> Worker:
        skew = self.random.uniform(-self.dice.rates.skew, self.dice.rates.skew)
        return self.scheduler.enter(name, work, timedelta(seconds=skew))

    def freeze(self) -> None:
        """Some worker stands still for longer than a lease, or its clock jumps."""
        if not self.scheduler.workers:
            return
        worker = self.random.choice(self.scheduler.workers)
        worker.wakes = max(worker.wakes, self.scheduler.now + timedelta(seconds=self.random.choice((30, 70, 150, 300))))
        worker.skew = timedelta(seconds=self.random.uniform(-self.dice.rates.skew, self.dice.rates.skew))

    def _reconciled(self, watch_id: str, result: Result) -> None:
        invariants.whoever_lets_go_of_a_watch_leaves_no_notification_behind(self.composition, watch_id, result)


def tells_baselines(seed: int) -> bool:
    """In the stream, those of access rules always: half of all runs, with large limits, and with small ones."""
    return seed % 4 in {2, 3}


def live(
    seed: int, steps: int, rates: FaultRates | None = None, halfway: Callable[[Life], None] = lambda _: None
) -> Life:
    """Raises ViolationError."""
    size = everything_small() if seed % 2 else contextlib.nullcontext()
    with everything_at_once(), size, listening() as lines:
        life = Life(seed, rates or ALL_RATES[seed % len(ALL_RATES)])
        life.composition.injection.page_size = PAGE if seed % 2 else 0
        with contextlib.closing(life):
            for number in range(steps):
                if number == steps // 2:
                    halfway(life)
                life.step()
            life.calm_down(lines)
    return life
