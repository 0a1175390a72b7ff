"""The views of infra/sql, translated for a database in memory: this proves their logic, not BigQuery's dialect."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import sqlglot
from sqlglot import exp

from tests.sql.row import Row

SQL = Path(__file__).parents[2] / "infra/sql"
DATASET = "my-project.calendar_watch"
VIEWS = ("changes", "acl_now", "external_now", "gaps", "sharing_raised")
"""Each after those that it reads."""
TYPES = {
    "subscription_name": "VARCHAR",
    "message_id": "VARCHAR",
    "publish_time": "TIMESTAMP",
    "data": "JSON",
    "attributes": "JSON",
}


def view(name: str, internal_domains: Iterable[str] = ("example.com",)) -> str:
    """As Terraform fills it in."""
    domains = ", ".join(f"'{each}'" for each in internal_domains)
    text = (SQL / f"{name}.sql").read_text()
    return text.replace("${dataset}", DATASET).replace("${internal_domains}", domains)


@cache
def translated(query: str) -> str:
    """Tables are known by their last name. Times are in UTC: to give out others, DuckDB needs another library."""
    tree = sqlglot.parse_one(query, read="bigquery")
    for table in tree.find_all(exp.Table):
        table.set("catalog", None)
        table.set("db", None)
    return tree.sql("duckdb").replace("TIMESTAMPTZ", "TIMESTAMP")


class Warehouse:
    def __init__(self, rows: Iterable[Row], internal_domains: Sequence[str] = ("example.com",)):
        self._database = duckdb.connect()
        columns = ", ".join(f"{name} {kind}" for name, kind in TYPES.items())
        self._database.execute(f"CREATE TABLE messages ({columns})")
        for name in VIEWS:
            self._database.execute(f"CREATE VIEW {name} AS {translated(view(name, internal_domains))}")
        self.write(rows)

    def write(self, rows: Iterable[Row]) -> None:
        written = [each.columns for each in rows]
        columns = [[each[name] for each in written] for name in TYPES]
        self._database.execute(
            "INSERT INTO messages SELECT unnest(?), unnest(?), unnest(?), unnest(?), unnest(?)", columns
        )

    def ask(self, query: str, now: datetime | None = None) -> list[dict[str, Any]]:
        """In BigQuery's SQL."""
        if now:
            query = query.replace("CURRENT_TIMESTAMP()", f"TIMESTAMP '{now.isoformat()}'")
        answer = self._database.execute(translated(query))
        names = [each[0] for each in answer.description or ()]
        return [dict(zip(names, each, strict=True)) for each in answer.fetchall()]

    def rows(self, name: str) -> list[dict[str, Any]]:
        return self.ask(f"SELECT * FROM `{DATASET}.{name}`")  # noqa: S608 (a view of ours)

    @contextmanager
    def without(self, row: Row) -> Iterator[None]:
        """As if it had never come."""
        self._database.begin()
        self._database.execute("DELETE FROM messages WHERE attributes ->> '$.\"ce-id\"' = ?", [row.id])
        yield
        self._database.rollback()
