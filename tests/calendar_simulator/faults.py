"""What goes wrong on purpose. Every notification passes here twice: when it is born and when it would leave."""

from typing import Literal

from .call import Delivery

Fate = Literal["send", "drop", "fail"]
#: what happens to notifications for a blocked address: lost for good, or refused and tried again
Block = Literal["drop", "fail"]


class Faults:
    def __init__(self) -> None:
        self._to_drop = 0
        self._blocks: dict[str, Block] = {}

    def drop_next(self, count: int) -> None:
        self._to_drop = count

    def block(self, prefix: str, how: Block) -> None:
        self._blocks[prefix] = how

    def unblock(self, prefix: str) -> None:
        self._blocks.pop(prefix, None)

    def loses(self, _newborn: Delivery) -> bool:
        lost = self._to_drop > 0
        self._to_drop -= lost
        return lost

    def fate(self, leaving: Delivery) -> Fate:
        matching = (how for prefix, how in self._blocks.items() if leaving.address.startswith(prefix))
        return next(matching, "send")
