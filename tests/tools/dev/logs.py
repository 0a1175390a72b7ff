"""All logs in one file, each line with the time at which it was found: at the next look after it was written."""

from datetime import UTC, datetime
from pathlib import Path


class Logs:
    def __init__(self, folder: Path) -> None:
        self.all = folder / "all.log"
        self._folder = folder
        self._read: dict[Path, int] = {}

    def gather(self) -> None:
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        with self.all.open("a") as file:
            for log in sorted({*self._folder.glob("*.log")} - {self.all}):
                file.writelines(f"{now} {log.stem} {line}" for line in self._new(log))

    def _new(self, log: Path) -> list[str]:
        """Whole lines only: the rest of a line comes with the next look."""
        with log.open("rb") as file:
            file.seek(self._read.get(log, 0))
            found = file.read()
        whole = found[: found.rfind(b"\n") + 1]
        self._read[log] = self._read.get(log, 0) + len(whole)
        return whole.decode(errors="replace").splitlines(keepends=True)
