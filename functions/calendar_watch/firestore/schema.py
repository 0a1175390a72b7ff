"""What we cannot read: a document of another schema is left alone, one that is malformed is its reader's to drop."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from calendar_watch.errors import ForeignSchemaError, MalformedError
from calendar_watch.log import event

SCHEMA = 2
Document = Mapping[str, Any]
_Value = TypeVar("_Value")


def ours(document: Document) -> Document:
    """The document itself. Raises ForeignSchemaError when another release wrote it, in another schema."""
    schema = document.get("schema")
    if schema != SCHEMA:
        raise ForeignSchemaError(f"a document of schema {schema!r}, where this release reads {SCHEMA}")
    return document


def sorted_out(
    collection: str, documents: Iterable[tuple[str, Document]], read: Callable[[str, Document], _Value]
) -> tuple[list[_Value], list[str]]:
    """What could be read, and the names of what is malformed. What is of another schema is told of, and passed over."""
    values: list[_Value] = []
    foreign: list[str] = []
    malformed: list[str] = []
    for name, document in documents:
        try:
            values.append(read(name, document))
        except ForeignSchemaError:
            foreign.append(name)
        except MalformedError:
            malformed.append(name)
    tell("foreignSchema", "documents of another schema were left alone", collection, foreign)
    return values, malformed


def tell(name: str, message: str, collection: str, documents: Sequence[str]) -> None:
    """One line, however many there are: the first of them says where to look."""
    if documents:
        fields = {"collection": collection, "count": len(documents), "document": documents[0]}
        event(name, f"{len(documents)} {message}", severity="WARNING", **fields)
