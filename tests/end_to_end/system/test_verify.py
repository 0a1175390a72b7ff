"""`make verify`, as people rehearse it, against all of it: a deployment that acts for everybody, Google and IAM."""

import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.end_to_end.system.conftest import QUICK, TICK, has_warmed_up
from tests.support.stack import Person, Stack, until

PATIENCE = 600
SUBJECT = "alice@example.com"
VERIFIER = "calendar-watch-verifier@rehearsal.iam.gserviceaccount.com"
EVERYBODY = {"AUTH_MODE": "token_service", "SUBJECT_DOMAINS": "example.com"}
STEPS = ["watch created", "calendar shared", "created told", "calendar unshared", "deleted told", "watch removed"]
STEP = re.compile(r"(ok|NOT OK) +([a-z ]+?) +[\d.]+ s(?:  .*)?")


class Verifying:
    """A deployment, and the service account that Terraform makes. Nobody is logged in."""

    def __init__(self, stack: Stack):
        self.stack = stack
        self.verifier = stack.google.person(VERIFIER)
        self.alice = stack.google.person(SUBJECT)

    def run(self, calendar: str, *options: str) -> subprocess.CompletedProcess[str]:
        given = [f"WATCHES={self.stack.watches.url}", f"SUBJECT={SUBJECT}", f"CALENDAR={calendar}"]
        rehearsed = f"OPTIONS=--google {self.stack.google.root}"
        command = ["make", "verify", f"PYTHON={sys.executable}", *given, *options, rehearsed]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)  # noqa: S603 (our own)

    def run_when_well(self, calendar: str, *options: str) -> subprocess.CompletedProcess[str]:
        """A machine that is busy keeps a message longer than the checks allow; what they said is kept for a while."""
        done = until(lambda: self._unless_unwell(self.run(calendar, *options)), "the checks are ok", PATIENCE)
        assert done
        return done

    def _unless_unwell(self, done: subprocess.CompletedProcess[str]) -> subprocess.CompletedProcess[str] | None:
        return None if re.search(r"^NOT OK +publicPath", done.stdout, re.MULTILINE) else done

    def rules(self, owner: Person, calendar: str) -> dict[str, str]:
        listed = owner.call("GET", f"calendars/{calendar}/acl")["items"]
        return {each["id"].removeprefix("user:"): each["role"] for each in listed}

    def watches(self, calendar: str) -> list[Any]:
        return [each for each in self.stack.api.list(f"calendarId={calendar}") if each["state"] != "stopped"]


def steps(done: subprocess.CompletedProcess[str]) -> list[tuple[str, str]]:
    """Those of the change."""
    return [(found[1], found[2]) for line in done.stdout.splitlines() if (found := STEP.fullmatch(line))]


def failed(done: subprocess.CompletedProcess[str], status: int) -> bool:
    """As make tells it: its own status is 2 for any other than 0."""
    return done.returncode == 2 and f"Error {status}" in done.stderr


@pytest.fixture(scope="module")
def verifying() -> Iterator[Verifying]:
    with Stack({**QUICK, **EVERYBODY, "SETTLE_SECONDS": "3600"}, tick=TICK) as stack:
        until(lambda: has_warmed_up(stack), "a first watch is opened and ended")
        yield Verifying(stack)


@pytest.fixture(scope="module")
def calendar(verifying: Verifying) -> str:
    """As whoever begins has one made."""
    done = verifying.run("new")
    assert (done.returncode, done.stderr) == (0, "")
    [made] = re.findall(r"From now on: CALENDAR=(\S+)", done.stdout)
    return str(made)


def test_the_calendar_that_is_made_is_the_accounts_own_and_readable(verifying: Verifying, calendar: str) -> None:
    assert verifying.rules(verifying.verifier, calendar) == {VERIFIER: "owner", SUBJECT: "writer"}


