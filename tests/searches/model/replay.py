"""Random walks of the model, of which each write is done once more by the real decisions: they must differ nowhere.

A write is compared by itself: what the real decisions make of the document before it is the document after it.
"""

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Any

from calendar_watch.decisions import next_step
from calendar_watch.decisions.refusals import SILENT_CHANNELS
from calendar_watch.model.watch import Watch
from tests.searches.model.bounds import INTRUDER, Bounds
from tests.searches.model.concrete import NOW, POLICY, doc_of, name, plain, watch_of
from tests.searches.model.configurations import CONFIGURATIONS
from tests.searches.model.decisions import RULES, asked
from tests.searches.model.protocol import Protocol
from tests.searches.model.rules import EMPTY, Rules
from tests.searches.model.state import Args, Doc, State, Step, Write

_PLENTY = 999
_SWITCHES = (
    "lag",
    "wrong",
    "scheduled",
    "gap",
    "unreachable",
    "deaf",
    "dead_on_arrival",
    "heartbeats",
    "beside",
    "deadlines",
    "baseline",
    "topic",
)
_WITHOUT_MORE = {next_step.Read: "list", next_step.TellBaseline: "tell"}


class Difference(Exception):  # noqa: N818 (it is what is looked for)
    """A write of which the model and the real decisions make different documents, or choose different steps."""


class Replayed(Rules):
    """The rules, each of whose writes is compared; the same one only once."""

    def __init__(self, bounds: Bounds):
        super().__init__(bounds)
        self.writes: Counter[str] = Counter()
        self._compared: set[tuple[Doc, Write]] = set()
        in_stream = frozenset({"acl"} if bounds.baseline else ())
        self._policy = replace(POLICY, publishes=bounds.topic, baseline_in_stream=in_stream)

    def written(self, doc: Doc, write: Write) -> tuple[Doc, Args]:
        for before, kin in _kin(doc, write):
            self._compare(before, kin, super().written(before, kin))
        after, step = super().written(doc, write)
        self._compare(doc, write, (after, step))
        return after, step

    def ended(self, doc: Doc) -> Doc:
        after = super().ended(doc)
        self._compare(doc, Write("stop", "ended"), (after, None))
        return after

    def resumed(self, doc: Doc) -> Doc:
        after = super().resumed(doc)
        self._compare(doc, Write("resume", "resumed"), (after, None))
        return after

    def _compare(self, doc: Doc, write: Write, model: tuple[Doc, Args | None]) -> None:
        if (doc, write) in self._compared:
            return
        self._compared.add((doc, write))
        self.writes[write.rule] += 1
        real = self._really(doc, write)
        if (plain(model[0]), model[1]) != (plain(real[0]), real[1]):
            raise Difference(_told(doc, write, model, real))

    def _really(self, doc: Doc, write: Write) -> tuple[Doc, Args | None]:
        before = watch_of(doc, asked(write))
        if plain(doc_of(before)) != plain(doc):
            raise Difference(f"{before} stands for another document than {doc}")
        watch = RULES[write.rule](before, self._policy, *write.args)
        if write.kind in {"stop", "resume"}:
            return doc_of(watch), None
        if write.kind == "pause":
            return doc_of(watch), ()
        watch, step = next_step.decided(_comparable(watch), NOW, self._policy, name(doc.generation + 1))
        return doc_of(watch), _step(watch, step)


def _kin(doc: Doc, write: Write) -> list[tuple[Doc, Write]]:
    """A reading as it might have been as well: for another cause, overtaken, or emptied. On a walk that is rare."""
    if write.rule != "read" or doc.read != "now":
        return []
    shown, began, _ = write.args
    braked = [(doc._replace(brake=brake), each) for brake, each in ((False, EMPTY), (False, shown), (True, shown))]
    ways = itertools.product(braked, ("notification", "settle", "schedule"), (False, True))
    return [
        (before._replace(cause=cause), write._replace(args=(each, began, overtaken)))
        for (before, each), cause, overtaken in ways
        if each != EMPTY or not before.brake
    ]


