"""Filters, turned into predicates once per query."""

import operator
from collections.abc import Callable, Iterator
from typing import TypeAlias

from tests.doubles.local_firestore.documents import Stored
from tests.doubles.local_firestore.errors import invalid
from tests.doubles.local_firestore.messages import CompositeOperator, FieldOperator, Message, UnaryOperator
from tests.doubles.local_firestore.paths import NAME
from tests.doubles.local_firestore.values import ARRAY, NAN, NULL, REFERENCE, Key, order_key

Test: TypeAlias = Callable[[Key], bool]
Predicate: TypeAlias = Callable[[Stored], bool]

INEQUALITIES = {"LESS_THAN", "LESS_THAN_OR_EQUAL", "GREATER_THAN", "GREATER_THAN_OR_EQUAL", "NOT_EQUAL", "NOT_IN"}
LONGEST_LISTS = {"IN": 30, "ARRAY_CONTAINS_ANY": 30, "NOT_IN": 10}

_NULL_KEY: Key = (NULL,)
_UNARY: dict[str, Test] = {
    "IS_NULL": lambda key: key == _NULL_KEY,
    "IS_NOT_NULL": lambda key: key != _NULL_KEY,
    "IS_NAN": lambda key: key == NAN,
    "IS_NOT_NAN": lambda key: key not in (NAN, _NULL_KEY),
}


def predicate(tree: Message) -> Predicate:
    match tree.WhichOneof("filter_type"):
        case "composite_filter":
            return _composite(tree.composite_filter)
        case "unary_filter":
            return _on_field(tree.unary_filter, _UNARY[UnaryOperator(tree.unary_filter.op).name])
        case "field_filter":
            return _on_field(tree.field_filter, _test(tree.field_filter))
        case _:
            return lambda _: True


def inequality_fields(tree: Message) -> Iterator[str]:
    match tree.WhichOneof("filter_type"):
        case "composite_filter":
            for each in tree.composite_filter.filters:
                yield from inequality_fields(each)
        case "unary_filter" if UnaryOperator(tree.unary_filter.op).name.startswith("IS_NOT"):
            yield tree.unary_filter.field.field_path
        case "field_filter" if FieldOperator(tree.field_filter.op).name in INEQUALITIES:
            yield tree.field_filter.field.field_path


def _composite(composite: Message) -> Predicate:
    parts = [predicate(each) for each in composite.filters]
    if CompositeOperator(composite.op).name == "AND":
        return lambda document: all(part(document) for part in parts)
    return lambda document: any(part(document) for part in parts)


def _on_field(tree: Message, test: Test) -> Predicate:
    path = tree.field.field_path

    def holds(document: Stored) -> bool:
        key = document.key(path)
        return key is not None and test(key)

    return holds


def _test(tree: Message) -> Test:
    name = FieldOperator(tree.op).name
    _check(name, tree)
    if name in LONGEST_LISTS:
        return _LISTS[name]({order_key(each) for each in tree.value.array_value.values})
    return _SINGLES[name](order_key(tree.value))


def _check(name: str, tree: Message) -> None:
    elements = list(tree.value.array_value.values)
    longest = LONGEST_LISTS.get(name)
    if longest and not elements:
        raise invalid(f"'{name}' requires an non-empty ArrayValue.")
    if longest and len(elements) > longest:
        raise invalid(f"'{name}' supports up to {longest} comparison values.")
    wanted = elements if longest else [tree.value]
    if tree.field.field_path == NAME and any(order_key(value)[0] != REFERENCE for value in wanted):
        raise invalid("__key__ filter value must be a Key")


def _ordered(compare: Callable[[Key, Key], bool]) -> Callable[[Key], Test]:
    """Inequalities hold between values of one type only, and never for what is not a number."""
    return lambda bound: lambda key: key[0] == bound[0] and key != NAN and compare(key, bound)


def _elements(key: Key) -> tuple[Key, ...]:
    return key[1] if key[0] == ARRAY else ()


_SINGLES: dict[str, Callable[[Key], Test]] = {
    "EQUAL": lambda bound: lambda key: key == bound,
    "NOT_EQUAL": lambda bound: lambda key: key not in (bound, _NULL_KEY),
    "LESS_THAN": _ordered(operator.lt),
    "LESS_THAN_OR_EQUAL": _ordered(operator.le),
    "GREATER_THAN": _ordered(operator.gt),
    "GREATER_THAN_OR_EQUAL": _ordered(operator.ge),
    "ARRAY_CONTAINS": lambda bound: lambda key: bound in _elements(key),
}
_LISTS: dict[str, Callable[[set[Key]], Test]] = {
    "IN": lambda bounds: lambda key: key in bounds,
    "NOT_IN": lambda bounds: lambda key: bounds.isdisjoint((key, _NULL_KEY)) and key != _NULL_KEY,
    "ARRAY_CONTAINS_ANY": lambda bounds: lambda key: not bounds.isdisjoint(_elements(key)),
}
