"""Subscription filters: https://cloud.google.com/pubsub/docs/subscription-message-filter.

Comparisons of attributes joined by AND. What else Google's syntax has (OR, NOT, parentheses) is refused, not ignored;
the emulator takes any filter, and ignores it.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

from tests.doubles.local_pubsub.errors import invalid

Attributes: TypeAlias = Mapping[str, str]
Predicate: TypeAlias = Callable[[Attributes], bool]

_KEY = r'(?P<key>[A-Za-z_][\w\-]*|"[^"\\]+")'
_TEXT = r'(?P<text>"(?:[^"\\]|\\.)*")'
_FORMS: tuple[tuple[re.Pattern[str], Callable[[str, str], Predicate]], ...] = (
    (re.compile(rf"attributes\s*:\s*{_KEY}(?P<text>)"), lambda key, _: lambda given: key in given),
    (re.compile(rf"attributes\.{_KEY}\s*=\s*{_TEXT}"), lambda key, text: lambda given: given.get(key) == text),
    (re.compile(rf"attributes\.{_KEY}\s*!=\s*{_TEXT}"), lambda key, text: lambda given: given.get(key) != text),
    (
        re.compile(rf"hasPrefix\(\s*attributes\.{_KEY}\s*,\s*{_TEXT}\s*\)"),
        lambda key, text: lambda given: given.get(key, "").startswith(text) and key in given,
    ),
)
_AND = re.compile(r'\s+AND\s+(?=(?:[^"]*"[^"]*")*[^"]*$)')


def parse(text: str) -> Predicate:
    parts = [_comparison(each.strip()) for each in _AND.split(text)] if text.strip() else []
    return lambda given: all(part(given) for part in parts)


def _comparison(text: str) -> Predicate:
    for form, meaning in _FORMS:
        match = form.fullmatch(text)
        if match:
            return meaning(match["key"].strip('"'), json.loads(match["text"] or '""'))
    raise invalid(f"This filter is not understood here: {text}")
