"""From a change to its CloudEvent, now and in an earlier release: the same machine, the same emulators, in turns.

`make bench WHICH=before` takes the last one before listings went beside the claim, `before=19e75b4=dc87bc9` any others.
Both run as real processes, each in front of a simulated Google of its own that answers at once. The second time
Firestore is a round trip away, as it is from a function, where Google's emulator is here.
"""

import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from pathlib import Path
from statistics import quantiles
from types import ModuleType

from tests.support import firestore_emulator, pubsub_emulator
from tests.support.stack import Stack, until
from tests.support.stack.function import SOURCE
from tests.support.world import ALICE
from tests.tools.bench.distance import distant
from tests.tools.bench.latency import at_rest, told_after, watched
from tests.tools.bench.row import Row, at_most

_ROOT = Path(__file__).parents[3]
_NOW, _BEFORE = "now", ("19e75b4",)
_WATCHES, _WARM, _CHANGES, _NEVER = 20, 20, 200, 3600.0
_SETTINGS = {"SETTLE_SECONDS": "3600"}
_FAR = 0.02
"""Seconds there and back."""
_HALF = 0.5


def measure(*commits: str) -> Iterator[Row]:
    with ExitStack() as stack:
        firestore, pubsub = (stack.enter_context(_host(each)) for each in (firestore_emulator, pubsub_emulator))
        earlier = {each: stack.enter_context(_functions_of(each)) for each in commits or _BEFORE}
        sources = {_NOW: SOURCE, **earlier}
        yield from _rows("change to CloudEvent", sources, firestore, pubsub)
        if firestore_emulator.present():
            far = stack.enter_context(distant(firestore, _FAR))
            yield from _rows(f"change to CloudEvent, Firestore {_FAR * 1e3:.0f} ms away", sources, far, pubsub)


def _rows(what: str, sources: Mapping[str, str], firestore: str, pubsub: str) -> Iterator[Row]:
    with ExitStack() as stack:
        sides = {name: stack.enter_context(_side(firestore, pubsub, source)) for name, source in sources.items()}
        took = {name: quantiles(each[_WARM:], n=100) for name, each in _in_turns(sides).items()}
    for name in (each for each in took if each != _NOW):
        ratio = took[_NOW][49] / took[name][49]
        yield at_most(f"{what}, {_CHANGES} changes in turns: p50, ÷ {name}", ratio, _HALF)
    for name, hundredths in took.items():
        yield Row(f"  {name}", f"p50 {hundredths[49] * 1e3:.0f} ms, p99 {hundredths[98] * 1e3:.0f} ms")


def _host(emulator: ModuleType) -> AbstractContextManager[str]:
    """Google's, or else ours, one for each side."""
    found: AbstractContextManager[str] = emulator.emulator() if emulator.present() else nullcontext("local")
    return found


@contextmanager
def _functions_of(commit: str) -> Iterator[str]:
    """Where the functions of that commit begin."""
    with tempfile.TemporaryDirectory(prefix="before-") as folder:
        archive = Path(folder, "functions.tar")
        command = ["git", "archive", "--output", str(archive), commit, "functions"]
        subprocess.run(command, cwd=_ROOT, check=True)  # noqa: S603 (our own)
        with tarfile.open(archive) as packed:
            packed.extractall(folder, filter="data")
        yield str(Path(folder, SOURCE))


class _Side:
    """One release with watches at rest."""

    def __init__(self, stack: Stack):
        self._stack, self._alice = stack, stack.google.person(ALICE)
        self._calendars = [watched(stack, self._alice) for _ in range(_WATCHES)]
        until(lambda: at_rest(stack), "all watches are at rest", 60)

    def told_after(self, number: int) -> float:
        calendar = self._calendars[number % _WATCHES]
        return told_after(self._stack, self._alice, calendar, f"g{number}@example.com")


@contextmanager
def _side(firestore: str, pubsub: str, source: str) -> Iterator[_Side]:
    stack = Stack(_SETTINGS, firestore=firestore, pubsub=pubsub, tick=_NEVER)
    stack.source = source
    with stack:
        yield _Side(stack)


def _in_turns(sides: Mapping[str, _Side]) -> Mapping[str, list[float]]:
    """Seconds, for each side; whoever was first comes last the next time."""
    took: dict[str, list[float]] = {name: [] for name in sides}
    for number in range(_WARM + _CHANGES):
        for name in list(sides)[:: 1 if number % 2 else -1]:
            took[name].append(sides[name].told_after(number))
    return took
