"""Partial responses: `fields=items(id,scope/type),nextPageToken`."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from . import discovery, errors

Mask = dict[str, "Mask"]
_TOKEN = re.compile(r"[\w#$-]+|[*/(),]")


def parse(selector: str, schema: Mapping[str, Any]) -> Mask:
    """Raise `invalidParameter` for a selector that is malformed or names a field which the schema lacks."""
    if "".join(_TOKEN.findall(selector)) != selector:
        raise _invalid(selector)
    tokens = iter([*_TOKEN.findall(selector), ")"])
    mask = _parse(tokens, selector)
    if next(tokens, None) is not None:
        raise _invalid(selector)
    _check(mask, schema)
    return mask


def apply(mask: Mask, value: Any) -> Any:
    if isinstance(value, list):
        return [apply(mask, item) for item in value]
    if not mask or not isinstance(value, dict):
        return value
    star = mask.get("*")
    chosen = {name: mask.get(name, star) for name in value}
    return {name: apply(deeper, value[name]) for name, deeper in chosen.items() if deeper is not None}


def _parse(tokens: Iterator[str], selector: str) -> Mask:
    """Read up to the closing parenthesis; the end of the selector counts as one."""
    mask: Mask = {}
    leaf = mask
    for token in tokens:
        match token:
            case ")":
                return mask
            case ",":
                leaf = mask
            case "/":
                pass
            case "(":
                leaf |= _parse(tokens, selector)
            case name:
                leaf = leaf.setdefault(name, {})
    raise _invalid(selector)


def _check(mask: Mask, schema: Mapping[str, Any]) -> None:
    known = discovery.fields_of(schema)
    for name, deeper in mask.items():
        if name == "*":
            continue
        if name not in known:
            raise _invalid(name)
        _check(deeper, known[name])


def _invalid(selection: str) -> errors.ApiError:
    return errors.invalid_parameter("fields", f"Invalid field selection {selection}")
