"""What changes of access rules cost in BigQuery: `python -m tests.sql.cost` measures what is really published.

Prices in dollars, of 2026-11: writing https://cloud.google.com/pubsub/pricing (BigQuery subscription); storing, and
reading on demand, https://cloud.google.com/bigquery/pricing (US, active logical storage; what is free not taken off).
"""

import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from tests.sql.conftest import messages
from tests.sql.row import Row
from tests.support.databases import InMemory
from tests.support.world import ALICE, ALICES_ACL, BOB, World, policy_of

TIB, GIB = 2**40, 2**30
WRITING, READING = 50 / TIB, 6.25 / TIB
STORING = 0.02 / GIB
"""A month."""
CHANGES = 5 * 30
"""Of a watch in a month, as infra/README.md takes it elsewhere."""
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Month:
    rows: int
    stored: float
    written: float

    @classmethod
    def of(cls, watches: int, rows: Sequence[Row]) -> Self:
        count = watches * CHANGES
        return cls(count, count * mean(stored, rows), count * mean(written, rows))

    def __str__(self) -> str:
        return (
            f"{self.rows:,} rows, {self.stored / GIB:.2f} GiB; writing ${self.written * WRITING:.2f}, "
            f"storing ${self.stored * STORING:.2f} a month, reading all of a year ${12 * self.stored * READING:.2f}"
        )


def stored(row: Row) -> int:
    """Texts take 2 and their length, JSON its length, a time 8.

    https://cloud.google.com/bigquery/docs/reference/standard-sql/data-types#data_type_sizes
    """
    columns = row.columns
    texts = sum(2 + len(columns[name]) for name in ("subscription_name", "message_id"))
    return texts + 8 + sum(len(columns[name].encode()) for name in ("data", "attributes"))


def written(row: Row) -> int:
    """Data and attributes, 20 bytes for the time, the id; at least 1 kB. https://cloud.google.com/pubsub/pricing."""
    attributes = sum(len(name) + len(each.encode()) for name, each in row.attributes.items())
    return max(1000, len(row.columns["data"].encode()) + attributes + 20 + len(row.message_id))


def mean(size: Callable[[Row], int], rows: Sequence[Row]) -> float:
    return sum(map(size, rows)) / len(rows)


def changes_of_rules() -> list[Row]:
    with closing(World(InMemory(), policy_of(project="my-project", publishes=True))) as world:
        world.open(ALICES_ACL, labels={"team": "security"})
        world.run(_MINUTE)
        for role in ("reader", "writer", "none"):
            world.alice.share(ALICE, BOB, role)
            world.alice.share_with(ALICE, "default", None, role)
            world.run(_MINUTE)
        return [each for each in messages(world) if "itemId" in each.data]


def main() -> None:
    rows = changes_of_rules()
    told = [f"a change: {mean(stored, rows):,.0f} bytes stored, {mean(written, rows):,.0f} written"]
    told += [f"{watches:,} watches: {Month.of(watches, rows)}" for watches in (1_000, 100_000)]
    sys.stdout.write("\n".join(told) + "\n")


if __name__ == "__main__":
    main()
