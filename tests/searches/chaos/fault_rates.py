"""How bad it is: what may break, and how often. The seed chooses."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from tests.doubles.calendar_simulator.quirks import CHANCES, QUIRKS
from tests.searches.chaos.edges.fault_injection import BRIEF, LASTING, Fate
from tests.searches.chaos.scheduler import Scheduler, Worker
from tests.support.world import SECONDS

_STORE = ("unavailable", "lost", "contended")
_PUBSUB = ("refused", "lost")
_OPENING = ("rate", "busy", "server", "server after", "reset", "lost", "cut off", "html", "html after", "gone")
_STOPPING = ("rate", "busy", "server", "server after", "reset", "lost", "html after")
"""Never an answer that says that the channel is gone while it lives: nobody could do anything about that."""
_GETTING = (*_STOPPING, "cut off", "html")
"""The same about a single item."""
_ON = 0.5
"""How many of the quirks are on in one run."""
GENERATED = "@group.v.calendar.google.com"
_HANGS = (5.0, 15.0, 40.0, 70.0, 200.0)
_GOOGLE_HANGS = 3
"""How much oftener Google lets one wait than Firestore does."""
_LATENCY = (0.0, 0.0, 0.0, 0.1, 0.7)
_HURRIES = (0.1, 2.0, 10.0)
"""Seconds."""
LONGEST_DELAY = 90.0


@dataclass(frozen=True, slots=True)
class FaultRates:
    """Chances, for each call, message or worker."""

    name: str
    mishaps: float = 0.03
    lasting: float = 0.0
    """Refusals that are believed for longer, among the mishaps."""
    deaths: float = 0.01
    hangs: float = 0.01
    dropped: float = 0.0
    doubled: float = 0.1
    delayed: float = 0.1
    skew: float = 3.0
    """Seconds by which a worker's clock may be wrong, in either direction."""
    ended: float = 0.02
    """Workers that are told to end, at each step."""
    hurried: float = 0.2
    """Sweeps and wake-ups that have hardly any time."""
    handed: float = 0.3
    """Handed over shards of which nobody hears, or somebody twice, or late."""
    safety: bool = True
    """Whether there are safety reads."""
    outages: frozenset[str] = frozenset(
        {
            *("google away", "firestore away", "pubsub away", "empty listing", "half a listing", "tokens expire"),
            *("other domains", "intruder", "false end"),
        }
    )
    quirks: frozenset[str] = frozenset(QUIRKS)
    """Those of Google's that may be on."""


STEADY = FaultRates("steady")
"""Nothing that would explain why a watch has no channel."""
UNHEARD: Mapping[str, str] = {
    "Q03": "an increment skips a change for good",
    "Q06": "deletions are in no increment",
    "Q18": "an old address is no longer read from some moment on",
    "Q20": "a listing lacks what is there",
    "Q22": "the calendar's zone changes how all times are spelled",
    "Q28": "entries stay although their calendar is gone",
    "Q29": "entries lack their data owner",
    "Q30": "a channel announces no changes",
    "Q31": "a message comes an hour late",
    "Q32": "a listing lags behind its message for longer than a settling reading waits",
    "Q54": "an entry is listed up to a day late",
    "Q55": "nobody is told that a group was left",
    "Q56": "settings are listed only once somebody has set them",
    "Q61": "another account takes the place of the old one",
}
"""What shows without a message: only the clock finds it, so that it is off where nothing is read by the clock."""
LOSSLESS = FaultRates(
    "lossless",
    safety=False,
    quirks=STEADY.quirks - UNHEARD.keys(),
    lasting=0.05,
    outages=STEADY.outages - {"half a listing"} | {"revoked", "unreachable"},
)
"""Whatever was acknowledged has to be read, as nothing else would ever find it; nor that a listing was too short."""
STORM = replace(
    LOSSLESS,
    name="storm",
    safety=True,
    quirks=STEADY.quirks,
    lasting=0.1,
    dropped=0.2,
    outages=STEADY.outages | LOSSLESS.outages | {"channel dies", "channel ends early", "blocked"},
)
ALL_RATES = (STEADY, LOSSLESS, STORM)
CALM = FaultRates("calm", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, outages=frozenset(), quirks=frozenset())


