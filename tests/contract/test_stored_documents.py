"""What any release has stored, as it stored it, is read by this one: an upgrade leaves no watch behind.

Each release keeps its own documents, before it is tagged: `make stored-documents`.
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from calendar_watch import __version__
from calendar_watch.firestore.notification_document import notification_document, notification_of
from calendar_watch.firestore.packed_documents import entry_of, index_of, notes_of, part_of
from calendar_watch.firestore.watch_document import watch_document, watch_of
from calendar_watch.model.collection.index import Index
from calendar_watch.model.collection.parts import WHOLE
from tests.contract.schemas.contract import validator
from tests.tools.documents.stored import as_stored

FOLDER = Path(__file__).parent / "documents"
RELEASES = sorted(FOLDER.glob("*.json"))
Stored = Mapping[str, Mapping[str, Any]]


@pytest.fixture(params=RELEASES, ids=lambda path: path.stem)
def stored(request: pytest.FixtureRequest) -> Stored:
    documents: Stored = as_stored(json.loads(request.param.read_text()))
    return documents


def alike(name: str, document: Any, again: Any) -> None:
    """Nothing that both releases know says anything else."""
    assert {each: again[each] for each in document.keys() & again.keys()} == {
        each: document[each] for each in document.keys() & again.keys()
    }, name


def test_each_release_from_1_0_0_on_has_kept_its_own() -> None:
    assert RELEASES
    assert __version__ < "1" or FOLDER / f"{__version__}.json" in RELEASES


def test_each_watch_is_read_and_written_again_as_it_was(stored: Stored) -> None:
    for name, document in stored["watches"].items():
        watch = watch_of(document, None)
        assert watch.id == name
        alike(name, document, watch_document(watch))
    assert {each["resource"] for each in stored["watches"].values()} == {"acl", "calendarList", "events", "settings"}


def test_each_change_is_read_as_it_was_told(stored: Stored) -> None:
    for name, document in stored["changes"].items():
        entry = entry_of(document)
        assert name == f"{entry['partitionkey']}~{entry['sequence']}"
        assert isinstance(document["expire_at"], datetime)
        validator().validate(entry)


def test_each_notification_is_read(stored: Stored) -> None:
    assert stored["news"]
    for name, document in stored["news"].items():
        alike(name, document, notification_document(notification_of(name, document)))


def of_parts(stored: Stored, what: Callable[[str], bool]) -> dict[str, Any]:
    found = {name: document for name, document in stored["snapshots"].items() if what(name.partition("~")[2])}
    assert found
    return found


def is_note(name: str) -> bool:
    return name[0] not in "01"


def test_each_part_of_a_snapshot_is_read_with_the_index_that_belongs_to_it(stored: Stored) -> None:
    indexed = 0
    for name, document in of_parts(stored, lambda each: not is_note(each)).items():
        part = part_of(document, name.partition("~")[2])
        watch = watch_of(stored["watches"][name.partition("~")[0]], None)
        if part.name == WHOLE and watch.reading.digest:
            assert part.digest == watch.reading.digest
        if watch.target.resource.synced:
            indexed += len(part.items)
            assert index_of(document) == Index.of(part.items)
    assert indexed


def test_what_a_listing_had_noted_is_read(stored: Stored) -> None:
    for name, document in of_parts(stored, is_note).items():
        notes = notes_of(document, name.partition("~")[2])
        watch = watch_of(stored["watches"][name.partition("~")[0]], None)
        assert watch.reading.listing is not None
        assert len(notes.shown) == watch.reading.stored