def _comparable(watch: Watch) -> Watch:
    """As `meanings` says: channels in their order, and nothing known of an earlier confirmation."""
    ordered = sorted(watch.channels.by_id.values(), key=lambda each: int(each.id[1:]))
    return watch.with_channels(by_id={each.id: each for each in ordered}, was_confirmed=False)


def _step(watch: Watch, step: next_step.Step) -> Args:
    doc = doc_of(watch)
    match step:
        case next_step.Publish():
            return ("publish", doc.published, doc.sequence)
        case next_step.StopChannel(channel):
            return ("stop", int(channel.id[1:]))
        case next_step.OpenChannel():
            return ("open", doc.generation)
        case next_step.Wait():
            return ()
    return (_WITHOUT_MORE.get(type(step), type(step).__name__),)


def _told(doc: Doc, write: Write, model: tuple[Doc, Args | None], real: tuple[Doc, Args | None]) -> str:
    pairs = zip(Doc._fields, plain(model[0]), plain(real[0]), strict=True)
    differ = [f"{field}: the model {one}, the code {other}" for field, one, other in pairs if one != other]
    steps = [] if model[1] == real[1] else [f"next: the model {model[1]}, the code {real[1]}"]
    return "\n".join([f"{write.rule}{write.args} of {doc}", *differ, *steps])


# --- walks


def walk(seed: int, steps: int, rules: type[Rules] = Rules) -> Counter[str]:
    """How many writes of each rule were compared. Raises Difference, and Flaw."""
    random = Random(seed)  # noqa: S311 (nothing is kept secret by it)
    bounds, calm = _bounds(random), random.random()
    replayed: Replayed = type("Replayed", (Replayed, rules), {})(bounds)
    protocol = Protocol(bounds, lambda _: replayed)
    state = protocol.initial()
    for _ in range(steps):
        following = list(protocol.steps(state))
        if not following:
            break
        state = _chosen(random, following, calm).after
    return replayed.writes


def _bounds(random: Random) -> Bounds:
    """Of one part of the protocol, or of any of what a watch may have to live with at once; but without an end."""
    parts = [each.full for each in CONFIGURATIONS.values()]
    bounds = random.choice([*parts, *[_everything(random)] * len(parts)])
    return bounds._replace(changes=_PLENTY, faults=_PLENTY, generations=_PLENTY, silent=SILENT_CHANNELS)


def _everything(random: Random) -> Bounds:
    switches: dict[str, Any] = {each: random.random() < 0.5 for each in _SWITCHES}
    return Bounds(operations=5, of=Bounds().of | INTRUDER)._replace(**switches)


def _chosen(random: Random, steps: Sequence[Step], calm: float) -> Step:
    """What may happen in one way is as likely as what may in many; `calm`: how often it happens by itself."""
    by_itself = [each for each in steps if each.progress]
    by_kind = defaultdict(list)
    for each in by_itself if by_itself and random.random() < calm else steps:
        by_kind[re.sub(r"\d+|[\[(].*", "", each.label)].append(each)
    alike = by_kind[random.choice(sorted(by_kind))]
    return random.choice(sorted(alike, key=_canonical)) if len(alike) > 1 else alike[0]


def _canonical(step: Step) -> str:
    """The same in every process: which worker is the first depends on hashes, which do not stay."""
    return re.sub(r"^W\d", "W", step.label) + _spelled(step.after)


def _spelled(value: Any) -> str:
    """Whatever the order of workers, and of what has none."""
    if isinstance(value, State):
        return _spelled(tuple(value._replace(workers=())) + tuple(sorted(map(_spelled, value.workers))))
    if isinstance(value, frozenset):
        return str(sorted(map(_spelled, value)))
    return str([*map(_spelled, value)]) if isinstance(value, tuple) else repr(value)
