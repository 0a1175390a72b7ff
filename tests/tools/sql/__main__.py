"""The questions under SQL in functions/CONSUMING.md, asked of what `make dev` has told: `make sql`.

BigQuery would have it from Pub/Sub. Here it is read from the feeds, which hold the same; of an erased watch, they hold
what came after.
"""

import argparse
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import requests

from infra.tools.service import PlainError, connect, is_loopback
from tests.sql.questions import QUESTIONS
from tests.sql.row import Row
from tests.sql.warehouse import Warehouse
from tests.support.stack import WatchesApi, call

_WHO, _DAY, _NEXT_DAY = "eve@evil.net", "2026-11-24", "2026-11-25"
"""Whom and when the paper asks about."""
_UNTOLD = "No baseline was told, so that nothing is known to be so now: make dev BASELINE=acl\n"


def main() -> str | None:
    given = _parser().parse_args()
    if not is_loopback(given.watches):
        return "make sql: say where make dev has watches, WATCHES=http://127.0.0.1:…"
    try:
        rows = [*_rows(given.watches.rstrip("/") + "/")]
    except (requests.RequestException, PlainError) as error:
        return f"make sql: is that where make dev has watches? {error}"
    sys.stdout.write("" if any("baselineFrom" in each.data for each in rows) else _UNTOLD)
    warehouse, instead = Warehouse(rows), {_WHO: given.who, **_days(given.day)}
    sys.stdout.write(f"X is {given.who}, the day is {given.day}\n")
    for question, sql in QUESTIONS.items():
        asked = re.sub("|".join(instead), lambda found: instead[found[0]], sql)
        sys.stdout.write("\n".join(["", question, *_table(warehouse.ask(asked)), ""]))
    return None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make sql", description=__doc__)
    parser.add_argument("watches", help="where make dev has it")
    parser.add_argument("--who", default="carol@example.com", help="X of the last question (%(default)s)")
    today = datetime.now(UTC).date()
    parser.add_argument("--day", type=date.fromisoformat, default=today, help="that it asks about (today)")
    return parser


def _days(day: date) -> Mapping[str, str]:
    return {_DAY: day.isoformat(), _NEXT_DAY: (day + timedelta(days=1)).isoformat()}


def _rows(url: str) -> Iterator[Row]:
    api = WatchesApi(url)
    for watch in connect(url).every(resource="acl"):
        oldest = call("GET", f"{url}{watch['id']}/changes?after=0").json().get("oldestSequence", 1)
        yield from map(Row.of_event, api.changes(watch["id"], oldest - 1))


def _table(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if not rows:
        yield "  nothing"
        return
    lines = [[*rows[0]], *([_text(each) for each in row.values()] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        yield "  " + "  ".join(f"{text:{width}}" for text, width in zip(line, widths, strict=True)).rstrip()


def _text(value: Any) -> str:
    return "" if value is None else str(value)


if __name__ == "__main__":
    sys.exit(main())
