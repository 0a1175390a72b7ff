"""A line for each step, as soon as it ends, with the time that it took."""

import shutil
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from infra.tools.clock import Clock
from infra.tools.service import PlainError

_T = TypeVar("_T")
_PAUSE = 0.5
_LEAST_WIDTH = 60


class LateError(PlainError):
    """What had to come did not come in time."""


@dataclass(frozen=True, slots=True)
class Steps:
    """`within`: seconds that each may wait."""

    clock: Clock
    within: float

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """What goes wrong is told, and raised on."""
        begun = self.clock.now()
        try:
            yield
        except PlainError as problem:
            self._tell("NOT OK", name, begun, str(problem))
            raise
        self._tell("ok", name, begun, "")

    def until(self, found: Callable[[], _T | None], missing: Callable[[], str]) -> _T:
        """Return what `found` does at last. Raises LateError, with what `missing` says."""
        end = self.clock.now() + self.within
        while (what := found()) is None:
            if self.clock.now() >= end:
                raise LateError(f"after {self.within:g} s {missing()}")
            self.clock.sleep(_PAUSE)
        return what

    def _tell(self, verdict: str, name: str, begun: float, detail: str) -> None:
        head = f"{verdict:8}{name:18}{self.clock.now() - begun:7.1f} s  "
        width = max(shutil.get_terminal_size((100, 1)).columns, _LEAST_WIDTH)
        margin = " " * len(head)
        for line in textwrap.wrap(head + detail, width, subsequent_indent=margin, break_on_hyphens=False):
            print(line, flush=True)
