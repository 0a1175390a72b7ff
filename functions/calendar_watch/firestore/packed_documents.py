"""What is compressed in Firestore: parts of the snapshot, notes of listings, entries of the change log; and back."""

import json
import zlib
from collections.abc import Iterable, Mapping
from typing import Any

from calendar_watch.firestore.schema import SCHEMA, Document, ours
from calendar_watch.model.collection.index import Index
from calendar_watch.model.collection.notes import Notes
from calendar_watch.model.collection.snapshot import Snapshot
from calendar_watch.model.watch import ChangeEvent
from calendar_watch.sizes import encoded

_MARK = 8
INDEX = "index"
"""The field that is read alone, to compare without reading what is compared."""


def part_document(part: Snapshot, sequence: int) -> dict[str, Any]:
    """Compressed: one document holds some 50,000 ACL rules, where plain text would hold 5,000 in its 1 MiB."""
    content = {"items": _packed(part.items), "fields": list(part.fields), "sequence": sequence}
    index = {} if part.fields else {INDEX: Index.of(part.items).packed}
    return {"schema": SCHEMA, **content, **index}


def part_of(document: Document, name: str) -> Snapshot:
    """Raises ForeignSchemaError."""
    document = ours(document)
    return Snapshot(_unpacked(document["items"]), tuple(document["fields"]), document["sequence"], name)


def index_of(document: Document) -> Index:
    return Index(document.get(INDEX, b""))


def notes_document(notes: Notes) -> dict[str, Any]:
    events = {"over": notes.over, "waiting": notes.waiting, "loose": notes.loose}
    marks = {"shown": _joined(notes.shown), "told": _joined(notes.told)}
    return {"schema": SCHEMA, **marks, "events": _packed(events)}


def notes_of(document: Document, name: str) -> Notes:
    """Raises ForeignSchemaError."""
    document = ours(document)
    events = _unpacked(document["events"])
    return Notes(shown=_marks(document["shown"]), told=_marks(document["told"]), **events, name=name)


def _joined(marks: Iterable[bytes]) -> bytes:
    return b"".join(sorted(marks))


def _marks(joined: bytes) -> frozenset[bytes]:
    return frozenset(joined[start : start + _MARK] for start in range(0, len(joined), _MARK))


def _packed(content: Mapping[str, Any]) -> bytes:
    return zlib.compress(encoded(content))


def _unpacked(packed: bytes) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(zlib.decompress(packed))
    return content


def entry_document(entry: ChangeEvent, expire_at: object) -> dict[str, Any]:
    """As bytes, so that an id never has two contents, whatever a later release thinks of the fields."""
    return {"schema": SCHEMA, "event": _packed(entry), "expire_at": expire_at}


def entry_of(document: Document) -> ChangeEvent:
    """Raises ForeignSchemaError."""
    return _unpacked(ours(document)["event"])
