"""`make checks`, as people run it, against all of it."""

import subprocess
import sys

from calendar_watch.model.check import ALL_CHECKS
from tests.support.stack import Person, Stack, until

PATIENCE = 120


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)  # noqa: S603 (our own)


def checked(stack: Stack, **options: str) -> subprocess.CompletedProcess[str]:
    given = [f"--{name}={value}" for name, value in options.items()]
    return run(sys.executable, "-m", "infra.tools.checks", stack.watches.url, *given)


def test_where_all_is_well_the_table_says_so(stack: Stack, alice: Person, calendar: str) -> None:
    def table_of_ok() -> str:
        """Empty while a machine that is busy keeps a message longer than a deployment may."""
        given = [f"WATCHES={stack.watches.url}", f"SUBJECT={alice.email}", f"CALENDAR={calendar}"]
        done = run("make", "checks", f"PYTHON={sys.executable}", *given)
        return "" if done.returncode else done.stdout

    told = until(table_of_ok, "all checks are ok").splitlines()
    assert [line.split()[:2] for line in told if line[0] != " "] == [["ok", name] for name in ALL_CHECKS]


def test_what_is_not_well_is_told_with_what_to_do_and_by_the_exit_status(stack: Stack, alice: Person) -> None:
    done = checked(stack, subject=alice.email, calendar="nobody@example.com")
    assert (done.returncode, done.stderr) == (1, "")
    assert any(line.split()[:3] == ["NOT", "OK", "calendar"] for line in done.stdout.splitlines())
    assert "→ See that the calendar exists" in done.stdout


def test_what_cannot_be_asked_is_told_in_a_sentence(stack: Stack) -> None:
    done = checked(stack, subject="alice")
    assert (done.returncode, done.stdout) == (2, "")
    assert "answers 400: subject: must be the e-mail address" in done.stderr
