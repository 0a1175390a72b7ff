"""How the real Google behaves beside and beyond its documentation, each behaviour with a number and a switch."""

from .catalogue import QUIRKS, Quirk
from .switches import Switches

__all__ = ["QUIRKS", "Quirk", "Switches"]