def test_a_change_is_proven_from_end_to_end_and_leaves_nothing_however_often(
    verifying: Verifying, calendar: str
) -> None:
    for _ in range(2):
        done = verifying.run_when_well(calendar)
        assert (done.returncode, done.stderr) == (0, ""), done.stdout
        assert steps(done) == [("ok", each) for each in STEPS]
        assert verifying.rules(verifying.verifier, calendar) == {VERIFIER: "owner", SUBJECT: "writer"}
        assert verifying.watches(calendar) == []
    [watch] = verifying.stack.api.list(f"calendarId={calendar}")
    told = [each["data"]["after"] for each in verifying.stack.api.changes(watch["id"]) if "after" in each["data"]]
    assert [each and each["role"] for each in told] == ["freeBusyReader", None] * 2


def test_somebody_elses_watch_serves_as_well_and_stays_as_it_is(verifying: Verifying, calendar: str) -> None:
    order = {"resource": "acl", "calendarId": calendar, "subject": SUBJECT, "labels": {"team": "security"}}
    theirs = verifying.stack.api.open(**order, params={"ttl": "86400"})
    done = verifying.run_when_well(calendar)
    assert (done.returncode, steps(done)[0]) == (0, ("ok", "watch is there")), done.stdout
    assert "watch removed" not in done.stdout
    [left] = verifying.watches(calendar)
    assert (left["labels"], left["params"]) == ({"team": "security"}, {"ttl": "86400"})
    verifying.stack.api.end(theirs["id"])
    until(lambda: not verifying.watches(calendar), "it has ended")


def test_what_a_killed_run_has_left_behind_goes_with_the_next(verifying: Verifying, calendar: str) -> None:
    verifying.verifier.share(calendar, "calendar-watch-verify-0123abcd@example.com", "freeBusyReader")
    order = {"resource": "acl", "calendarId": calendar, "subject": SUBJECT, "labels": {"made-by": "verify"}}
    verifying.stack.api.open(**order)
    done = verifying.run_when_well(calendar)
    assert done.returncode == 0, done.stdout
    assert verifying.rules(verifying.verifier, calendar) == {VERIFIER: "owner", SUBJECT: "writer"}
    assert verifying.watches(calendar) == []


def test_where_google_refuses_to_share_nothing_is_left_and_nobody_is_told_to_roll_back(verifying: Verifying) -> None:
    calendar = verifying.alice.create_calendar("Where the account may look, and no more")
    verifying.alice.share(calendar, VERIFIER, "writer")
    done = verifying.run_when_well(calendar)
    assert failed(done, 2), done.stdout + done.stderr
    assert [each for each in steps(done) if each[0] != "ok"] == [("NOT OK", "calendar shared")]
    assert f"403: You need to have owner access to this calendar. Does {VERIFIER} manage" in done.stderr
    assert "roll back" not in done.stdout
    assert verifying.rules(verifying.alice, calendar) == {SUBJECT: "owner", VERIFIER: "writer"}
    assert verifying.watches(calendar) == []


def test_where_a_check_fails_nothing_is_tried(verifying: Verifying) -> None:
    done = verifying.run_when_well("nobody@example.com")
    assert failed(done, 1), done.stdout + done.stderr
    assert re.search(r"^NOT OK +calendar ", done.stdout, re.MULTILINE)
    assert "roll back (infra/README.md" in done.stdout
    assert steps(done) == []
    assert verifying.stack.api.list("calendarId=nobody@example.com") == []


@pytest.mark.search  # half a minute, of which it waits
def test_a_change_that_is_never_told_is_named_and_leaves_neither_rule_nor_watch(
    verifying: Verifying, calendar: str
) -> None:
    verifying.stack.google.admin("POST", "drop", {"count": 1_000, "state": "exists"})
    done = verifying.run_when_well(calendar, "WITHIN=30")
    assert failed(done, 1), done.stdout + done.stderr
    assert [each for each in steps(done) if each[0] != "ok"] == [("NOT OK", "created told")]
    assert [each[1] for each in steps(done)] == [*STEPS[:4], STEPS[5]]
    assert "no calendarwatch.acl.created.v1 of" in " ".join(done.stdout.split())
    assert "roll back (infra/README.md" in done.stdout
    assert verifying.rules(verifying.verifier, calendar) == {VERIFIER: "owner", SUBJECT: "writer"}
    assert verifying.watches(calendar) == []
