"""What goes wrong on purpose.

Every notification passes here twice: when it is born and when it would leave. So does every answer, once.
"""

from typing import Any, Literal

from .call import Delivery

Fate = Literal["send", "drop", "fail"]
#: what happens to notifications for a blocked address: lost for good, or refused and tried again
Block = Literal["drop", "fail"]


class Faults:
    def __init__(self) -> None:
        self._to_drop, self._state_to_drop = 0, ""
        self._blocks: dict[str, Block] = {}
        self._shortened: dict[str, tuple[int, float]] = {}
        """How many listings of a method are, and which part of their items is left."""

    def drop_next(self, count: int, state: str = "") -> None:
        """Only those of that state, if one is named: "sync" or "exists"."""
        self._to_drop, self._state_to_drop = count, state

    def block(self, prefix: str, how: Block) -> None:
        self._blocks[prefix] = how

    def unblock(self, prefix: str) -> None:
        self._blocks.pop(prefix, None)

    def empty_next_listings(self, resource: str, count: int) -> None:
        """Leave all items out of so many answers. Their tokens are good, so that no increment makes up for it."""
        self._shortened[f"calendar.{resource}.list"] = count, 0.0

    def halve_next_listings(self, resource: str, count: int) -> None:
        """The same with the second half of the items."""
        self._shortened[f"calendar.{resource}.list"] = count, 0.5

    def spoiled(self, method_id: str, result: dict[str, Any] | None) -> dict[str, Any] | None:
        left, share = self._shortened.get(method_id, (0, 1.0))
        if result is None or not left:
            return result
        self._shortened[method_id] = left - 1, share
        return result | {"items": result["items"][: int(len(result["items"]) * share)]}

    def loses(self, newborn: Delivery) -> bool:
        lost = self._to_drop > 0 and self._state_to_drop in {"", newborn.state}
        self._to_drop -= lost
        return lost

    def fate(self, leaving: Delivery) -> Fate:
        matching = (how for prefix, how in self._blocks.items() if leaving.address.startswith(prefix))
        return next(matching, "send")
