"""One change, tried end to end: however it goes wrong, the step is named, and neither rule nor watch stays.

The deployment and the calendar are played here, in virtual time; `tests/end_to_end/system` has all of it.
"""

import re
import sys
from collections.abc import Callable
from typing import Any

import pytest

from infra.tools.clock import Clock
from infra.tools.google import Google
from infra.tools.service import PlainError, RefusedError, Watches
from infra.tools.verify import guest, new
from infra.tools.verify.arguments import arguments
from infra.tools.verify.proof import Proof
from infra.tools.verify.rules import LEAST_ROLE, Rules, SharingError
from infra.tools.verify.steps import LateError, Steps

CALENDAR, SUBJECT, GUEST = "c_test@group.calendar.google.com", "alice@example.com", "guest@example.com"
ID = "la5m"
LINE = re.compile(r"(ok|NOT OK) +([a-z ]+?) +([\d.]+) s")


class Calendar(Rules):
    """One calendar's rules; `refusing` is said to whoever changes one."""

    def __init__(self, *users: str) -> None:
        self.there = [*users]
        self.refusing = ""
        self.unanswered = False

    def users(self) -> set[str]:
        return {*self.there}

    def share(self, user: str, role: str = LEAST_ROLE) -> None:
        assert role == LEAST_ROLE
        self._refuse()
        self.there.append(user)
        if self.unanswered:
            raise SharingError("does not answer")

    def unshare(self, user: str) -> None:
        self._refuse()
        self.there.remove(user)

    def _refuse(self) -> None:
        if self.refusing:
            raise SharingError(self.refusing)


class Deployment(Watches):
    """Reads the calendar whenever it is asked for anything; what is named in `broken` it does not do."""

    def __init__(self, calendar: Calendar, *broken: str) -> None:
        self.calendar = calendar
        self.broken = broken
        self.watch: dict[str, Any] | None = None
        self.changes: list[dict[str, Any]] = []
        self._known: set[str] = set()

    def ask(self, method: str, path: str, body: object = None) -> Any:
        match method, path.partition("?")[0].split("/")[1:]:
            case "POST", [""]:
                return self._open(body)
            case "GET", [""]:
                return {"watches": [self.watch] if self.watch else []}
            case "GET", [_, "changes"]:
                self._read()
                after = int(path.rpartition("=")[2])
                return {"changes": self.changes[after:], "nextAfter": len(self.changes)}
            case "DELETE", _:
                assert self.watch
                self.watch["state"] = "stopping" if "stop" in self.broken else "stopped"
            case _:
                self._read()
        return self.watch

    def _open(self, body: Any) -> Any:
        if "open" in self.broken:
            raise RefusedError(503, "watches answers 503")
        self._known = self.calendar.users()
        self.watch = {
            "id": ID,
            "subject": SUBJECT,
            "state": "active",
            "labels": body["labels"],
            "followedBy": [],
            "itemCount": 1,
            "lastSyncTime": "now",
            "sequence": len(self.changes),
            "published": 0,
            "reason": None,
            "detail": None,
            "remedy": None,
        }
        if "activate" in self.broken:
            self.watch |= {"state": "polling", "reason": "notificationsNotArriving", "remedy": "See the address."}
        return self.watch

    def _read(self) -> None:
        for kind, user in self._differences():
            if kind not in self.broken:
                event = {"type": f"calendarwatch.acl.{kind}.v1", "subject": f"user:{user}"}
                self.changes.append({**event, "sequence": f"{len(self.changes) + 1:020}"})
        self._known = self.calendar.users()
        if self.watch and "publish" not in self.broken:
            self.watch["published"] = len(self.changes)

    def _differences(self) -> list[tuple[str, str]]:
        now = self.calendar.users()
        return [("created", each) for each in now - self._known] + [("deleted", each) for each in self._known - now]


class Hours:
    """Virtual time."""

    def __init__(self) -> None:
        self.now = 0.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    @property
    def clock(self) -> Clock:
        return Clock(lambda: self.now, self.sleep)


def proof(watches: Watches, rules: Rules) -> Proof:
    return Proof(watches, rules, Steps(Hours().clock, 120), CALENDAR, SUBJECT)


def told(capsys: pytest.CaptureFixture[str]) -> list[tuple[str, str, str]]:
    return LINE.findall(capsys.readouterr().out)


def left(deployment: Deployment) -> tuple[list[str], str]:
    return deployment.calendar.there, deployment.watch["state"] if deployment.watch else "none"


def test_each_step_is_told_with_the_time_it_took(capsys: pytest.CaptureFixture[str]) -> None:
    deployment = Deployment(Calendar(SUBJECT))
    proof(deployment, deployment.calendar).prove(GUEST)
    assert [each for each in told(capsys) if each[0] != "ok" or each[2] != "0.0"] == []
    assert left(deployment) == ([SUBJECT], "stopped")


@pytest.mark.parametrize(
    ("broken", "step", "said"),
    [
        ("open", "watch created", "answers 503"),
        ("activate", "watch created", r"is polling \(notificationsNotArriving, See the address\.\)"),
        ("created", "created told", rf"after 120 s no calendarwatch\.acl\.created\.v1 of user:{GUEST} is told"),
        ("deleted", "deleted told", rf"after 120 s no calendarwatch\.acl\.deleted\.v1 of user:{GUEST} is told"),
        ("publish", "created told", "in the feed, but not published"),
    ],
)
def test_what_the_deployment_does_not_do_is_named_and_neither_rule_nor_watch_stays(
    capsys: pytest.CaptureFixture[str], broken: str, step: str, said: str
) -> None:
    deployment = Deployment(Calendar(SUBJECT), broken)
    with pytest.raises(PlainError, match=said):
        proof(deployment, deployment.calendar).prove(GUEST)
    lines = told(capsys)
    assert [each[1] for each in lines if each[0] != "ok"] == [step]
    assert lines[-1][1] == "watch removed"
    assert left(deployment) == ([SUBJECT], "none" if broken == "open" else "stopped")


