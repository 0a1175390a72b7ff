"""Count, sum and average over the documents that a query found."""

from collections.abc import Iterable

from tests.doubles.local_firestore import paths
from tests.doubles.local_firestore.documents import Stored
from tests.doubles.local_firestore.errors import invalid
from tests.doubles.local_firestore.messages import Message, Value
from tests.doubles.local_firestore.transforms import INT64_MAX, INT64_MIN
from tests.doubles.local_firestore.values import number


def fields(wanted: Iterable[Message]) -> list[str]:
    """Name the fields that are summed: a document that lacks one of them is not even counted."""
    return [_field(each) for each in wanted if each.WhichOneof("operator") != "count"]


def run(wanted: Iterable[Message], found: list[Stored]) -> dict[str, Message]:
    """Compute each under its alias."""
    results: dict[str, Message] = {}
    for each in wanted:
        alias = each.alias or f"field_{len(results) + 1}"
        if alias in results:
            raise invalid(f"Aggregation aliases contain duplicate alias: {alias}.")
        results[alias] = _aggregate(each, found)
    return results


def _field(aggregation: Message) -> str:
    return str(getattr(aggregation, aggregation.WhichOneof("operator")).field.field_path)


def _aggregate(aggregation: Message, found: list[Stored]) -> Message:
    match aggregation.WhichOneof("operator"):
        case "count":
            return Value(integer_value=_count(aggregation.count, found))
        case "sum":
            return _sum(_numbers(_field(aggregation), found))
        case _:
            return _average(_numbers(_field(aggregation), found))


def _count(count: Message, found: list[Stored]) -> int:
    return min(len(found), count.up_to.value) if count.HasField("up_to") else len(found)


def _numbers(path: str, found: list[Stored]) -> list[int | float]:
    values = (number(paths.find(document.message.fields, path)) for document in found)
    return [value for value in values if value is not None]


def _sum(numbers: list[int | float]) -> Message:
    total = sum(numbers)
    if isinstance(total, float) or not INT64_MIN <= total <= INT64_MAX:
        return Value(double_value=float(total))
    return Value(integer_value=total)


def _average(numbers: list[int | float]) -> Message:
    return Value(double_value=sum(numbers) / len(numbers)) if numbers else Value(null_value=0)
