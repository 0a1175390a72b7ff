"""A day or a week of a population: what is decided for some watches, and how all of them queue.

    somebody changes something ── Google's message ── wake-up ──┐
    a watch is due ── the sweep of that minute ─────────────────┴── reconciled ── due again

Where a watch stands for many (`weight`), the others come by around the same time, and cost the same.
"""

import math
from collections import Counter
from functools import partial
from random import Random

from calendar_watch.model.notification import SYNC
from calendar_watch.model.shard import SHARDS, shard_of
from calendar_watch.model.target import Target
from calendar_watch.model.watch import Watch
from tests.tools.scale.agenda import Agenda
from tests.tools.scale.assumptions import Assumptions, Deployment
from tests.tools.scale.life import Done, Life
from tests.tools.scale.meter import Meter
from tests.tools.scale.outside import around
from tests.tools.scale.people import People
from tests.tools.scale.plan import CALLS, Plan, Report
from tests.tools.scale.queues import MINUTE, Line, Mark, Sweeps
from tests.tools.scale.smear import Smear, drawn
from tests.tools.scale.tokens import Tokens

_WIDTH = 300


class Simulation:
    """`weight`: how many watches each one stands for. The same seed, the same run."""

    def __init__(self, deployment: Deployment, plan: Plan, assumed: Assumptions, weight: int = 1, seed: int = 1):
        self._deployment, self._plan, self._assumed, self._weight = deployment, plan, assumed, weight
        self._evenly = weight > 1
        self._random = Random(seed)  # noqa: S311 (repeatable on purpose)
        self._agenda = Agenda(plan.seconds)
        self.life = Life(deployment, assumed, self._random)
        self._people = People(self.life, self._agenda, assumed, self._random, plan)
        self._sweeps = Sweeps(deployment.max_instances, assumed.hand_over_after)
        self._wakeups = Line()
        self._timed, self._woken = (Smear(plan.seconds, _WIDTH) for _ in range(2))
        self._tokens = Tokens(deployment.max_instances, assumed.tokens_kept // weight, assumed.token_life)
        self._announced: dict[Mark, tuple[int, int]] = {}
        self._woken_at: dict[Mark, float] = {}
        self._meter = Meter(deployment, plan, assumed, self._random)
        self._targets = self._populated()

    def run(self) -> Report:
        for second in range(self._plan.seconds):
            self._agenda.until(second + 1)
            self._arrive(second)
            self._work(second)
        report = self._meter.report
        report.late = sum((each.late for each in self._sweeps.lines), Counter[int]())
        return report

    def put(self, watch: Watch) -> None:
        """In place of what is there, before it runs."""
        self.life.books.watches[watch.id] = watch
        self._await(0, watch.id)

    def _populated(self) -> dict[Mark, Target]:
        places = range(len(self._assumed.of_a_user))
        users = self._deployment.watches // self._weight // len(places)
        targets = [self.life.target(user, place) for user in range(users) for place in places]
        if self._plan.enrolled_a_second:
            for position, each in enumerate(targets):
                self.life.enrol(each, (position + 1) * self._weight / self._plan.enrolled_a_second)
        else:
            self.life.settle_in(targets, evenly=self._evenly)
        for each in targets:
            self._await(0, each.id)
        ids = [[each.id for each in targets[place :: len(places)]] for place in places]
        self._people.begin(ids, self._deployment.quieter, evenly=self._evenly, hear=self._hear)
        return {each.id: each for each in targets}

    # --- who comes when

    def _hear(self, at: float, state: str, watch_id: Mark, channel: str) -> None:
        fresh = self.life.message(watch_id, channel, state, at)
        received = self.life.clock.spent + Counter(received=1, wakeups=int(fresh))
        self._meter.spend(at, "message", received, self._weight)
        if not fresh:
            return
        woken = at + around(self._assumed.wakeup_after, self._random)
        if self._weight > 1:
            self._woken.announce(math.ceil(at), int(woken), self._weight)
        self._woken_at[watch_id] = woken
        self._agenda.at(woken, partial(self._join, self._wakeups, watch_id))

    def _join(self, line: Line, watch_id: Mark, at: float) -> None:
        line.join(int(at), int(self._weight == 1), [watch_id])

    def _await(self, now: int, watch_id: Mark) -> None:
        """Its next timer, in place of the one before."""
        self._taken_back(now, watch_id)
        due = self.life.due(watch_id)
        if due is None or due >= self._plan.seconds:
            return
        if self._weight > 1:
            self._announced[watch_id] = self._timed.announce(now, int(due), self._weight)
        self._agenda.at(max(math.ceil(due), now), partial(self._fall_due, watch_id, due))

    def _taken_back(self, now: int, watch_id: Mark) -> None:
        """What comes by because of a timer comes by, unless a message came first."""
        if watch_id in self._announced:
            self._timed.take_back(now, self._announced.pop(watch_id), self._weight)

    def _fall_due(self, watch_id: Mark, due: float, at: float) -> None:
        """Unless a message came first."""
        if self.life.due(watch_id) == due:
            self._join(self._sweeps.lines[shard_of(watch_id)], watch_id, at)

    def _arrive(self, second: int) -> None:
        """Those that others stand for."""
        if self._weight == 1:
            return
        each = self._timed.rate(second) / len(SHARDS)
        for shard in SHARDS:
            if arrived := drawn(each, self._random):
                self._sweeps.lines[shard].join(second, arrived)
        if arrived := drawn(self._woken.rate(second), self._random):
            self._wakeups.join(second, arrived)

    # --- who is served when

    def _work(self, second: int) -> None:
        outage = self._plan.outage
        away = outage.on(second) and outage.firestore
        self.life.google.away = outage.on(second) and outage.google
        if second % MINUTE == 0:
            self._meter.minute(second, self._sweeps)
        if away:
            return
        woken, marks = self._wakeups.serve(self._most_woken(), second)
        for each in marks:
            self._reconcile(second, self._tokens.any_instance(self._random), each, "after a message")
        if second % MINUTE == 0:
            self._sweeps.tick(second)
        served = self._sweeps.work(second, self._pace(woken))
        for instance, each in served.marks:
            if self._is_due(each, second):
                self._announced.pop(each, None)
                self._reconcile(second, instance, each, "by a timer")
        self._meter.second(second, woken, served)

    def _is_due(self, watch_id: Mark, second: int) -> bool:
        """Still: a message may have come first."""
        due = self.life.due(watch_id)
        return due is not None and due <= second

    def _most_woken(self) -> int:
        """As many as have a slot, or as their instances' CPUs can do."""
        instances = self._deployment.max_instances
        return int(instances * min(self._assumed.wakeups_at_once / self._meter.by_message.took, 1 / self._assumed.cpu))

    def _pace(self, woken: int) -> float:
        """Of the sweep of one instance, a second: what its threads do, its CPU, or its share of Google's quota."""
        each, assumed = woken / self._deployment.max_instances, self._assumed
        calls = self._deployment.calls_per_minute / MINUTE / self._deployment.max_instances
        return max(
            0.0,
            min(
                self._deployment.sweep_threads / self._meter.by_timer.took,
                1 / assumed.cpu - each,
                (calls - each * self._meter.by_message.calls) / self._meter.by_timer.calls,
            ),
        )

    def _reconcile(self, second: int, instance: int, watch_id: Mark, cause: str) -> None:
        done = self.life.reconcile(watch_id, max(second, self._woken_at.pop(watch_id, 0)))
        tokens = self._token(instance, watch_id, done, second)
        took = done.took + tokens * self._assumed.token
        (self._meter.by_timer if cause == "by a timer" else self._meter.by_message).take(done, took)
        cause = "for an audit" if "Audit" in done.steps else cause
        spent = done.spent + Counter(reconciled=int(bool(done.steps)), tokens=tokens)
        self._meter.spend(second, cause, spent, self._weight)
        self._tell(second, done, tokens * self._assumed.token)
        for channel in done.opened:
            self._open(second + took, watch_id, channel)
        self._await(second + 1, watch_id)

    def _open(self, at: float, watch_id: Mark, channel: str) -> None:
        """Google confirms it by a first message."""
        report = self._meter.report
        if report.opened < report.watches:
            report.opened_at = at
        report.opened += self._weight
        self._people.send(at, SYNC, watch_id, channel)

    def _token(self, instance: int, watch_id: Mark, done: Done, second: int) -> int:
        if not any(done.spent[each] for each in CALLS):
            return 0
        target = self._targets[watch_id]
        return int(self._tokens.missing(instance, (target.subject or "", target.resource.scope), second))

    def _tell(self, second: int, done: Done, longer: float) -> None:
        for watch_id, at in done.told:
            changed = self._people.changed.pop(watch_id, None)
            if changed is not None and self._meter.counts_at(second):
                self._meter.report.told.append((changed, at + longer))
