"""What was done, written down as it happens, and done again at a start: same calls at the same times, same Google."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from . import admin
from .call import Call
from .simulator import CalendarSimulator

_READS = frozenset({"GET", "HEAD", "OPTIONS"})


class Journal:
    """One JSON object a line, of which the first says when all began. What only reads is left out."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.touch()
        _drop_cut_line(path)
        self._noted = [_at(line) for line in path.read_text().splitlines()]
        self._then: datetime | None = self._noted[0][0] if self._noted else datetime.now(UTC)
        if not self._noted:
            self._write({})

    def clock(self) -> datetime:
        """It stands still while something is done; done again, it shows the time at which it was done."""
        return self._then or datetime.now(UTC)

    @contextmanager
    def noting(self, call: Call) -> Iterator[None]:
        """What is done within the block."""
        if call.method not in _READS:
            self._then = datetime.now(UTC)
            self._write(_written(call))
        yield
        self._then = None

    def do_again(self, simulator: CalendarSimulator) -> None:
        """Messages are not sent again: whoever they were for has had them, or is gone."""
        for then, noted in self._noted[1:]:
            self._then = then
            admin.handle(simulator, _read(noted))
            for delivery in simulator.take_due(simulator.now()):
                simulator.delivered(delivery, 204)
        self._then = None

    def _write(self, noted: Mapping[str, Any]) -> None:
        with self._path.open("a") as file:
            file.write(json.dumps({"at": self.clock().isoformat(), **noted}) + "\n")


def _drop_cut_line(path: Path) -> None:
    """A line without an end is of a writer that was killed; the next one would be written behind it."""
    content = path.read_bytes()
    path.write_bytes(content[: content.rfind(b"\n") + 1])


def _at(line: str) -> tuple[datetime, dict[str, Any]]:
    noted = json.loads(line)
    return datetime.fromisoformat(noted["at"]), noted


def _written(call: Call) -> dict[str, Any]:
    headers = {name: value for name, value in call.headers.items() if name == "authorization"}
    return {
        "method": call.method,
        "path": call.path,
        "query": call.query,
        "headers": headers,
        "body": call.body.decode(),
    }


def _read(noted: Mapping[str, Any]) -> Call:
    query = {name: tuple(values) for name, values in noted["query"].items()}
    return Call(noted["method"], noted["path"], query, noted["headers"], noted["body"].encode())
