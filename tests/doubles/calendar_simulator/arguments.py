"""What the actions at the back door take, and plain words about what they cannot take."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .call import Call


class MistakeError(ValueError):
    """Says what is wrong and how it is right."""


@dataclass(frozen=True)
class Field:
    name: str
    #: the kind of this is what is asked for: a text, a number, a whole number, a time, a list of texts
    example: Any
    optional: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fields:
    known: tuple[Field, ...] = ()
    #: whether others may come along
    open: bool = False

    def read(self, call: Call) -> Mapping[str, Any]:
        """Take the query as well as the body; `MistakeError` says what is wrong with them."""
        given = {name: values[-1] for name, values in call.query.items()} | self._body(call)
        unknown = sorted(given.keys() - {field.name for field in self.known})
        if unknown and not self.open:
            raise MistakeError(f'there is no field "{unknown[0]}" here; {self._example()}')
        return {**given, **{field.name: self._value(field, given) for field in self._present(given)}}

    def _body(self, call: Call) -> dict[str, Any]:
        try:
            body = json.loads(call.body or b"{}")
        except ValueError as error:
            raise MistakeError(f"the body is not JSON: {error}; {self._example()}") from None
        if not isinstance(body, dict):
            raise MistakeError(f"the body is no JSON object; {self._example()}")
        return body

    def _present(self, given: Mapping[str, Any]) -> list[Field]:
        for field in self.known:
            if field.name not in given and not field.optional:
                raise MistakeError(f'the field "{field.name}" is missing; {self._example()}')
        return [field for field in self.known if field.name in given]

    def _value(self, field: Field, given: Mapping[str, Any]) -> Any:
        try:
            value = _understood(field.example, given[field.name])
        except (ValueError, TypeError):
            what = f"{_kind(field.example)}, not {json.dumps(given[field.name])}"
            raise MistakeError(f'"{field.name}" has to be {what}; {self._example()}') from None
        if field.choices and value not in field.choices:
            raise MistakeError(f'"{field.name}" is one of {", ".join(field.choices)}, not {json.dumps(value)}')
        return value

    def _example(self) -> str:
        if not self.known:
            return "any fields go" if self.open else "it takes none"
        shown = {field.name: field.example for field in self.known}
        return f"for example: {json.dumps(shown, default=datetime.isoformat)}"


def _understood(example: Any, value: Any) -> Any:
    """Queries spell everything as text."""
    if isinstance(example, datetime):
        return _moment(value)
    if isinstance(example, list):
        return [_understood("", each) for each in _exactly(list, value)]
    if isinstance(example, str):
        return _exactly(str, value)
    return _number(example, value)


def _number(example: float, value: Any) -> float:
    number = float(value)
    if isinstance(value, bool) or not math.isfinite(number) or (isinstance(example, int) and number % 1):
        raise ValueError
    return type(example)(number)


def _moment(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError
    return moment


def _exactly(kind: type, value: Any) -> Any:
    if not isinstance(value, kind):
        raise TypeError
    return value


def _kind(example: Any) -> str:
    kinds = {str: "a text", int: "a whole number", float: "a number", list: "a list of texts"}
    return kinds.get(type(example), "a time with its offset from UTC")
