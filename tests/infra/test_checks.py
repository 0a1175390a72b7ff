"""`make checks` shows what was found as people read it who typed make."""

from dataclasses import asdict

from calendar_watch.decisions.diagnosis import access_without_subject
from infra.tools.checks import table
from tests.unit.decisions.test_diagnosis import OURS


def test_whoever_names_no_user_is_told_once_how_make_names_one() -> None:
    found = [asdict(each) for each in access_without_subject(OURS)]
    said = "\n".join(table(found, 100))
    assert said.count('{"subject"') == len(found)
    assert said.endswith("\n\nWith make: SUBJECT=alice@example.com")
    assert "With make" not in "\n".join(table([{**found[0], "remedy": None}], 100))
