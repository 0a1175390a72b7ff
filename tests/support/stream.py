"""What somebody does who has the stream of changes and nothing else, such as a table of a warehouse."""

from collections.abc import Iterable, Mapping
from typing import Any


def rebuilt(events: Iterable[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The items of one watch: each as it was told last since `baselineFrom`. What was not told since is gone.

    Raises LookupError before there is a baseline.
    """
    told: dict[str, tuple[int, Any]] = {}
    first = None
    for each in events:
        data = each["data"]
        first = data.get("baselineFrom", first)
        if "itemId" in data:
            told[data["itemId"]] = int(each["sequence"]), data["after"]
    if first is None:
        raise LookupError("no baseline has been told")
    return {item_id: after for item_id, (sequence, after) in told.items() if after and sequence >= first}
