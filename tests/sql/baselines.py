"""Told baselines, for watches that tell none: what was there at the last baseline comes before it, as `known`.

That is found from the end: items as they are now, and each change since taken back.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from tests.searches.chaos.senses.sharing import class_of
from tests.sql.row import Row

Items = Mapping[str, Any]


def with_baselines(rows: Sequence[Row], items: Mapping[str, Items]) -> list[Row]:
    """`items` of each watch of access rules, as they are in the end. What came twice does so still."""
    told = _by_watch(rows)
    known = {watch: _known(told[watch], items[watch]) for watch in items if watch in told}
    first = Counter({watch: len(each) for watch, (_, each) in known.items()})
    return [each for row in rows for each in _renumbered(row, *known.get(row.watch, (None, [])), first[row.watch])]


def _by_watch(rows: Iterable[Row]) -> Mapping[str, list[Row]]:
    told: dict[str, dict[int, Row]] = defaultdict(dict)
    for row in rows:
        told[row.watch].setdefault(row.sequence, row)
    return {watch: [each[number] for number in sorted(each)] for watch, each in told.items()}


def _known(told: Sequence[Row], items: Items) -> tuple[Row | None, list[Items]]:
    """The last baseline of a watch, unless it was told, and what was there then."""
    there = dict(items)
    for row in reversed(told):
        if "baselineFrom" in row.data:
            return None, []
        if row.begins_anew:
            return row, [there[each] for each in sorted(there)]
        if "itemId" in row.data:
            there[row.data["itemId"]] = row.data["before"]
            there = {name: each for name, each in there.items() if each}
    return None, []


def _renumbered(row: Row, baseline: Row | None, items: Sequence[Items], shift: int) -> Iterator[Row]:
    if baseline is None or row.sequence < baseline.sequence:
        yield _beginning(row, row.sequence)
        return
    if row.id == baseline.id:
        yield from (known(row, row.sequence + number, each) for number, each in enumerate(items))
    yield _beginning(_numbered(row, row.sequence + shift), baseline.sequence)


def _beginning(row: Row, baseline_from: int) -> Row:
    return replace(row, data={"baselineFrom": baseline_from, **row.data}) if row.begins_anew else row


def _numbered(row: Row, sequence: int) -> Row:
    number = {"ce-id": f"{row.watch}.{sequence}", "ce-sequence": f"{sequence:020d}"}
    return replace(row, attributes={**row.attributes, **number})


def known(row: Row, sequence: int, item: Items) -> Row:
    """As the contract has it, told beside `row`."""
    exposure = class_of(item, row.data["watch"]["calendarId"], {"example.com"})
    about = {"ce-type": "calendarwatch.acl.known.v1", "ce-subject": item["id"], "ce-exposure": exposure}
    data = {
        "watch": row.data["watch"],
        "itemId": item["id"],
        "before": None,
        "after": item,
        "changedFields": [],
        "cause": "baseline",
    }
    row = replace(row, message_id=f"{row.message_id}-{sequence}", attributes={**row.attributes, **about}, data=data)
    return _numbered(row, sequence)
