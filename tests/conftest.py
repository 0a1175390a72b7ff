"""Settings of the test tools that hold everywhere."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadFileScheduling

# Machines are shared: how long an example takes, to be made or to run, says nothing about the code.
settings.register_profile("quick", max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("thorough", settings.get_profile("quick"), max_examples=100)
settings.load_profile("quick")

SYSTEM = "tests/end_to_end/system/"
ONE_STACK = {f"{SYSTEM}test_{name}.py" for name in ("changes", "crashes", "logs", "notifications", "watches")}
"""They share what takes seconds to start."""


class ByStack(LoadFileScheduling):  # type: ignore[misc] # (published without types)
    """The tests of a file run in one process, those that share a stack as well."""

    def _split_scope(self, nodeid: str) -> str:
        file = str(super()._split_scope(nodeid))
        return "one stack" if file in ONE_STACK else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByStack:
    return ByStack(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What mostly waits begins first, and keeps nobody waiting in the end."""
    items.sort(key=lambda item: not item.nodeid.startswith(SYSTEM))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """In one line, what tests were skipped for want of; the reason of each names it."""
    wanting = Counter(each.longrepr[2].removeprefix("Skipped: ") for each in terminalreporter.getreports("skipped"))
    if wanting:
        listed = ", ".join(f"{count} need {what}" for what, count in wanting.most_common())
        terminalreporter.write_line(f"skipped: {listed}")
