"""Every state that can be reached, breadth first: whatever is broken is found with the shortest way there."""

import gc
from array import array
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

S = TypeVar("S", bound=Hashable)

SURELY, PERHAPS = True, False
"""Whether a step is taken sooner or later by itself."""


class Flaw(Exception):  # noqa: N818 (it is what is looked for)
    """A promise that is broken."""


class Model(Protocol[S]):
    def initial(self) -> S:
        """Where everything begins."""

    def steps(self, state: S) -> Iterable[tuple[str, bool, S]]:
        """What may happen next, and whether it happens sooner or later by itself. Raises Flaw."""

    def at_rest(self, state: S) -> None:
        """Nothing happens by itself any more. Raises Flaw, if something is left to do."""


@dataclass(frozen=True, slots=True)
class Found:
    states: int
    flaw: str = ""
    way: Sequence[str] = ()


def search(model: Model[Any]) -> Found:
    """Nothing that is found is thrown away before the end, so looking for what could be would be in vain."""
    gc.disable()
    try:
        return _Search(model).run()
    finally:
        gc.enable()


class _Search(Generic[S]):
    def __init__(self, model: Model[S]):
        self._model = model
        self._states: list[S] = []
        self._numbers: dict[S, int] = {}
        self._origins = array("l")
        self._labels: list[str] = []
        self._quiet: list[int] = []
        self._towards: list[array[int]] = []
        """For each state, those that become it by themselves."""

    def run(self) -> Found:
        self._number(self._model.initial(), 0, "")
        at = 0
        try:
            for at, state in enumerate(self._states):
                self._follow(at, state)
        except Flaw as flaw:
            return Found(len(self._states), str(flaw), self._way(at))
        restless = self._restless()
        if restless is None:
            return Found(len(self._states))
        return Found(len(self._states), "from here on, it never comes to rest", self._way(restless))

    def _follow(self, at: int, state: S) -> None:
        progress = False
        for label, by_itself, after in self._model.steps(state):
            number = self._number(after, at, label)
            if by_itself:
                progress = True
                self._towards[number].append(at)
        if not progress:
            self._model.at_rest(state)
            self._quiet.append(at)

    def _number(self, state: S, origin: int, label: str) -> int:
        number = self._numbers.setdefault(state, len(self._states))
        if number == len(self._states):
            self._states.append(state)
            self._origins.append(origin)
            self._labels.append(label)
            self._towards.append(array("l"))
        return number

    def _way(self, at: int) -> Sequence[str]:
        way = []
        while at:
            way.append(self._labels[at])
            at = self._origins[at]
        return way[::-1]

    def _restless(self) -> int | None:
        """The first state from which no way that is taken by itself leads to rest."""
        calm = bytearray(len(self._states))
        todo = self._quiet
        while todo:
            at = todo.pop()
            if not calm[at]:
                calm[at] = 1
                todo.extend(self._towards[at])
        restless = calm.find(0)
        return None if restless < 0 else restless
