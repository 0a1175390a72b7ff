"""The simulator's quirks, each always there, and what the claims that name it say of it."""

from collections.abc import Mapping

from tests.conformance.claims import CLAIMS
from tests.conformance.run import Outcome, hold
from tests.conformance.sides.simulated import Simulated

RUN = "0a1b2c"
"""Names what is created in the simulator."""
UNSEEN: Mapping[str, str] = {
    "Q33": "messages go on for whoever has lost access with the quirk on or off: it is there to be counted"
}
"""Quirks that change nothing which a client could see."""
_SLOW = 1.0
"""Seconds that an item takes under Q08: twenty of them are more than a claim waits."""


def detected(number: str) -> list[Outcome]:
    """Return what became of the claims that name it."""
    concerned = [each for each in CLAIMS if number in each.quirks]
    return hold(Simulated(quirks={number: 1}, slow_seconds_per_item=_SLOW), concerned, RUN).outcomes
