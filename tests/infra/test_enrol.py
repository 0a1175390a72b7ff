"""Whom `make enrol` takes from a file, what it asks for and foretells, and how it keeps to the quota."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.tools.clock import Clock
from infra.tools.enrol.directory import Directory
from infra.tools.enrol.enrolment import enrol
from infra.tools.enrol.forecast import Pace, duration
from infra.tools.enrol.leavers import of_leavers
from infra.tools.enrol.order import Order, Request
from infra.tools.enrol.refused import Refused, of_google, table
from infra.tools.enrol.users import Users, addresses, in_words, of_file
from infra.tools.google import Google
from infra.tools.service import PlainError, Watches

ALICE, BOB = "alice@example.com", "bob@example.com"
FOLLOWING = Order(("calendarList",), ("acl", "events"), {"enrolled": "example.com"})


def there(**fields: Any) -> dict[str, Any]:
    """A watch of Alice's calendar list, as FOLLOWING wants it but for these fields."""
    usual = {"resource": "calendarList", "subject": ALICE, "calendarId": None, "state": "active"}
    return {**usual, "follow": ["events", "acl"], "labels": {"enrolled": "example.com"}, **fields}


def test_a_file_has_an_address_a_line_and_may_have_comments() -> None:
    lines = ["# sales", "Alice@example.com", "", " bob@example.com  # since May", "alice@example.com"]
    assert addresses(lines, "users.txt") == [ALICE, BOB]


@pytest.mark.parametrize("line", ["alice", "alice@example.com bob@example.com", "a@b", "@example.com", "a,b@c@d.com"])
def test_a_line_that_is_no_address_is_named(line: str) -> None:
    with pytest.raises(PlainError, match=r"users\.txt, line 2: '.*' is no e-mail address"):
        addresses([ALICE, line], "users.txt")


def test_a_file_that_cannot_be_read_is_said_to_be_so(tmp_path: Path) -> None:
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe\x00")
    for path in (tmp_path / "nosuch", tmp_path, binary):
        with pytest.raises(PlainError, match=r"cannot be read: .+"):
            of_file(path)


@pytest.mark.parametrize(
    ("users", "said"),
    [
        (Users("file", (ALICE,)), ["1 user"]),
        (
            Users("example.com", (ALICE, BOB), ("eve@example.com",)),
            ["2 users; 1 more is suspended or archived, and left out"],
        ),
        (
            Users("file", (ALICE, BOB, "eve@elsewhere.org")),
            ["3 users", "2 at example.com, 1 at elsewhere.org: whoever is at none of SUBJECT_DOMAINS will be refused"],
        ),
    ],
)
def test_how_many_there_are_is_told_and_where_if_that_differs(users: Users, said: list[str]) -> None:
    assert [*in_words(users)] == said


def test_a_calendar_list_is_asked_for_with_what_it_follows_and_a_calendar_by_its_address() -> None:
    order = Order(("calendarList", "acl", "settings"), ("acl",), {"team": "a"})
    assert order.missing([ALICE], []) == [
        {"resource": "calendarList", "subject": ALICE, "labels": {"team": "a"}, "follow": ["acl"]},
        {"resource": "acl", "subject": ALICE, "labels": {"team": "a"}, "calendarId": ALICE},
        {"resource": "settings", "subject": ALICE, "labels": {"team": "a"}},
    ]


def test_who_is_enrolled_is_not_asked_for_again() -> None:
    assert FOLLOWING.missing([ALICE], [there()]) == []


@pytest.mark.parametrize("state", ["stopping", "stopped"])
def test_a_watch_that_has_ended_is_brought_back(state: str) -> None:
    assert len(FOLLOWING.missing([ALICE], [there(state=state)])) == 1


@pytest.mark.parametrize("other", [{"follow": ["acl"]}, {"labels": {}}, {"labels": {"enrolled": "file"}}])
def test_what_is_to_be_otherwise_is_asked_for_again(other: dict[str, Any]) -> None:
    assert len(FOLLOWING.missing([ALICE], [there(**other)])) == 1


