"""Recordings of what Google answered. What was made up says so, and counts for nothing but the replay itself."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.conformance.exchange import Asked, Exchange, Reply
from tests.conformance.scrub import scrubbed

FOLDER = Path(__file__).parent / "recordings"
RECORDED, MADE_UP = FOLDER / "google", FOLDER / "made_up"


@dataclass(frozen=True)
class Recording:
    name: str
    made_up: bool
    taken: str
    """The day; empty for what was made up."""
    exchanges: tuple[Exchange, ...]


def recordings(folder: Path = FOLDER) -> list[Recording]:
    return [_read(path) for path in sorted(folder.glob("*/*.json"))]


def recorded(found: Iterable[Recording]) -> list[Recording]:
    """Return what Google itself answered."""
    return [each for each in found if not each.made_up]


def write(exchanges: Sequence[Exchange], taken: str, folder: Path) -> Path:
    """Without a day it was made up. Of what is alike, one is enough, and of what was not answered none."""
    cleaned = scrubbed(exchanges)  # all of them: an id may be known only from what is not kept
    lines = ",\n".join(json.dumps(cleaned[place], ensure_ascii=False) for place in _unlike(exchanges))
    head = json.dumps({"made_up": not taken, "taken": taken})[:-1]
    path = folder / f"{taken or 'simulator'}.json"
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(f'{head}, "exchanges": [\n{lines}\n]}}\n', encoding="utf-8")
    return path


def _unlike(exchanges: Sequence[Exchange]) -> list[int]:
    """Return the places of those to keep."""
    first: dict[tuple[str, ...], int] = {}
    for place, each in enumerate(exchanges):
        if each.reply.status:
            first.setdefault(_sort(each), place)
    return list(first.values())


def _sort(each: Exchange) -> tuple[str, ...]:
    path = each.asked.path.split("/")
    return each.asked.method, path[0], str(len(path)), path[min(2, len(path) - 1)], each.reply.said, *each.asked.query


def _read(path: Path) -> Recording:
    told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    exchanges = tuple(Exchange(Asked(**each["asked"]), Reply(**each["reply"])) for each in told["exchanges"])
    return Recording(f"{path.parent.name}/{path.name}", told["made_up"], told["taken"], exchanges)
