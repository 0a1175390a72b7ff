"""Subscription filters: https://cloud.google.com/pubsub/docs/subscription-message-filter.

Comparisons of attributes, joined by AND or by OR, of which parentheses say what belongs together; NOT binds closest.
The emulator takes any filter, and ignores it.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

from tests.doubles.local_pubsub.errors import invalid

Attributes: TypeAlias = Mapping[str, str]
Predicate: TypeAlias = Callable[[Attributes], bool]

_LONGEST = 256
"""Bytes."""
_KEY = r'([A-Za-z_][\w\-]*|"[^"\\]+")'
_TEXT = r'("(?:[^"\\]|\\.)*")'
_FORMS: tuple[tuple[re.Pattern[str], Callable[[str, str], Predicate]], ...] = (
    (re.compile(rf"attributes\s*:\s*{_KEY}()"), lambda key, _: lambda given: key in given),
    (re.compile(rf"attributes\.{_KEY}\s*=\s*{_TEXT}"), lambda key, text: lambda given: given.get(key) == text),
    (re.compile(rf"attributes\.{_KEY}\s*!=\s*{_TEXT}"), lambda key, text: lambda given: given.get(key) != text),
    (
        re.compile(rf"hasPrefix\(\s*attributes\.{_KEY}\s*,\s*{_TEXT}\s*\)"),
        lambda key, text: lambda given: given.get(key, "").startswith(text) and key in given,
    ),
)
_JOINS: Mapping[str, Callable[[list[Predicate]], Predicate]] = {
    "AND": lambda parts: lambda given: all(part(given) for part in parts),
    "OR": lambda parts: lambda given: any(part(given) for part in parts),
}


def parse(text: str) -> Predicate:
    if len(text.encode()) > _LONGEST:
        raise invalid(f"A filter has at most {_LONGEST} bytes")
    return _Reader(text).filter() if text.strip() else lambda _: True


class _Reader:
    """Takes a filter from the left, piece by piece."""

    def __init__(self, text: str):
        self._text = text
        self._left = text.strip()

    def filter(self) -> Predicate:
        whole = self._joined()
        if self._left:
            raise self._not_understood()
        return whole

    def _joined(self) -> Predicate:
        """AND and OR are not mixed without parentheses."""
        parts, join = [self._part()], self._takes(r"(?:AND|OR)\b")
        if not join:
            return parts[0]
        parts.append(self._part())
        while self._takes(rf"{join}\b"):
            parts.append(self._part())
        return _JOINS[join](parts)

    def _part(self) -> Predicate:
        if self._takes(r"NOT\b"):
            inner = self._part()
            return lambda given: not inner(given)
        if not self._takes(r"\("):
            return self._comparison()
        within = self._joined()
        if not self._takes(r"\)"):
            raise self._not_understood()
        return within

    def _comparison(self) -> Predicate:
        for form, meaning in _FORMS:
            match = form.match(self._left)
            if match:
                self._left = self._left[match.end() :].lstrip()
                return meaning(match[1].strip('"'), json.loads(match[2] or '""'))
        raise self._not_understood()

    def _takes(self, pattern: str) -> str:
        """What was there, if it is there."""
        match = re.match(pattern, self._left)
        self._left = self._left[match.end() :].lstrip() if match else self._left
        return match[0] if match else ""

    def _not_understood(self) -> Exception:
        return invalid(f"This filter is not understood: {self._text}")
