"""One seeded run: a watch to which everything happens, and a copy of it in each sink that must be right in the end."""

from collections import Counter
from contextlib import closing
from random import Random

from tests.searches.consumer.feed import Feed
from tests.searches.consumer.history import WATCH, History, acts
from tests.searches.consumer.outcome import Outcome
from tests.searches.consumer.readers import Readers, counted_more_than_once, not_up_to, small_steps
from tests.support.copies import Copies, directly

_MOST_TURNS = 12


def run(seed: int, name: str, copies: Copies, steps: int = 120) -> Outcome:
    random = Random(f"{seed} history")  # noqa: S311 (repeatable on purpose)
    history = History()
    feed, happenings = Feed(history), acts(history, random)
    wrong: list[str] = []
    with small_steps(), closing(Readers(feed, copies, Random(f"{seed} {name}"))) as readers:  # noqa: S311
        history.begin_anew(random)
        for _ in range(steps):
            history.tell_of_a_restore()
            random.choices([*happenings], [*happenings.values()])[0]()
            readers.take_all(history.published)
            for _ in range(random.randrange(_MOST_TURNS)):
                readers.step()
            wrong += what_was_never_so(history, copies)
        wrong += what_is_wrong_in_the_end(history, readers)
    counted = Counter({name: copies.told().total()})
    return Outcome(readers.struck + feed.answers, len(history.published), counted, wrong)


def what_was_never_so(history: History, copies: Copies) -> list[str]:
    """In a copy that is whole, at any time."""
    head = copies.sink(directly).read(WATCH)
    if head.sequence == 0 or head.page is not None:
        return []
    wrong = history.never_so(head.sequence, copies.items(WATCH))
    return [f"{each} was never so since {head.sequence}" for each in wrong]


def what_is_wrong_in_the_end(history: History, readers: Readers) -> list[str]:
    history.tell_of_a_restore()
    readers.take_all(history.published)
    readers.come_to_rest([WATCH])
    kept = readers.copies.items(WATCH)
    wrong = [] if kept == history.held else [f"the copy holds {kept}, and there is {history.held}"]
    return [*wrong, *not_up_to(readers.copies, WATCH, history.sequence), *counted_more_than_once(readers.copies)]
