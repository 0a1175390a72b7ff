"""What a run against Google leaves in the repository: the table and the recording, with nobody's ids in them."""

from dataclasses import replace
from pathlib import Path

from tests.conformance import recording, table
from tests.conformance.run import Outcome, Report
from tests.conformance.scrub import replaced, stand_ins


def publish(report: Report, taken: str, results: Path, recordings: Path) -> None:
    """`taken` is the day."""
    recording.write(report.exchanges, taken, recordings)
    results.write_text(table.rendered("Google", taken, _scrubbed(report)), encoding="utf-8")


def _scrubbed(report: Report) -> list[Outcome]:
    names = stand_ins([{"body": each.reply.body} for each in report.exchanges])
    return [
        replace(each, expected=replaced(each.expected, names), seen=replaced(each.seen, names))
        for each in report.outcomes
    ]
