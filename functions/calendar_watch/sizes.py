"""What things weigh as JSON in UTF-8: Firestore and Pub/Sub have limits, and what Google Calendar gives us has none."""

import json
from collections.abc import Iterable, Mapping
from itertools import accumulate
from typing import Any

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_LONGEST_TEXT = 5_000
_HEAVIEST_VALUE = 30_000


def encoded(value: Any) -> bytes:
    """Compact, each letter in as many bytes as UTF-8 takes; a lone surrogate, which has no UTF-8, as an escape."""
    return _ENCODER.encode(value).encode(errors="backslashreplace")


def weight(value: Any) -> int:
    """In bytes."""
    return len(encoded(value))


def fitting(weights: Iterable[int], most: int) -> int:
    """How many of the first together weigh at most `most`; at least one, so that whoever takes them gets on."""
    return max(1, sum(total <= most for total in accumulate(weights)))


def outline(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """The item with long texts cut and other heavy fields left out. An outline of an outline is the same."""
    return {name: _cut(value) for name, value in item.items() if isinstance(value, str) or _light(value)}


def _cut(value: Any) -> Any:
    if isinstance(value, str) and len(value) > _LONGEST_TEXT:
        return f"{value[:_LONGEST_TEXT]}…"
    return value


def _light(value: Any) -> bool:
    return weight(value) <= _HEAVIEST_VALUE
