"""What goes wrong on purpose.

Every notification passes here twice: when it is born and when it would leave. So does every answer, once.
"""

from collections import Counter
from typing import Any, Literal

from .call import Delivery

Fate = Literal["send", "drop", "fail"]
#: what happens to notifications for a blocked address: lost for good, or refused and tried again
Block = Literal["drop", "fail"]


class Faults:
    def __init__(self) -> None:
        self._to_drop = 0
        self._blocks: dict[str, Block] = {}
        self._to_empty: Counter[str] = Counter()

    def drop_next(self, count: int) -> None:
        self._to_drop = count

    def block(self, prefix: str, how: Block) -> None:
        self._blocks[prefix] = how

    def unblock(self, prefix: str) -> None:
        self._blocks.pop(prefix, None)

    def empty_next_listings(self, resource: str, count: int) -> None:
        """Leave all items out of so many answers. Their tokens are good, so that no increment makes up for it."""
        self._to_empty[f"calendar.{resource}.list"] = count

    def spoiled(self, method_id: str, result: dict[str, Any] | None) -> dict[str, Any] | None:
        if result is None or not self._to_empty[method_id]:
            return result
        self._to_empty[method_id] -= 1
        return result | {"items": []}

    def loses(self, _newborn: Delivery) -> bool:
        lost = self._to_drop > 0
        self._to_drop -= lost
        return lost

    def fate(self, leaving: Delivery) -> Fate:
        matching = (how for prefix, how in self._blocks.items() if leaving.address.startswith(prefix))
        return next(matching, "send")
