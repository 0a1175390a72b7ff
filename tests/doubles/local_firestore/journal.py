"""Documents that outlive the process."""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from pathlib import Path

from tests.doubles.local_firestore.documents import Documents, Stored
from tests.doubles.local_firestore.messages import Document


class Journal(Documents):
    """Each document that is put or removed becomes a line of a file, which is read and shortened at the start."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        latest = _latest(path)
        self._path = path
        path.write_text("")
        for written in filter(None, latest.values()):
            document = Document()
            document.ParseFromString(b64decode(written))
            self.put(Stored(document))

    def put(self, document: Stored) -> None:
        super().put(document)
        self._note(document.name, b64encode(document.message.SerializeToString()).decode())

    def remove(self, name: str) -> None:
        super().remove(name)
        self._note(name, "")

    def _note(self, name: str, written: str) -> None:
        with self._path.open("a") as file:
            file.write(f"{name} {written}\n")


def _latest(path: Path) -> Mapping[str, str]:
    """Of each document, in Base64; empty: it was removed. A line without an end is of a writer that was killed."""
    lines = path.read_text().splitlines(keepends=True) if path.exists() else []
    parted = (line[:-1].rpartition(" ") for line in lines if line.endswith("\n"))
    return {name: written for name, _, written in parted}
