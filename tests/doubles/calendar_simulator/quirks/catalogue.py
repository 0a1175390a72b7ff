"""Every quirk that the simulator can imitate: its number, what it is, and who saw it."""

from collections.abc import Mapping

from .quirk import Quirk
from .reading import READING
from .serving import SERVING

_ALL: tuple[Quirk, ...] = (*READING, *SERVING)

QUIRKS: Mapping[str, Quirk] = {each.number: each for each in _ALL}

CHANCES: Mapping[str, float] = {each.number: each.chance for each in _ALL}
"""Everything on."""
