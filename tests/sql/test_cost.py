"""The papers' figures are those that are measured."""

import re
from pathlib import Path

from tests.sql.cost import TIB, Month, changes_of_rules, mean, stored

README = Path(__file__).parents[2] / "infra/README.md"


def test_a_row_is_as_large_as_the_papers_say() -> None:
    [claimed] = re.findall(r"a row of some ([\d,]+) bytes", README.read_text())
    assert 0.8 < mean(stored, changes_of_rules()) / int(claimed.replace(",", "")) < 1.25


def test_a_month_of_many_watches_costs_what_it_holds() -> None:
    month = Month.of(100_000, changes_of_rules())
    assert month.rows == 15_000_000
    assert 0.01 * TIB < month.stored < 0.02 * TIB
