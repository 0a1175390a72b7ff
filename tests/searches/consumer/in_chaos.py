"""The chaos of a whole system, read by a consumer more for each sink, of which the dice of the chaos know nothing."""

import contextlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from random import Random

from calendar_watch.model.watch import Watch
from tests.searches.chaos.fault_rates import ALL_RATES, FaultRates
from tests.searches.chaos.life import Life
from tests.searches.chaos.patches import PAGE, everything_at_once, everything_small
from tests.searches.chaos.scheduler import Worker
from tests.searches.chaos.senses.invariants import google
from tests.searches.chaos.senses.lines import listening
from tests.searches.chaos.senses.seen import well
from tests.searches.consumer.aging import Aging
from tests.searches.consumer.feed import Event, Feed
from tests.searches.consumer.outcome import Outcome
from tests.searches.consumer.readers import Readers, counted_more_than_once, not_up_to, small_steps
from tests.support.copies import Copies
from tests.support.invariants import differing
from tests.support.world import CHANGES, cloud_event

_TURNS = 3
"""Of each reader for one turn of the system's."""
_ILL = 0.002
"""The chance, at each turn, that some watch's feed is cut short, or that its database is restored."""


class ReadLife(Life):
    """`published` is what Pub/Sub was given, as it is told since the restores."""

    def __init__(self, seed: int, rates: FaultRates, every: Mapping[str, Copies]):
        super().__init__(seed, rates)
        self._chance = Random(f"{seed} aging")  # noqa: S311 (repeatable on purpose)
        self._query = Aging(self.composition.reader)
        self._feed = Feed(self._query)
        self.readers = {
            name: Readers(self._feed, copies, Random(f"{seed} {name}"))  # noqa: S311
            for name, copies in every.items()
        }
        self.published: list[Event] = []
        self._read = 0

    def _turn(self, worker: Worker) -> None:
        super()._turn(worker)
        self._look()
        if self._chance.random() < _ILL:
            self._age()
        for reader in self.readers.values():
            for _ in range(_TURNS):
                reader.step()

    def _look(self) -> None:
        messages = self.composition.pubsub.published(CHANGES)
        self.published += (self._query.renumbered(cloud_event(each)) for each in messages[self._read :])
        self._read = len(messages)
        for reader in self.readers.values():
            reader.take_all(self.published)

    def _age(self) -> None:
        every = [each.id for each in well(self.composition)]
        watch = self._chance.choice(every) if every else None
        if watch and self._chance.random() < 0.5:
            self._query.forget(watch)
        elif watch and (told := self._query.restore(watch)):
            self.published.append(told)

    def judge(self) -> Sequence[str]:
        """What is wrong, in words, once everything is quiet: held against the items, and against what Google shows."""
        self._look()
        every = [*well(self.composition)]
        wrong: list[str] = []
        for name, reader in self.readers.items():
            reader.come_to_rest([each.id for each in every])
            wrong += [f"{name}: {each}" for watch in every for each in self._differs(reader.copies, watch)]
            wrong += [f"{name}: {each}" for each in counted_more_than_once(reader.copies)]
        return wrong

    def _differs(self, copies: Copies, watch: Watch) -> Iterator[str]:
        yield from not_up_to(copies, watch.id, self._query.items(watch.id, "", 1).sequence)
        shown = google(self.composition, watch)
        if shown is not None:  # or refused since it was read last
            different = differing(watch.target.resource.name, copies.items(watch.id), shown)
            yield from [f"the copy of {watch.id} and Google differ: {different!s:.600}"] if different else []

    @property
    def struck(self) -> Counter[str]:
        return sum((each.struck for each in self.readers.values()), self._feed.answers)

    def close(self) -> None:
        for reader in self.readers.values():
            reader.close()
        super().close()


def run(seed: int, steps: int, every: Mapping[str, Copies]) -> Outcome:
    """Raises ViolationError where the system itself is wrong."""
    size = everything_small() if seed % 2 else contextlib.nullcontext()
    with everything_at_once(), size, small_steps(), listening() as lines:
        life = ReadLife(seed, ALL_RATES[seed % len(ALL_RATES)], every)
        life.composition.injection.page_size = PAGE if seed % 2 else 0
        with contextlib.closing(life):
            for _ in range(steps):
                life.step()
            life.calm_down(lines)
            wrong = life.judge()
            counted = Counter({name: reader.copies.told().total() for name, reader in life.readers.items()})
            return Outcome(life.struck, len(life.published), counted, wrong)
