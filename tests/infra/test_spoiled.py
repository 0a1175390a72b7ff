"""The tests in infra/tests notice when somebody gives away more than is needed, or when nobody is told.

Run with `make infra-check`.
"""

import re
from pathlib import Path

import pytest

from tests.infra.conftest import Terraform, outcome_of

WORKERS_ALONE = re.escape('toset(["renew", "watches"])')
EVERYBODY = 'toset(["notifications", "renew", "watches"])'
READERS = r'("firestore_user" \{\n  for_each = )'
CREATE = "datastore.entities.create"
SPOILED = {
    "notifications may sign": ("accounts.tf", WORKERS_ALONE, EVERYBODY),
    "notifications may read the database": ("accounts.tf", READERS + WORKERS_ALONE, rf"\1{EVERYBODY}"),
    "creating comes with reading": ("accounts.tf", f'"{CREATE}"', f'"{CREATE}", "datastore.entities.get"'),
    "watches is public": ("functions.tf", r"for_each = var\.watch_invokers", 'for_each = toset(["allUsers"])'),
    "wake-ups have no dead letters": ("pubsub.tf", r"  dead_letter_policy \{\n.*?\n  \}\n", ""),
    "keys are spelled out": ("functions.tf", "      THREADS =", '      CHANNEL_TOKEN_KEYS = "k"\n      THREADS ='),
    "nobody is told that nothing can be signed": ("alerts.tf", r"\n    signing_failing = \{.*?\n    \}\n", "\n"),
    "data may be deleted": ("firestore.tf", r'deletion_protection \? "PREVENT"', 'deletion_protection ? "DELETE"'),
}
"""File, what is found there first, what is put in its place."""


@pytest.mark.parametrize("what", SPOILED)
def test_its_own_tests_notice_when(terraform: Terraform, tmp_path: Path, what: str) -> None:
    copy = terraform.copied_to(tmp_path)
    name, good, bad = SPOILED[what]
    file = copy.folder / name
    spoiled, found = re.subn(good, bad, file.read_text(), count=1, flags=re.DOTALL)
    assert found
    file.write_text(spoiled)
    assert list(outcome_of(copy, "-filter=tests/system.tftest.hcl").runs.values()) == ["fail"]
