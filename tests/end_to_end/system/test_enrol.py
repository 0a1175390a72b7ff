"""`make enrol`, as people rehearse it, against all of it: a Directory, and a deployment that acts for everybody."""

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.stack import Stack, call, until

ADMIN = "admin@example.com"
PATIENCE = 900
MANY = 1_000
PATIENT = {"CONFIRM_SECONDS": "600", "LEASE_SECONDS": "60", "SETTLE_SECONDS": "3"}
"""However busy the machine: what is opened twice, or read once more, would be counted. What settles is waited for."""
EVERYBODY = {"AUTH_MODE": "token_service", "SUBJECT_DOMAINS": "example.com"}
NEVER = 86_400
ENDED = {"stopping", "stopped"}
FORETOLD = re.compile(r"(\d+) watches to ask for: (\d+) calls to Google, (?:(\d+) min )?(\d+) s")


class Enrolling:
    """A deployment where nothing is opened by itself. Nobody is logged in."""

    def __init__(self, stack: Stack, pace: int):
        self.stack = stack
        self._pace = pace

    def people(self, count: int) -> list[str]:
        """Let there be as many, with the administrator."""
        users = [ADMIN, *(f"user{number:04}@example.com" for number in range(1, count))]
        self.stack.google.admin("PUT", "directory", {"users": users, "admins": [ADMIN]})
        return users

    def command(self, *options: str) -> list[str]:
        where = [self.stack.watches.url, "--google", self.stack.google.root, "--calls-per-minute", str(self._pace)]
        return [sys.executable, "-u", "-m", "infra.tools.enrol", *where, *options]

    def run(self, *options: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 (our own)
            self.command(*options), capture_output=True, text=True, check=False, timeout=PATIENCE
        )

    def of_domain(self, *options: str, admin: str = ADMIN) -> subprocess.CompletedProcess[str]:
        return self.run("--domain", "example.com", "--admin", admin, *options)

    def killed(self, after: int, *options: str) -> None:
        """Run it until so many batches were asked for, and let it do nothing more, not even say goodbye."""
        command = self.command("--domain", "example.com", "--admin", ADMIN, *options)
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 (our own)
            assert process.stdout
            told = (line for line in process.stdout if " asked for" in line)
            for _ in range(after):
                next(told)
            process.kill()

    def watches(self, **query: str) -> list[Any]:
        found, token = [], ""
        while token is not None:
            asked = "&".join(f"{name}={value}" for name, value in {**query, "pageToken": token}.items())
            page = call("GET", f"{self.stack.watches.url}?pageSize=500&{asked}").json()
            found += page["watches"]
            token = page.get("nextPageToken")
        return found

    def is_at_rest(self) -> bool:
        """`renew` has done what there is to do."""
        call("POST", self.stack.renew.url)
        later = (datetime.now(UTC) + timedelta(minutes=10)).isoformat()
        return all(each["nextReconcileTime"] > later for each in self.watches())

    def calls(self) -> Counter[str]:
        return Counter(each["method_id"] for each in self.stack.google.admin("GET", "calls"))


@pytest.fixture(
    scope="module",
    params=[pytest.param((60, 6_000), id="60"), pytest.param((MANY, 3_000), id="many", marks=pytest.mark.rehearsal)],
)
def sizes(request: pytest.FixtureRequest) -> tuple[int, int]:
    """Users, and calls a minute."""
    count, pace = request.param
    return count, pace


@pytest.fixture(scope="module")
def enrolling(sizes: tuple[int, int]) -> Iterator[Enrolling]:
    environment = {**PATIENT, **EVERYBODY, "CALENDAR_CALLS_PER_MINUTE": str(sizes[1])}
    with Stack(environment, tick=NEVER) as stack:
        yield Enrolling(stack, sizes[1])


def foretold(done: subprocess.CompletedProcess[str]) -> tuple[int, int, float]:
    """Watches, calls, seconds."""
    match = FORETOLD.search(done.stdout)
    assert match, done.stdout + done.stderr
    watches, calls, minutes, seconds = (int(each or 0) for each in match.groups())
    return watches, calls, minutes * 60 + seconds


