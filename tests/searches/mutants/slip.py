"""One slip: what it does wrong, where, and which tests are to notice."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Edit:
    file: str
    """Below functions/calendar_watch."""
    old: str
    new: str


@dataclass(frozen=True)
class Slip:
    name: str
    tests: tuple[str, ...]
    edits: tuple[Edit, ...]

    def put_into(self, root: Path) -> None:
        """Raises LookupError when the code is no longer what the slip was made for."""
        for edit in self.edits:
            place = root / "functions/calendar_watch" / edit.file
            text = place.read_text()
            if text.count(edit.old) != 1:
                raise LookupError(f"{self.name}: {edit.file} does not hold exactly one {edit.old!r}")
            place.write_text(text.replace(edit.old, edit.new))