@pytest.mark.parametrize(
    ("there_already", "asked"), [("example.com", []), ("file", []), (None, [{"enrolled": "file"}])]
)
def test_a_file_does_not_take_the_place_of_the_domain(there_already: str | None, asked: list[dict[str, str]]) -> None:
    labels = {"enrolled": there_already} if there_already else {}
    of_a_file = Order(("calendarList",), ("acl", "events"), {"enrolled": "file"})
    assert [each["labels"] for each in of_a_file.missing([ALICE], [there(labels=labels)])] == asked


def test_labels_that_others_gave_stay() -> None:
    [request] = FOLLOWING.missing([ALICE], [there(labels={"team": "security"})])
    assert request["labels"] == {"team": "security", "enrolled": "example.com"}


def test_events_of_some_types_are_another_watch() -> None:
    order = Order(("events",), (), {})
    watch = {"resource": "events", "subject": ALICE, "calendarId": ALICE, "state": "active", "follow": [], "labels": {}}
    assert order.missing([ALICE], [watch]) == []
    assert len(order.missing([ALICE], [{**watch, "eventTypes": ["focusTime"]}])) == 1


@given(st.sets(st.integers(0, 30)), st.sets(st.integers(0, 30)))
def test_whoever_is_there_and_whoever_is_asked_for_are_all_and_each_once(users: set[int], enrolled: set[int]) -> None:
    known = [there(subject=str(each)) for each in enrolled]
    asked = [request["subject"] for request in FOLLOWING.missing([str(each) for each in sorted(users)], known)]
    assert sorted(asked) == sorted({str(each) for each in users - enrolled})


@pytest.mark.parametrize(
    ("follow", "calendars", "calls", "seconds"),
    [((), 1, 400, 24), (("acl",), 1, 800, 48), (("acl", "events"), 1, 1200, 72), (("acl", "events"), 2.5, 2400, 144)],
)
def test_each_watch_takes_four_calls_and_so_does_each_that_it_follows(
    follow: tuple[str, ...], calendars: float, calls: int, seconds: float
) -> None:
    requests = Order(("calendarList",), follow, {}).missing([f"u{n}@example.com" for n in range(100)], [])
    pace = Pace(1000, calendars)
    assert (pace.calls(requests), pace.seconds(requests)) == (calls, seconds)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (59.6, "1 min 00 s"), (80, "1 min 20 s"), (3599, "59 min 59 s"), (8000, "2 h 13 min")],
)
def test_a_time_is_told_as_people_say_it(seconds: float, words: str) -> None:
    assert duration(seconds) == words


class Deployment(Watches):
    """As `watches` answers a batch: each is due a little after the one before. Its time is ours."""

    def __init__(self, share: int) -> None:
        super().__init__("http://127.0.0.1", "")
        self.time = 0.0
        self.due: list[float] = []
        self.batches: list[int] = []
        self._between = 240 / share

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        assert (method, path) == ("POST", "/batch")
        self.time += 0.5  # it takes a while
        self.batches.append(len(body["requests"]))
        return {"results": [self._result(each, place) for place, each in enumerate(body["requests"])]}

    def _result(self, request: Request, place: int) -> dict[str, Any]:
        if not request["subject"].endswith("@example.com"):
            problem = {
                "detail": "the body is wrong",
                "errors": [{"field": "subject", "message": "not in SUBJECT_DOMAINS"}],
            }
            return {"status": 400, "problem": problem}
        self.due.append(self.time + place * self._between)
        moment = datetime(2026, 11, 27, tzinfo=UTC) + timedelta(seconds=self.due[-1])
        return {"status": 202, "watch": {"nextReconcileTime": moment.isoformat()}}

    def sleep(self, seconds: float) -> None:
        self.time += seconds