def test_a_watch_that_does_not_end_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    deployment = Deployment(Calendar(), "stop")
    with pytest.raises(LateError, match="Google has still to be told of its end"):
        proof(deployment, deployment.calendar).prove(GUEST)
    assert told(capsys)[-1][:2] == ("NOT OK", "watch removed")


def test_where_google_refuses_to_share_the_watch_goes_and_it_is_no_fault_of_the_deployment() -> None:
    deployment = Deployment(Calendar())
    deployment.calendar.refusing = "403"
    with pytest.raises(SharingError, match="403"):
        proof(deployment, deployment.calendar).prove(GUEST)
    assert left(deployment) == ([], "stopped")


def test_a_rule_that_may_have_been_made_though_no_answer_came_is_taken_back() -> None:
    deployment = Deployment(Calendar())
    deployment.calendar.unanswered = True
    with pytest.raises(SharingError):
        proof(deployment, deployment.calendar).prove(GUEST)
    assert left(deployment) == ([], "stopped")


def test_what_was_read_before_the_watch_had_ended_does_not_count() -> None:
    """Its first reading could hold the new rule, and tell nothing."""
    deployment = Deployment(Calendar())
    proof(deployment, deployment.calendar).prove(GUEST)
    with pytest.raises(LateError, match="is active"):
        proof(deployment, deployment.calendar).prove(GUEST)


def test_a_run_that_was_killed_leaves_nothing_to_the_next() -> None:
    calendar = Calendar(SUBJECT, "calendar-watch-verify-0123abcd@example.com")
    nobody = guest.nobody(SUBJECT, calendar)
    assert re.fullmatch(r"calendar-watch-verify-[0-9a-f]{8}@example\.com", nobody)
    assert calendar.there == [SUBJECT]
    assert guest.nobody(SUBJECT, calendar) != nobody


def test_who_can_see_the_calendar_already_is_no_guest() -> None:
    assert guest.named(GUEST, Calendar(SUBJECT)) == GUEST
    with pytest.raises(PlainError, match=f"{GUEST} can see the calendar already"):
        guest.named(GUEST, Calendar(GUEST))


class Pages(Google):
    """Two pages of rules, of which none is there any more when it is to be deleted."""

    def __init__(self) -> None:
        self.status = 404

    def ask(self, method: str, path: str, body: object = None) -> Any:
        assert body is None
        if method == "DELETE":
            raise RefusedError(self.status, f"answers {self.status}")
        if "pageToken=more" in path:
            return {"items": [{"id": "domain:example.com"}, {"id": f"user:{GUEST}"}]}
        return {"items": [{"id": f"user:{SUBJECT}"}], "nextPageToken": "more"}


def test_every_page_of_rules_is_read_and_what_is_gone_already_need_not_go() -> None:
    google = Pages()
    rules = Rules(google, CALENDAR)
    assert rules.users() == {SUBJECT, GUEST}
    rules.unshare(GUEST)
    google.status = 500
    with pytest.raises(SharingError, match="answers 500"):
        rules.unshare(GUEST)


class NewAtGoogle(Google):
    """Makes a calendar, and does not know whose it is for so many tries."""

    def __init__(self, tries: int):
        self._tries = tries
        self.shared: list[object] = []

    def ask(self, method: str, path: str, body: object = None) -> Any:
        if path.endswith("/calendars"):
            return {"id": CALENDAR}
        self._tries -= 1
        if self._tries >= 0:
            raise RefusedError(403, "You need to have owner access to this calendar.")
        self.shared.append((method, path, body))
        return {}


def test_a_new_calendar_is_shared_as_soon_as_google_knows_whose_it_is() -> None:
    google = NewAtGoogle(3)
    assert new.make_calendar(google, SUBJECT, Hours().clock) == CALENDAR
    rule = {"role": "writer", "scope": {"type": "user", "value": SUBJECT}}
    path = "/calendar/v3/calendars/c_test%40group.calendar.google.com/acl?sendNotifications=false"
    assert google.shared == [("POST", path, rule)]
    with pytest.raises(SharingError, match="owner access"):
        new.make_calendar(NewAtGoogle(100), SUBJECT, Hours().clock)


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Any]:
    def parsed(line: str) -> Any:
        monkeypatch.setattr(sys, "argv", ["verify", "https://watches.example.com", *line.split()])
        return arguments()

    return parsed


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("--calendar new", "say who is to read the new calendar: SUBJECT="),
        (f"--calendar {CALENDAR}", "say for whom it is watched, SUBJECT=.*GUEST="),
        ("--google https://example.com", "for rehearsals on this machine"),
    ],
)
def test_what_does_not_go_together_is_told(given: Callable[[str], Any], line: str, said: str) -> None:
    with pytest.raises(PlainError, match=said):
        given(line)


@pytest.mark.parametrize("line", ["--subject alice", "--within 0", "--within soon", "--within 1.5"])
def test_what_is_no_address_and_no_time_is_told(
    given: Callable[[str], Any], capsys: pytest.CaptureFixture[str], line: str
) -> None:
    with pytest.raises(SystemExit):
        given(line)
    assert re.search(r"is no (e-mail address|number of seconds)", capsys.readouterr().err)


def test_without_a_subject_a_guest_is_named(given: Callable[[str], Any]) -> None:
    """As where the service account reads for itself."""
    assert given(f"--calendar {CALENDAR} --guest {GUEST.upper()}").guest == GUEST
