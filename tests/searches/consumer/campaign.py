"""Many runs, on several processors, each in all three sinks."""

import os
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from google.cloud import firestore

from tests.doubles import local_firestore
from tests.searches.consumer import in_chaos, run
from tests.searches.consumer.outcome import Outcome
from tests.support.copies import Copies, InFirestore, InMemory, InSqlite
from tests.support.firestore_emulator import VARIABLE

SINKS = ("memory", "sqlite", "firestore")


@contextmanager
def every_sink() -> Iterator[Mapping[str, Copies]]:
    with TemporaryDirectory() as folder, local_firestore.serve() as server:
        with patch.dict(os.environ, {VARIABLE: server.host}):
            client = firestore.Client(project="copies")
        in_sqlite = InSqlite(Path(folder) / "copies")
        in_sqlite.create_tables()
        yield dict(zip(SINKS, (InMemory(), in_sqlite, InFirestore(client)), strict=True))
        client._firestore_api.transport.close()  # noqa: SLF001 (Client.close() leaves this channel open)


def alone(seed: int) -> Outcome:
    """A watch to which everything happens."""
    with every_sink() as sinks:
        return _together(run.run(seed, name, copies) for name, copies in sinks.items())


def in_the_chaos(seed: int, steps: int) -> Outcome:
    """All watches of a run of the chaos."""
    with every_sink() as sinks:
        return in_chaos.run(seed, steps, sinks)


def _together(outcomes: Iterator[Outcome]) -> Outcome:
    struck, published, counted, offences = Counter[str](), 0, Counter[str](), list[str]()
    for each in outcomes:
        struck, counted = struck + each.struck, counted + each.counted
        published, offences = published + each.published, [*offences, *each.offences]
    return Outcome(struck, published, counted, offences)


def campaign(seeds: int, steps: int) -> bool:
    """Whether nothing was wrong."""
    with ProcessPoolExecutor() as pool:
        told = [
            _tell(name, _together(_told(seed, each) for seed, each in enumerate(pool.map(work, range(seeds)))))
            for name, work in (("alone", alone), ("in the chaos", partial(in_the_chaos, steps=steps)))
        ]
    return all(told)


def _told(seed: int, outcome: Outcome) -> Outcome:
    for each in outcome.offences:
        _say(f"seed {seed}: {each}")
    return outcome


def _tell(name: str, outcome: Outcome) -> bool:
    struck = ", ".join(f"{what} {count:,}" for what, count in outcome.struck.most_common())
    counted = ", ".join(f"{what} {count:,}" for what, count in outcome.counted.items())
    _say(f"{name}: {outcome.published:,} messages; counted: {counted}; {struck}: {len(outcome.offences)} offences")
    return not outcome.offences


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
