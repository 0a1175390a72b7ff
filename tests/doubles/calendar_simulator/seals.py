"""Page tokens and sync tokens: made for one view of one collection, and good for nothing else."""

import base64
import json
from dataclasses import dataclass
from typing import Any, Literal

from .world import World

Kind = Literal["page", "sync"]


@dataclass(frozen=True)
class Seal:
    world: World
    #: the collection and what of it was asked for
    label: tuple[str, ...]

    def close(self, kind: Kind, *marks: int | str | None) -> str:
        made = self.world.next_revision()
        return base64.urlsafe_b64encode(json.dumps([kind, *self.label, made, *marks]).encode()).decode()

    def made(self, token: str) -> int | None:
        """Return the revision at which the token was made, for whatever collection; None if it is none."""
        opened = _opened(token)
        return next((mark for mark in opened[2:] if isinstance(mark, int)), None) if opened else None

    def open(self, kind: Kind, token: str, oldest: int) -> list[Any] | None:
        """Return the marks of a token that this seal made, not before the oldest revision; else None."""
        opened = _opened(token)
        ours = [kind, *self.label]
        if opened is None or opened[: len(ours)] != ours:
            return None
        made, *marks = opened[len(ours) :]
        return marks if made >= oldest else None


def _opened(token: str) -> list[Any] | None:
    try:
        opened = json.loads(base64.urlsafe_b64decode(token.encode()))
    except ValueError:
        return None
    return opened if isinstance(opened, list) else None
