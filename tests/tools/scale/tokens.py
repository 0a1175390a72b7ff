"""Access tokens: each instance keeps its own, for a user and a scope, for an hour."""

from collections import OrderedDict
from random import Random

Key = tuple[str, str]


class Tokens:
    """`kept` by each of `instances`, for `life` seconds."""

    def __init__(self, instances: int, kept: int, life: float):
        self._fetched: list[OrderedDict[Key, float]] = [OrderedDict() for _ in range(instances)]
        self._kept = max(1, kept)
        self._life = life

    def missing(self, instance: int, key: Key, now: float) -> bool:
        """Whether one is fetched now."""
        tokens = self._fetched[instance]
        fetched = tokens.get(key)
        if fetched is not None:
            tokens.move_to_end(key)
            if now < fetched + self._life:
                return False
        tokens[key] = now
        if len(tokens) > self._kept:
            tokens.popitem(last=False)
        return True

    def any_instance(self, random: Random) -> int:
        return random.randrange(len(self._fetched))
