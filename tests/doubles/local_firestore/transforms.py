"""Fields that the server computes while writing: its time, sums, extremes, sets kept in arrays."""

from collections.abc import Callable

from tests.doubles.local_firestore import paths
from tests.doubles.local_firestore.messages import Message, Value, timestamp
from tests.doubles.local_firestore.values import NAN, Key, number, order_key

INT64_MIN, INT64_MAX = -(2**63), 2**63 - 1
MILLISECOND = 1000


def apply(transform: Message, fields: Message, now: int) -> Message:
    """Change the field in place; what the answer says about it is returned."""
    kind = transform.WhichOneof("transform_type")
    if kind == "set_to_server_value":
        value = Value(timestamp_value=timestamp(now // MILLISECOND * MILLISECOND))
    else:
        value = _TRANSFORMS[kind](paths.find(fields, transform.field_path), getattr(transform, kind))
    paths.put(fields, transform.field_path, value)
    return Value(null_value=0) if value.HasField("array_value") else value


def _increment(old: Message | None, operand: Message) -> Message:
    before, by = number(old), number(operand)
    if before is None or by is None:
        return operand
    total = before + by
    if isinstance(total, float):
        return Value(double_value=total)
    return Value(integer_value=min(max(total, INT64_MIN), INT64_MAX))


def _extreme(wins: Callable[[Key, Key], bool]) -> Callable[[Message | None, Message], Message]:
    def choose(old: Message | None, operand: Message) -> Message:
        if number(old) is None:
            return operand
        before = order_key(old)
        return operand if before != NAN and wins(order_key(operand), before) else old

    return choose


def _union(old: Message | None, operand: Message) -> Message:
    elements = _elements(old)
    for candidate in operand.values:
        if order_key(candidate) not in map(order_key, elements):
            elements.append(candidate)
    return _array(elements)


def _difference(old: Message | None, operand: Message) -> Message:
    unwanted = set(map(order_key, operand.values))
    return _array([element for element in _elements(old) if order_key(element) not in unwanted])


def _elements(old: Message | None) -> list[Message]:
    return list(old.array_value.values) if old is not None and old.HasField("array_value") else []


def _array(elements: list[Message]) -> Message:
    value = Value(array_value={"values": elements})
    value.array_value.SetInParent()  # an empty array is not "no value"
    return value


_TRANSFORMS: dict[str, Callable[[Message | None, Message], Message]] = {
    "increment": _increment,
    "maximum": _extreme(lambda operand, old: operand == NAN or operand > old),
    "minimum": _extreme(lambda operand, old: operand < old),
    "append_missing_elements": _union,
    "remove_all_from_array": _difference,
}
