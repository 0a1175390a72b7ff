"""Tests that run against ours, and against Google's emulator where this machine has it."""

from typing import Any

import pytest


def backends(name: str, *, present: bool, ours: str = "local", googles: str = "emulator") -> list[Any]:
    """Parameters, of which `ours` and `googles` are the values."""
    missing = pytest.mark.skipif(not present, reason=f"Google's {name} emulator")
    return [pytest.param(ours, id="local"), pytest.param(googles, id="emulator", marks=missing)]
