"""A second `renew`, as production has as many as it needs: a late worker has somebody to come after."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.end_to_end.system.conftest import TICK
from tests.support.stack import Function, Stack, Ticker, free_ports


@contextmanager
def twin_of_renew(stack: Stack) -> Iterator[Function]:
    logs = stack.logs / "twin"
    logs.mkdir()
    twin = Function("renew", next(free_ports()), stack.environment, logs)
    twin.start()
    with Ticker(twin.url, TICK):
        try:
            twin.wait()
            yield twin
        finally:
            twin.kill()
