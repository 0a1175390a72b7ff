"""A slip that the code has moved away from proves nothing."""

from pathlib import Path

import pytest

from tests.searches.mutants.slip import Slip
from tests.searches.mutants.slips import SLIPS

_ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip.name)
def test_each_slip_can_be_put_in_and_names_tests_that_there_are(slip: Slip) -> None:
    for each in slip.edits:
        text = (_ROOT / "functions" / "calendar_watch" / each.file).read_text()
        assert text.count(each.old) == 1, each.file
    for path in slip.tests:
        assert (_ROOT / path.partition("::")[0]).exists()
