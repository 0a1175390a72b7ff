"""One slip: what it does wrong, where, and which tests are to notice."""

import shutil
from dataclasses import dataclass
from pathlib import Path

_ROOT = Path(__file__).parents[3]
_NEEDED = ("functions", "tests", "infra", "pyproject.toml", "cloudbuild.yaml", "README.md", "CHANGELOG.md")


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


def copied(root: Path) -> Path:
    """All that the tests need, where a slip does no harm."""
    for name in _NEEDED:
        if (_ROOT / name).is_dir():
            shutil.copytree(_ROOT / name, root / name, ignore=shutil.ignore_patterns(".terraform"))
        else:
            shutil.copy(_ROOT / name, root / name)
    return root