FORCED: Mapping[str, Mapping[str, str]] = {
    "fails": {"store": "unavailable", "google": "server", "pubsub": "refused"},
    "unheard": {"store": "lost", "google": "lost", "pubsub": "lost"},
    "refused": {"store": "contended", "google": "rate", "pubsub": "refused"},
}
"""What may be chosen to go wrong, and what that is at each edge; besides `before`, `after` and `hangs`."""


_OFTENER: Mapping[str, float] = {"Q30": 0.3}
"""Two channels in a row have to be mute before it shows."""


def drawn(rates: FaultRates, dice: Random) -> Mapping[str, float]:
    """The quirks of one run with their chances: some of all, as each hides others."""
    return {each: _OFTENER.get(each, CHANCES[each]) for each in sorted(rates.quirks) if dice.random() < _ON}


def options(random: Random) -> Mapping[str, object]:
    """How the simulated Google is in one run."""
    return {
        "expiration_format": random.choice(("string", "number", "missing")),
        "sync": random.choice(("after", "after", "before")),
        "listing_lag_seconds": random.choice((0, 0, 2, 15)),
        "unwatchable": (GENERATED, *(("@group.calendar.google.com",) if random.random() < 0.05 else ())),
        "slow_seconds_per_item": 0.8,
    }


class Dice:
    """Decides what becomes of each call. `struck` counts what went wrong."""

    def __init__(self, rates: FaultRates, scheduler: Scheduler, dice: Random, haste: Random):
        self.rates = rates
        self.struck: Counter[str] = Counter()
        self._scheduler = scheduler
        self._dice = dice
        self._haste = haste
        self._away: dict[str, datetime] = {}
        self.forced = ""
        """What becomes of the next call, whatever the chances are: a key of `_FORCED`, or empty."""

    def away(self, edge: str, seconds: float) -> None:
        """Everything that passes this edge fails for so long."""
        self._away[edge] = self._scheduler.now + timedelta(seconds=seconds)

    def calm(self) -> None:
        self.rates = CALM
        self._away.clear()

    def seconds(self) -> float:
        """What a sweep has, or a wake-up: enough, or so little that it lets go in the middle, and hands shards over."""
        return self._haste.choice(_HURRIES) if self._haste.random() < self.rates.hurried else SECONDS

    def told_to_end(self, workers: Sequence[Worker]) -> list[Worker]:
        return [each for each in workers if self._haste.random() < self.rates.ended]

    def delays(self) -> list[float]:
        """How many seconds late the message of a shard comes, each time: never, once or twice."""
        copies = self._haste.choice((0, 2)) if self._haste.random() < self.rates.handed else 1
        return [self._delay() for _ in range(copies)]

    def _delay(self) -> float:
        return self._haste.uniform(0, LONGEST_DELAY) if self._haste.random() < self.rates.handed else 0

    def __call__(self, call: str) -> Fate:
        fate = self._fate(call)
        for what in (fate.mishap, fate.dies, "hangs" if fate.seconds >= _HANGS[0] else ""):
            self.struck[what] += bool(what)
        return fate

    def _fate(self, call: str) -> Fate:
        edge, rates = call.partition(".")[0], self.rates
        if self.forced:
            return self._forced(edge)
        if rates is CALM:
            return Fate()
        if self._dice.random() < rates.deaths:
            return Fate(dies=self._dice.choice(("before", "after")))
        if self._scheduler.now < self._away.get(edge, self._scheduler.now) or self._dice.random() < rates.mishaps:
            return Fate(self._mishap(call))
        if self._dice.random() < rates.hangs * (_GOOGLE_HANGS if edge == "google" else 1):
            return Fate(seconds=self._dice.choice(_HANGS))
        return Fate(seconds=self._dice.choice(_LATENCY) if edge == "google" else 0)

    def _forced(self, edge: str) -> Fate:
        kind, self.forced = self.forced, ""
        if kind in FORCED:
            return Fate(FORCED[kind][edge])
        return Fate(dies=kind) if kind in {"before", "after"} else Fate(seconds=_HANGS[-1])

    def _mishap(self, call: str) -> str:
        edge, _, what = call.partition(".")
        if edge != "google":
            return self._dice.choice(_STORE if edge == "store" else _PUBSUB)
        if what == "channels.stop":
            return self._dice.choice(_STOPPING)
        if what.endswith(".get"):
            return self._dice.choice(_GETTING)
        if self._dice.random() < self.rates.lasting:
            return self._dice.choice(list(LASTING))
        return self._dice.choice(_OPENING if what.endswith("watch") else list(BRIEF))
