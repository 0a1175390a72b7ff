"""`make checks` shows what was found as people read it who typed make."""

from dataclasses import asdict

from calendar_watch.decisions.diagnosis import access_without_subject
from infra.tools.checks import table
from tests.unit.decisions.test_diagnosis import OURS


def test_whoever_names_no_user_is_told_how_make_names_one() -> None:
    found = [asdict(each) for each in access_without_subject(OURS)]
    said = "\n".join(table(found, 100))
    assert said.count("→ Name a user of SUBJECT_DOMAINS: SUBJECT=alice@example.com.") == len(found)
    assert "{" not in said
