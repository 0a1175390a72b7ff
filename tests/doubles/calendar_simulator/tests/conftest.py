"""A simulated Google for each test, and two people who use it."""

from datetime import UTC, datetime

import pytest

from tests.doubles.calendar_simulator import Actor, CalendarSimulator


@pytest.fixture
def simulator() -> CalendarSimulator:
    return CalendarSimulator(lambda: datetime(2026, 11, 20, 10, tzinfo=UTC))


@pytest.fixture
def alice(simulator: CalendarSimulator) -> Actor:
    return Actor(simulator, "alice@example.com")


@pytest.fixture
def bob(simulator: CalendarSimulator) -> Actor:
    return Actor(simulator, "bob@example.com")
