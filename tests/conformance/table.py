"""The dated table: claim, expected, seen, agrees or not."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.conformance.run import Outcome

RESULTS = Path(__file__).parent / "results"
GOOGLE = RESULTS / "google.md"
NEVER = "never run"
_TITLE = "# The claims, held against Google Calendar"
_LONGEST = 160


def rendered(side: str, taken: str, outcomes: Sequence[Outcome]) -> str:
    counts = Counter(each.verdict for each in outcomes)
    summary = ", ".join(f"{count} {verdict}" for verdict, count in counts.most_common())
    head = f"{_TITLE}\n\n{side}, {taken}: {summary}.\n\n| claim | of the table | quirk | expected | seen | |\n"
    return head + "| --- | --- | --- | --- | --- | --- |\n" + "".join(_row(each) for each in outcomes)


def never_run() -> str:
    how = "`make conformance SIDE=google` writes this file ([how](../../README.md#conformance))"
    return f"{_TITLE}\n\nGoogle: *{NEVER}*. {how}.\n"


def _row(outcome: Outcome) -> str:
    cells = (
        outcome.claim.name,
        outcome.claim.row,
        " ".join(outcome.claim.quirks),
        *map(_short, (outcome.expected, outcome.seen)),
        outcome.verdict,
    )
    return f"| {' | '.join(cells)} |\n"


def _short(text: str) -> str:
    flat = " ".join(text.replace("|", "/").split())
    return flat if len(flat) <= _LONGEST else f"{flat[: _LONGEST - 1]}…"


def when(path: Path) -> str:
    """Return the line that says when it was taken."""
    return path.read_text(encoding="utf-8").splitlines()[2]
