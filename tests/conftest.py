"""Settings of the test tools that hold everywhere."""

import gc
import os
import sys
import threading
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadFileScheduling

import calendar_watch

for name in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS"):  # what tests make is no part of the make that runs them
    os.environ.pop(name, None)

# Machines are shared: how long an example takes, to be made or to run, says nothing about the code.
settings.register_profile("quick", max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("thorough", settings.get_profile("quick"), max_examples=100)
settings.load_profile("quick")

SYSTEM = "tests/end_to_end/system/"
CONTRACT = "tests/contract/test_"
CONSOLE = "tests/end_to_end/console/"
TOGETHER = {
    **{
        f"{SYSTEM}test_{name}.py": "stack"
        for name in ("changes", "checks", "crashes", "logs", "notifications", "watches")
    },
    **{
        f"{CONTRACT}{name}.py": "emulators"
        for name in ("foreign_documents", "local_firestore", "pubsub", "sinks", "store")
    },
}
"""They share what takes seconds to start."""

UNCOUNTED_IN = {
    **dict.fromkeys(
        ("conformance", "contract/schemas", "cost", "doubles", "end_to_end", "infra", "searches", "sql", "tools"), ("",)
    ),
    "api": ("batch", "calls", "ending", "foreign_schema", "logs", "notifications", "opening", "retrying"),
    "contract": ("store",),
    "scenarios": (
        *("baselines", "channels", "commit_sizes", "costs", "domains", "events", "faults", "feed", "follow"),
        *("mute_channels", "outages", "publishing", "refusals", "restores"),
    ),
    "unit/calendar_api": ("outages", "rate_limiter"),
    "unit/firestore": ("documents",),
    "unit/model/collection": ("parts",),
}
UNCOUNTED = tuple(
    f"tests/{room}/test_{name}.py" if name else f"tests/{room}/"
    for room, names in UNCOUNTED_IN.items()
    for name in names
)
"""Coverage is not measured in what runs the functions in other processes, not at all, or along lines that others count:
measuring takes as long again as what is measured. Of other files, neither in what is marked `uncounted`."""


class ByWhatIsShared(LoadFileScheduling):  # type: ignore[misc] # (published without types)
    """The tests of a file run in one process, and so do those of files that share something."""

    def _split_scope(self, nodeid: str) -> str:
        file = str(super()._split_scope(nodeid))
        return TOGETHER.get(file, file)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByWhatIsShared:
    return ByWhatIsShared(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Each worker loads every test: that is not measured, once what is measured has been loaded."""
    if sys.gettrace():
        for each in walk_packages(calendar_watch.__path__, "calendar_watch."):
            import_module(each.name)
    with untraced():
        return (yield)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What mostly waits begins first, and keeps nobody waiting in the end."""
    items.sort(key=lambda item: not item.nodeid.startswith((SYSTEM, CONTRACT, CONSOLE)))


def pytest_collection_finish() -> None:
    """What is loaded by now stays: to look through it for garbage again and again took a twentieth of the time."""
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    if not (item.nodeid.startswith(UNCOUNTED) or item.get_closest_marker("uncounted")):
        return (yield)
    with untraced():
        return (yield)


@contextmanager
def untraced() -> Iterator[None]:
    """pytest-cov's own mark stops one of two measurements that it runs in a worker of xdist."""
    ours, threads = sys.gettrace(), threading.gettrace()
    sys.settrace(None)
    threading.settrace(None)
    try:
        yield
    finally:
        sys.settrace(ours)
        threading.settrace(threads)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """In one line, what tests were skipped for want of; the reason of each names it."""
    wanting = Counter(each.longrepr[2].removeprefix("Skipped: ") for each in terminalreporter.getreports("skipped"))
    if wanting:
        listed = ", ".join(f"{count} need {what}" for what, count in wanting.most_common())
        terminalreporter.write_line(f"skipped: {listed}")
