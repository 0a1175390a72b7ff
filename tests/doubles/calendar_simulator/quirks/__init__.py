"""How the real Google behaves beside and beyond its documentation, each behaviour with a number and a switch."""

from .catalogue import CHANCES, QUIRKS
from .quirk import Quirk
from .switches import Switches

__all__ = ["CHANCES", "QUIRKS", "Quirk", "Switches"]
