"""What is kept in a file is there the next time."""

from pathlib import Path

import pytest
from google.cloud.firestore import Client

from tests.doubles import local_firestore
from tests.doubles.local_firestore.journal import Journal
from tests.support import firestore_emulator


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "journal"


def test_documents_are_as_they_were_left(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with local_firestore.serve(documents=Journal(file)) as server:
        monkeypatch.setenv(firestore_emulator.VARIABLE, server.host)
        client = Client(project="p")
        client.document("c/kept").set({"n": 1, "text": "a b\n"})
        client.document("c/kept").update({"n": 2})
        client.document("c/with a space").set({"n": 3})
        client.document("c/gone").set({})
        client.document("c/gone").delete()
        before = client.document("c/kept").get()
        client.close()  # type: ignore[no-untyped-call] # (published without types)
    with local_firestore.serve(documents=Journal(file)) as server:
        monkeypatch.setenv(firestore_emulator.VARIABLE, server.host)
        client = Client(project="p")
        found = {each.id: each.to_dict() for each in client.collection("c").stream()}
        again = client.document("c/kept").get()
        client.close()  # type: ignore[no-untyped-call] # (published without types)
    assert found == {"kept": {"n": 2, "text": "a b\n"}, "with a space": {"n": 3}}
    assert again.update_time == before.update_time
    assert len(file.read_text().splitlines()) == 2, "each start shortens it"


def test_a_line_that_was_cut_short_counts_for_nothing(file: Path) -> None:
    file.write_text("projects/p/databases/(default)/documents/c/cut CiVwcm9q")
    assert Journal(file).scan(["projects/p/databases/(default)/documents/c"]) == []
