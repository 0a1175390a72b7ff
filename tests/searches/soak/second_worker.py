"""A second `renew`, as production has as many as it needs: a late worker has somebody to come after."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.end_to_end.system.conftest import TICK
from tests.support.stack import Function, Stack, Ticker, free_ports


@contextmanager
def second_renew(stack: Stack) -> Iterator[Function]:
    logs = stack.logs / "twin"
    logs.mkdir()
    second_worker = Function("renew", next(free_ports()), stack.environment, logs)
    with Ticker(second_worker.url, TICK), second_worker.running():
        yield second_worker
