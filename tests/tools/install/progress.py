"""How far pip is, by what it says."""

import re
from collections import deque

_NAME = r"(?!\S*\.metadata)(?:\S*/)?(?P<name>[\w.-]+?)(?:-\d|[=<>\[;:!~ ])"
_THERE = re.compile(rf"\s*(?:Downloading|Using cached|Processing|Requirement already satisfied:|Ignoring) {_NAME}")
_WANTED = re.compile(rf"\s*(?:Collecting|Obtaining dependency information for) {_NAME}")
_BROKEN = re.compile(r"connection broken by|Max retries exceeded|[Rr]ead timed out|confirming the ssl certificate")
_REASON = re.compile(r"\[[^\]]+\] ([^'\"()]+)|'([^'\"]+ timed out)|([Rr]ead timed out)")
_NOISE = re.compile(r"WARNING: Location 'file:")
MOST_KEPT = 20


class Progress:
    """What pip has said so far, from pip 22 to 26."""

    def __init__(self, total: int):
        self.trouble = ""
        """Why nothing came over the network, since the last package that did."""
        self.index = "https://pypi.org/simple"
        self.last: deque[str] = deque(maxlen=MOST_KEPT)
        self._total = total
        self._there: set[str] = set()
        self._doing = "asking the package index"

    def hear(self, line: str) -> None:
        if line and not _NOISE.match(line):
            self.last.append(line)
        if found := _THERE.match(line):
            self._there.add(re.sub(r"[-_.]+", "-", found["name"]).lower())
            self._doing, self.trouble = found["name"] + _size(line), ""
        elif found := _WANTED.match(line):
            self._doing = found["name"]
        elif _BROKEN.search(line):
            self._doing, self.trouble = "the package index does not answer, trying again", _reason(line)
        elif line.startswith("Looking in indexes: "):
            self.index = line.partition(": ")[2]
        elif line.startswith("Installing collected packages"):
            self._doing = "unpacking them"

    def __str__(self) -> str:
        return f"{len(self._there)} of {self._total} packages: {self._doing}"


def _size(line: str) -> str:
    found = re.search(r" \([\d.]+ [kMG]B\)", line)
    return found[0] if found else ""


def _reason(line: str) -> str:
    found = _REASON.search(line)
    return next(filter(None, found.groups())).strip() if found else "no answer"
