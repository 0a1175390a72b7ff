"""Copies in a database that speaks SQL, through the DB-API (PEP 249): a row an item, in one transaction with the copy.

The statements are SQLite's and PostgreSQL's. `parameter` is how the driver wants one written: "?" is sqlite3's, "%s" is
psycopg's.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any

from .change import Change
from .sink import ChangedMeanwhileError, Head, Step, text_of

_TABLES = (
    """CREATE TABLE IF NOT EXISTS calendar_copies (
    watch TEXT PRIMARY KEY, sequence BIGINT NOT NULL, page TEXT, version BIGINT NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS calendar_items (
    watch TEXT NOT NULL, id TEXT NOT NULL, item TEXT NOT NULL, sequence BIGINT NOT NULL, PRIMARY KEY (watch, id))""",
)
_READ = "SELECT sequence, page, version FROM calendar_copies WHERE watch = ?"
_CREATE = "INSERT INTO calendar_copies (sequence, page, version, watch) VALUES (?, ?, 1, ?) ON CONFLICT DO NOTHING"
_MOVE = "UPDATE calendar_copies SET sequence = ?, page = ?, version = version + 1 WHERE watch = ? AND version = ?"
_PUT = """INSERT INTO calendar_items (watch, id, item, sequence) VALUES (?, ?, ?, ?)
    ON CONFLICT (watch, id) DO UPDATE SET item = excluded.item, sequence = excluded.sequence"""
_DROP = "DELETE FROM calendar_items WHERE watch = ? AND id = ?"
_OTHERS = "SELECT id FROM calendar_items WHERE watch = ? AND sequence <> ?"


class SqlSink:
    """`connect` opens a connection, for one transaction each; closing it rolls back what was not committed."""

    def __init__(self, connect: Callable[[], Any], parameter: str = "?"):
        self._connect = connect
        self._parameter = parameter

    def create_tables(self) -> None:
        with self._transaction() as cursor:
            for each in _TABLES:
                cursor.execute(each)

    def read(self, watch: str) -> Head:
        with self._transaction() as cursor:
            cursor.execute(self._spelled(_READ), (watch,))
            found = cursor.fetchall()
        return Head(watch, *found[0]) if found else Head(watch)

    def write(self, head: Head, step: Step) -> Head:
        with self._transaction() as cursor:
            self._move(cursor, head, step)
            for name, item in step.items.items():
                if item is None:
                    cursor.execute(self._spelled(_DROP), (head.watch, name))
                else:
                    cursor.execute(self._spelled(_PUT), (head.watch, name, text_of(item), step.sequence))
            self.also(cursor, step.changes)
        return Head(head.watch, step.sequence, step.page, (head.version or 0) + 1)

    def others(self, watch: str, sequence: int) -> Collection[str]:
        with self._transaction() as cursor:
            cursor.execute(self._spelled(_OTHERS), (watch, sequence))
            return [name for (name,) in cursor.fetchall()]

    def also(self, cursor: Any, changes: Sequence[Change]) -> None:
        """Do more with each change, once, in the same transaction: override it."""

    def _move(self, cursor: Any, head: Head, step: Step) -> None:
        """First of all, as it locks the copy's row: whoever comes meanwhile waits, and then finds another version."""
        if head.version is None:
            cursor.execute(self._spelled(_CREATE), (step.sequence, step.page, head.watch))
        else:
            cursor.execute(self._spelled(_MOVE), (step.sequence, step.page, head.watch, head.version))
        if cursor.rowcount != 1:
            raise ChangedMeanwhileError(head.watch)

    @contextmanager
    def _transaction(self) -> Iterator[Any]:
        with closing(self._connect()) as connection, closing(connection.cursor()) as cursor:
            yield cursor
            connection.commit()

    def _spelled(self, statement: str) -> str:
        return statement.replace("?", self._parameter)
