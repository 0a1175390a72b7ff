"""The claims table knows every quirk."""

from pathlib import Path

import pytest

from tests.doubles.calendar_simulator.quirks import QUIRKS

ROWS = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8").splitlines()


KINDS = ("documented", "observed", "inferred", "unsourced", "contradicts the documentation")


@pytest.mark.parametrize("number", sorted(QUIRKS))
def test_every_quirk_is_a_claim_with_a_kind_and_a_source(number: str) -> None:
    rows = [row.split("|")[1:-1] for row in ROWS if row.startswith(f"| **{number}** ")]

    assert rows
    for _, kind, source in rows:
        assert any(each in kind for each in KINDS)
        assert source.strip() or kind.strip() in ("inferred", "unsourced")


def test_every_quirk_has_a_chance_and_says_who_saw_it() -> None:
    assert all(0 < quirk.chance <= 1 and quirk.source and quirk.name for quirk in QUIRKS.values())
