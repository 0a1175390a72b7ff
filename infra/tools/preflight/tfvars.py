"""Reads what a terraform.tfvars holds: texts, numbers, true, false, null, lists and objects."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_TOKEN = re.compile(
    r"""(?P<space>\s+|\#[^\n]*|//[^\n]*|/\*.*?\*/)
      | (?P<text>"(?:[^"\\\n]|\\.)*")
      | (?P<mark>[][{}=:,])
      | (?P<word>[\w.-]+)""",
    re.VERBOSE | re.DOTALL,
)
_WORDS = {"true": True, "false": False, "null": None}
_END = ""


class UnreadableError(Exception):
    """Says where."""


def read(path: Path) -> dict[str, Any]:
    try:
        return _Reader(path.read_text()).object(_END)
    except FileNotFoundError as error:
        raise UnreadableError(
            f"There is no {path}: cp infra/examples/minimal.tfvars infra/terraform.tfvars, and fill it in."
        ) from error
    except OSError as error:
        raise UnreadableError(f"{path} cannot be read: {error.strerror}.") from error
    except UnreadableError as error:
        raise UnreadableError(f"{path} cannot be read: {error}") from error


class _Reader:
    def __init__(self, text: str):
        self._tokens = _tokens(text)
        self._next()

    def object(self, end: str) -> dict[str, Any]:
        """Up to `end`, which is left behind; commas between are free."""
        found = {}
        while self._part != end:
            key = self._value()
            self._expect("=:")
            found[str(key)] = self._value()
            self._skip_comma()
        self._next()
        return found

    def _list(self) -> list[Any]:
        found = []
        while self._part != "]":
            found.append(self._value())
            self._skip_comma()
        self._next()
        return found

    def _value(self) -> Any:
        part = self._part
        self._next()
        if part == "{":
            return self.object("}")
        if part == "[":
            return self._list()
        if part in {_END, *"]}=:,"}:
            raise UnreadableError(f"line {self._line} ends too early or holds a stray {part or 'end'!r}.")
        return json.loads(part) if part.startswith('"') else _WORDS.get(part, part)

    def _expect(self, marks: str) -> None:
        if self._part == _END or self._part not in marks:
            raise UnreadableError(f"line {self._line} lacks a = before {self._part!r}.")
        self._next()

    def _skip_comma(self) -> None:
        if self._part == ",":
            self._next()

    def _next(self) -> None:
        self._line, self._part = next(self._tokens)


def _tokens(text: str) -> Iterator[tuple[int, str]]:
    place = 0
    while place < len(text):
        line = text.count("\n", 0, place) + 1
        match = _TOKEN.match(text, place)
        if not match:
            raise UnreadableError(
                f"line {line} holds {text[place]!r}, which is none of a text, number, list or object."
            )
        if match.lastgroup != "space":
            yield line, match[0]
        place = match.end()
    while True:
        yield text.count("\n") + 1, _END