def test_a_domain_is_enrolled_once_and_as_foretold_however_often_it_is_interrupted(
    enrolling: Enrolling, sizes: tuple[int, int]
) -> None:
    count, _ = sizes
    users = enrolling.people(count)
    dry = enrolling.of_domain("--follow", "acl", "--dry-run")
    watches, calls, seconds = foretold(dry)
    assert (dry.returncode, watches, enrolling.watches()) == (0, count, [])

    for _ in range(2):
        enrolling.killed(count // 60, "--follow", "acl")
    assert 0 < len(enrolling.watches()) < count
    done = enrolling.of_domain("--follow", "acl")
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert foretold(done)[0] < count

    enrolled = enrolling.watches()
    assert sorted(each["subject"] for each in enrolled) == sorted(users)
    due = [datetime.fromisoformat(each["nextReconcileTime"]) for each in enrolled]
    took = (max(due) - min(due)).total_seconds()
    until(enrolling.is_at_rest, "all is opened", PATIENCE)
    made = enrolling.calls()
    assert made["calendar.calendarList.watch"] == made["calendar.acl.watch"] == count
    if count == MANY:  # the fewer, the more it counts how long a program takes to begin, and a message on its way
        print(f"{calls} calls foretold, {made.total()} made; {seconds} s foretold, {took:.0f} s taken")  # noqa: T201 (-s)
        assert made.total() == pytest.approx(calls, rel=0.1)
        assert took == pytest.approx(seconds, rel=0.1)

    again = enrolling.of_domain("--follow", "acl")
    assert again.returncode == 0
    assert again.stdout.splitlines()[1:] == ["all are enrolled", "nobody is refused"]


def test_who_is_refused_is_told_at_once_by_us_and_later_by_google(enrolling: Enrolling, tmp_path: Path) -> None:
    users = tmp_path / "users.txt"
    users.write_text("ghost@example.com  # has no calendar\neve@example.net\n")
    spell = {"quirk": "Q60", "about": "ghost@example.com", "seconds": 3600}
    enrolling.stack.google.admin("POST", "spell", spell)
    done = enrolling.run("--file", str(users))
    assert (done.returncode, done.stderr) == (1, "")
    assert re.search(r"400 +eve@example\.net +calendarList +subject: .*SUBJECT_DOMAINS", done.stdout)

    until(lambda: is_refused(enrolling), "Google has refused")
    again = enrolling.run("--file", str(users))
    assert again.returncode == 1
    assert re.search(r"notACalendarUser +ghost@example\.com +calendarList ", again.stdout)
    assert "→ notACalendarUser: Give the subject a Google account" in again.stdout


def is_refused(enrolling: Enrolling) -> bool:
    call("POST", enrolling.stack.renew.url)
    return bool(enrolling.watches(subject="ghost@example.com", reason="notACalendarUser"))


def test_the_watches_of_who_left_are_shown_and_then_ended_and_nobody_elses(
    enrolling: Enrolling, sizes: tuple[int, int]
) -> None:
    everybody = enrolling.people(sizes[0])
    enrolling.of_domain("--follow", "")
    google, (left, renamed, suspended) = enrolling.stack.google, everybody[1:4]
    google.admin("PUT", "standing", {"user": left, "standing": "deleted"})
    google.admin("POST", "rename", {"old": renamed, "new": "another@example.com"})
    google.admin("PUT", "standing", {"user": suspended, "standing": "suspended"})
    call("POST", enrolling.stack.watches.url, {"resource": "settings", "subject": left})

    shown = enrolling.of_domain("--follow", "", "--leavers", "show", "--dry-run")
    assert "2 watches of who left to be ended: LEAVERS=end does it" in shown.stdout
    assert not any(each & ENDED for each in states(enrolling, left).values())

    done = enrolling.of_domain("--follow", "", "--leavers", "end", "--at-most", "4")
    assert "2 watches of who left ended" in done.stdout
    assert states(enrolling, left)["calendarList"] <= ENDED
    assert not states(enrolling, left)["settings"] & ENDED
    assert states(enrolling, renamed)["calendarList"] <= ENDED
    assert not states(enrolling, suspended)["calendarList"] & ENDED
    assert len(enrolling.watches(subject="another@example.com")) == 1


def states(enrolling: Enrolling, subject: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for each in enrolling.watches(subject=subject):
        found.setdefault(each["resource"], set()).add(each["state"])
    return found


def test_whoever_is_enrolled_from_a_file_as_well_is_shown_when_they_leave_the_domain(
    enrolling: Enrolling, tmp_path: Path
) -> None:
    users = tmp_path / "users.txt"
    users.write_text("both@example.com\n")
    everybody = enrolling.people(10)
    enrolling.stack.google.admin("PUT", "directory", {"users": [*everybody, "both@example.com"], "admins": [ADMIN]})
    enrolling.of_domain()
    assert "all are enrolled" in enrolling.run("--file", str(users)).stdout
    enrolling.stack.google.admin("PUT", "standing", {"user": "both@example.com", "standing": "deleted"})
    shown = enrolling.of_domain("--leavers", "show", "--at-most", "100")
    assert re.search(r"^both@example\.com  calendarList  ", shown.stdout, re.MULTILINE)


def test_where_too_many_seem_to_have_left_nothing_is_ended(enrolling: Enrolling) -> None:
    enrolling.people(60)
    enrolling.of_domain()
    enrolling.people(10)
    done = enrolling.of_domain("--leavers", "end")
    assert done.returncode == 2
    assert re.fullmatch(r"\d+ of \d+ enrolled users are not in the Directory, .* nothing was ended\. .*\n", done.stderr)
    assert all(each["state"] != "stopped" for each in enrolling.watches(subject="user0050@example.com"))


@pytest.mark.parametrize(
    ("admin", "said"),
    [("user0001@example.com", "403: Not Authorized to access this resource/api. Is example.com a domain of yours")],
)
def test_who_may_not_read_the_directory_is_told_in_a_sentence(enrolling: Enrolling, admin: str, said: str) -> None:
    enrolling.people(10)
    done = enrolling.of_domain(admin=admin)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_where_the_scope_is_not_delegated_it_is_named(enrolling: Enrolling) -> None:
    scope = "https://www.googleapis.com/auth/admin.directory.user.readonly"
    enrolling.stack.google.admin("PATCH", "options", {"undelegated_scopes": [scope]})
    done = enrolling.of_domain()
    enrolling.stack.google.admin("PATCH", "options", {"undelegated_scopes": []})
    assert done.returncode == 2
    assert (
        f"Does the admin console let calendar-watch-calendar@rehearsal.iam.gserviceaccount.com have the scope {scope}?"
        in (done.stderr)
    )


def test_make_hands_on_what_it_is_told(enrolling: Enrolling) -> None:
    enrolling.people(10)
    given = [f"WATCHES={enrolling.stack.watches.url}", "DOMAIN=example.com", f"ADMIN={ADMIN}", "DRY_RUN=1"]
    command = [
        "make",
        "enrol",
        f"PYTHON={sys.executable}",
        *given,
        f"OPTIONS=--google {enrolling.stack.google.root} --follow acl",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)  # noqa: S603 (our own)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("10 users\n")
