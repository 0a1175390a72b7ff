"""Whether the server has been told to end is read off gunicorn's own worker, by whose method it takes SIGTERM."""

import signal
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from gunicorn.workers.gthread import ThreadWorker

from calendar_watch.termination import terminating


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


def test_a_worker_of_gunicorns_is_told_to_end_by_sigterm_and_says_so() -> None:
    worker = ThreadWorker.__new__(ThreadWorker)
    worker.alive, worker.method_queue = True, SimpleNamespace(defer=lambda _: None)
    signal.signal(signal.SIGTERM, worker.handle_exit)
    assert not terminating()
    signal.raise_signal(signal.SIGTERM)
    assert terminating()


@pytest.mark.parametrize(
    "handler", [signal.SIG_DFL, signal.SIG_IGN, lambda *_: None], ids=["default", "none", "another"]
)
def test_under_another_server_nobody_is_ever_told(handler: signal.Handlers) -> None:
    signal.signal(signal.SIGTERM, handler)
    assert not terminating()
