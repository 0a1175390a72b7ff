"""Values and the total order that Firestore gives them, whatever their types."""

import math
from collections.abc import Callable
from typing import Any, TypeAlias

from tests.doubles.local_firestore.messages import Message

# Compares like the value, and equals where Firestore says equal. The first item is the rank of the type.
Key: TypeAlias = tuple[Any, ...]

NULL, BOOLEAN, NUMBER, TIMESTAMP, STRING, BYTES, REFERENCE, GEO_POINT, ARRAY, MAP = range(10)

# Python orders text by code point, which is the order of its UTF-8 bytes.
_KEYS: dict[str, Callable[[Any], Key]] = {
    "null_value": lambda _: (NULL,),
    "boolean_value": lambda value: (BOOLEAN, value),
    "integer_value": lambda value: (NUMBER, 1, value),
    "double_value": lambda value: NAN if math.isnan(value) else (NUMBER, 1, value),
    "timestamp_value": lambda value: (TIMESTAMP, value.seconds, value.nanos),
    "string_value": lambda value: (STRING, value),
    "bytes_value": lambda value: (BYTES, value),
    "reference_value": lambda value: (REFERENCE, tuple(value.split("/"))),
    "geo_point_value": lambda value: (GEO_POINT, value.latitude, value.longitude),
    "array_value": lambda value: (ARRAY, tuple(map(order_key, value.values))),
    "map_value": lambda value: (MAP, tuple((name, order_key(value.fields[name])) for name in sorted(value.fields))),
}
NAN: Key = (NUMBER, 0)


def order_key(value: Message) -> Key:
    kind = value.WhichOneof("value_type")
    return _KEYS[kind](getattr(value, kind))


def number(value: Message | None) -> int | float | None:
    """See the value as arithmetic does: None where there is no number."""
    kind = value.WhichOneof("value_type") if value is not None else None
    return getattr(value, kind) if kind in ("integer_value", "double_value") else None