def enrolled(share: int, pace: Pace, users: Sequence[str]) -> tuple[Deployment, list[Refused]]:
    deployment = Deployment(share)
    clock = Clock(lambda: deployment.time, deployment.sleep)
    return deployment, [*enrol(lambda: deployment, FOLLOWING.missing(users, []), pace, clock)]


def many(count: int) -> list[str]:
    return [f"u{number}@example.com" for number in range(count)]


@pytest.mark.parametrize("calls_per_minute", [600, 1500, 6000])
def test_the_time_foretold_is_the_time_it_takes(calls_per_minute: int) -> None:
    pace = Pace(calls_per_minute, 1)
    deployment, _ = enrolled(calls_per_minute, pace, many(1000))
    foretold = pace.seconds(FOLLOWING.missing(many(1000), []))
    assert max(deployment.due) - min(deployment.due) == pytest.approx(foretold, rel=0.1)
    assert sum(deployment.batches) == 1000


def test_where_the_deployment_has_a_smaller_share_its_own_spreading_is_waited_for() -> None:
    deployment, _ = enrolled(100, Pace(6000, 1), many(100))
    assert deployment.due == sorted(deployment.due)


def test_who_is_refused_is_told_with_field_and_reason(capsys: pytest.CaptureFixture[str]) -> None:
    _, refused = enrolled(6000, Pace(6000, 1), [ALICE, "eve@example.net"])
    assert [(each.subject, each.reason, each.detail) for each in refused] == [
        ("eve@example.net", "400", "subject: not in SUBJECT_DOMAINS")
    ]
    assert capsys.readouterr().out == "2 of 2 asked for\n"


def test_how_far_it_is_and_how_long_it_will_take_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    enrolled(600, Pace(600, 1), many(30))
    assert capsys.readouterr().out.splitlines() == ["25 of 30 asked for, 6 s to go", "30 of 30 asked for"]


def test_what_google_refuses_is_a_table_with_each_remedy_once() -> None:
    gone = {
        "state": "suspended",
        "reason": "userGone",
        "detail": "Not a valid email",
        "remedy": "DELETE the watch.",
        "itemCount": None,
    }
    timed = {"state": "polling", "reason": "pushNotSupported", "itemCount": 7}
    unheard = there(state="opening", reason=None, itemCount=None)
    waiting = [there(**gone), there(**gone, subject=BOB), there(**timed), unheard]
    refused, untried = of_google(waiting)
    assert untried == 1
    assert list(table(refused)) == [
        "2 refused",
        "userGone  alice@example.com  calendarList    Not a valid email",
        "userGone  bob@example.com    calendarList    Not a valid email",
        "→ userGone: DELETE the watch.",
    ]
    assert list(table([])) == ["nobody is refused"]


class Enrolled(Watches):
    """As `watches` lists who is enrolled."""

    def __init__(self, subjects: Sequence[str]) -> None:
        super().__init__("http://127.0.0.1", "")
        self._subjects = subjects

    def every(self, **_: Any) -> Iterator[dict[str, Any]]:
        return (there(subject=each, followedBy=[], id=each) for each in self._subjects)


class Deserted(Directory):
    """In which there is nobody any more."""

    def __init__(self) -> None:
        super().__init__(Google("http://127.0.0.1", "", ""), "example.com")

    def has(self, address: str) -> bool:
        assert address
        return False


@pytest.mark.parametrize(("enrolled", "allowed"), [(4, 1), (20, 1), (21, 2)])
def test_of_few_one_may_always_have_left_and_no_more(enrolled: int, allowed: int) -> None:
    everybody = many(enrolled)

    def left(count: int) -> int:
        users = Users("example.com", tuple(everybody[count:]))
        return len(of_leavers(Enrolled(everybody), users, Deserted(), 5))

    assert left(allowed) == allowed
    with pytest.raises(PlainError, match="nothing was ended"):
        left(allowed + 1)
