"""Settings: what nobody has set has no etag (Q56)."""

from typing import Any

from ..collection import Collection, Record
from ..world import World

JsonObject = dict[str, Any]


def shown(world: World, settings: Collection, record: Record, setting: JsonObject) -> JsonObject:
    if not world.quirks.on("Q56") or settings.before(record) is not None:
        return setting
    world.quirks.meet("Q56")
    return setting | {"etag": '"0"'}
