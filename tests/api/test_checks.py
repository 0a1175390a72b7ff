"""`POST /checks` says whether the deployment works, and names what does not: each cause, seeded by itself."""

# google-auth says that it is typed, and is in part:
# mypy: allow-untyped-calls

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event
from typing import Any, NamedTuple
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import grpc
import pytest
from google.oauth2.credentials import Credentials
from werkzeug import Response

from calendar_watch import __version__
from calendar_watch.calendar_api import credentials
from calendar_watch.errors import TryLaterError
from calendar_watch.model.check import ALL_CHECKS, DATABASE_HEADER, VERSION_HEADER
from calendar_watch.model.resources import ACL, CALENDAR_LIST
from calendar_watch.model.target import RESERVED_ID
from calendar_watch.operations import checks
from tests.api.conftest import Deploy, Lines
from tests.api.deployment import ACL as ALICES_ACL
from tests.api.deployment import KEY, Deployment, Json, json_of, problem_of, wrong_fields
from tests.api.google import ALICE, listening
from tests.doubles import local_pubsub
from tests.doubles.calendar_simulator import SimulatorAdapter
from tests.doubles.calendar_simulator.token_endpoint import ACCOUNT
from tests.doubles.local_pubsub import LocalPubSub
from tests.doubles.local_pubsub.subscription import Subscription
from tests.support.log_fields import IN_TROUBLE

CHANGES, WAKEUPS = "projects/p/topics/changes", "projects/p/topics/wakeups"
DELEGATED = {
    "AUTH_MODE": "delegated",
    "CALENDAR_SERVICE_ACCOUNT": ACCOUNT,
    "RESOURCES": "acl,calendarList",
}
OF_ALICE = {"subject": ALICE}
PATH = {"publicPath"}


@dataclass
class Door:
    """What answers at NOTIFICATION_URL."""

    app: WSGIApplication | None = None

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        assert self.app
        return self.app(environ, start_response)


@dataclass
class Rig:
    """A deployment whose functions reach one another as in production, and whose seams a test may break."""

    deployment: Deployment
    door: Door
    pubsub: LocalPubSub
    monkeypatch: pytest.MonkeyPatch
    broken: ExitStack = field(default_factory=ExitStack)

    def check(self, body: Json | None = None) -> Json:
        response = self.deployment.ask("watches", "POST", "/checks", json=OF_ALICE if body is None else body)
        assert response.status_code == 200, response.text
        return json_of(response)

    def deploy(self, **variables: str) -> None:
        self.deployment.deploy(self.monkeypatch, **variables)

    def delegate(self) -> None:
        """From now on IAM and the token endpoint have their say, as they do in production."""

        def sessions(_mode: str, account: str, _url: str) -> credentials.Sessions:
            access = credentials.delegated(account, lambda: Credentials("our own token"))
            return credentials.Sessions(access, SimulatorAdapter(self.deployment.google.simulator))

        self.monkeypatch.setattr(credentials, "sessions", sessions)
        self.deploy(**DELEGATED)


@pytest.fixture
def rig(deploy: Deploy, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    door, wakeups = Door(), Door()
    with local_pubsub.serve() as server, listening(door) as url, listening(wakeups) as renew:
        for topic in (CHANGES, WAKEUPS):
            server.pubsub.create_topic(topic)
        server.pubsub.create_subscription(
            Subscription("projects/p/subscriptions/renew", WAKEUPS, endpoint=f"{renew}/wakeups")
        )
        deployment = deploy(
            NOTIFICATION_URL=url, CHANGES_TOPIC=CHANGES, WAKEUP_TOPIC=WAKEUPS, PUBSUB_EMULATOR_HOST=server.host
        )
        door.app, wakeups.app = deployment.served("notifications"), deployment.served("renew")
        with ExitStack() as broken:
            yield Rig(deployment, door, server.pubsub, monkeypatch, broken)


def failed(answer: Json) -> dict[str, Json]:
    return {each["check"]: each for each in answer["checks"] if not each["ok"]}


def test_where_all_is_well_all_is_ok(rig: Rig) -> None:
    answer = rig.check()
    assert failed(answer) == {}
    assert answer["ok"]
    assert [each["check"] for each in answer["checks"]] == [*ALL_CHECKS]
    assert {each["remedy"] for each in answer["checks"]} == {None}


def test_so_it_is_with_delegation_and_each_scope_of_the_deployment_is_named(rig: Rig) -> None:
    rig.delegate()
    answer = rig.check()
    assert failed(answer) == {}
    scopes = [each for each in answer["checks"] if each["check"].startswith("scope.")]
    assert [each["check"] for each in scopes] == ["scope.acl", "scope.calendarList"]
    assert [ACL.scope in scopes[0]["detail"], CALENDAR_LIST.scope in scopes[1]["detail"]] == [True, True]


def test_nothing_is_published_and_no_watch_is_touched(rig: Rig) -> None:
    rig.deploy(WAKEUP_TOPIC="")
    rig.deployment.open(ALICES_ACL)
    rig.deployment.reconcile()
    rig.deploy(WAKEUP_TOPIC=WAKEUPS)
    before, published = rig.deployment.everything_stored(), rig.pubsub.published(CHANGES)
    assert rig.check()["ok"]
    assert rig.deployment.everything_stored() == before
    assert rig.pubsub.published(CHANGES) == published
    assert [each.attributes for each in rig.pubsub.published(WAKEUPS)] == [{"watchId": RESERVED_ID}]
    assert rig.deployment.ask("watches", "GET", f"/{RESERVED_ID}").status_code == 404


# --- each cause


def undelegate(rig: Rig) -> None:
    rig.deployment.google.simulator.configure(undelegated_scopes=[ACL.scope])


def a_scope_is_missing_in_the_grant(rig: Rig) -> None:
    undelegate(rig)
    rig.delegate()


def the_signers_role_is_missing(rig: Rig) -> None:
    simulator = rig.deployment.google.simulator
    simulator.quirks.begin_spell("Q15", "iam, always", simulator.now(), 600)
    rig.delegate()


def the_topic_is_gone(rig: Rig) -> None:
    rig.pubsub.delete_topic(CHANGES)


def the_database_is_gone(rig: Rig) -> None:
    for rpc in ("BatchGetDocuments", "Commit", "RunQuery"):
        rig.broken.enter_context(rig.deployment.firestore.faults.refuse(rpc, code=grpc.StatusCode.NOT_FOUND, nth=None))


def public_access_is_missing(rig: Rig) -> None:
    """As Cloud Run refuses whom it does not know."""
    rig.door.app = Response("<html><title>403 Forbidden</title></html>", 403, mimetype="text/html")


def the_endpoint_answers_404(rig: Rig) -> None:
    rig.door.app = Response("<html><title>404</title></html>", 404, mimetype="text/html")


def the_endpoint_redirects(rig: Rig) -> None:
    rig.door.app = Response("", 301, {"Location": "https://elsewhere.example.com/"})


def headed(app: WSGIApplication, headers: dict[str, str]) -> WSGIApplication:
    """The same, with other headers; without those that are empty."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        response = Response.from_app(app, environ)
        for name, value in headers.items():
            response.headers.pop(name, None)
            response.headers.extend({name: value} if value else {})
        return response(environ, start_response)

    return answer


def the_endpoint_is_a_release_that_tells_no_version(rig: Rig) -> None:
    rig.door.app = headed(rig.deployment.served("notifications"), {VERSION_HEADER: "", DATABASE_HEADER: ""})


def the_endpoint_is_of_another_version(rig: Rig) -> None:
    rig.door.app = headed(rig.deployment.served("notifications"), {VERSION_HEADER: "0.1.0"})


def the_key_differs_between_functions(rig: Rig) -> None:
    rig.deploy(CHANNEL_TOKEN_KEYS="o" * 32)
    rig.door.app = rig.deployment.instance("notifications")
    rig.deploy(CHANNEL_TOKEN_KEYS=KEY)


def the_database_differs_between_functions(rig: Rig) -> None:
    rig.deploy(FIRESTORE_DATABASE="another")
    rig.door.app = rig.deployment.instance("notifications")
    rig.deploy(FIRESTORE_DATABASE="calendar-watch")


def the_clock_is_off_by_ten_minutes(rig: Rig) -> None:
    rig.deployment.google.simulator.advance(timedelta(minutes=10))


def nobody_is_woken(rig: Rig) -> None:
    rig.monkeypatch.setattr(checks, "_GONE_WITHIN", timedelta(seconds=0.5))
    rig.pubsub.delete_topic(WAKEUPS)


OF_A_USER = {"signing", "scope.acl", "scope.calendarList", "calendar"}


class Cause(NamedTuple):
    seed: Callable[[Rig], None]
    fails: set[str]
    """Of these checks the first, in the order in which they are answered, names it."""
    detail: str
    remedy: str


CAUSES = [
    Cause(a_scope_is_missing_in_the_grant, {"scope.acl"}, "unauthorized_client", ACL.scope),
    Cause(
        the_signers_role_is_missing, OF_A_USER, "iam.serviceAccounts.signJwt", "roles/iam.serviceAccountTokenCreator"
    ),
    Cause(the_topic_is_gone, {"changesTopic"}, CHANGES, "terraform apply"),
    Cause(the_database_is_gone, {"firestore", *PATH}, "Firestore does not answer", "FIRESTORE_DATABASE"),
    Cause(public_access_is_missing, PATH, "the public may not call", "roles/run.invoker"),
    Cause(the_endpoint_answers_404, PATH, "404", "notification_url"),
    Cause(the_endpoint_redirects, PATH, "https://elsewhere.example.com/", "answers itself"),
    Cause(the_endpoint_is_a_release_that_tells_no_version, PATH, "an older release", "same source"),
    Cause(the_endpoint_is_of_another_version, PATH, f"0.1.0, `watches` of {__version__}", "same source"),
    Cause(the_key_differs_between_functions, PATH, "does not know the key", "CHANNEL_TOKEN_KEYS"),
    Cause(the_database_differs_between_functions, PATH, "databases/another", "FIRESTORE_DATABASE"),
    Cause(the_clock_is_off_by_ten_minutes, {"clock"}, "s behind Google's", "Set it"),
    Cause(nobody_is_woken, PATH, "`renew` has not dealt with it", "WAKEUP_TOPIC"),
]


@pytest.mark.parametrize("cause", CAUSES, ids=[each.seed.__name__ for each in CAUSES])
def test_what_is_wrong_is_named_with_what_to_do_about_it(rig: Rig, cause: Cause) -> None:
    cause.seed(rig)
    answer = rig.check()
    found = failed(answer)
    assert not answer["ok"]
    assert {*found} == cause.fails
    first = next(iter(found.values()))
    assert cause.detail in first["detail"]
    assert cause.remedy in first["remedy"]


def test_a_grant_that_was_taken_away_is_seen_though_a_token_is_still_good(rig: Rig) -> None:
    rig.delegate()
    rig.deployment.open(ALICES_ACL)
    undelegate(rig)
    assert failed(rig.check()).keys() == {"scope.acl"}


def test_a_wrong_clock_is_why_nothing_is_signed(rig: Rig) -> None:
    the_clock_is_off_by_ten_minutes(rig)
    rig.delegate()
    found = failed(rig.check())
    assert found.keys() == {"clock", *OF_A_USER}
    assert "clock is right" in found["signing"]["remedy"]


def test_what_renew_did_not_deal_with_is_taken_away_again(rig: Rig) -> None:
    nobody_is_woken(rig)
    assert not rig.check()["ok"]
    assert rig.deployment.everything_stored() == "[]"


def test_where_nobody_can_see_whether_a_message_was_dealt_with_that_is_not_taken_for_granted(rig: Rig) -> None:
    with rig.deployment.firestore.faults.refuse("RunQuery", code=grpc.StatusCode.NOT_FOUND, nth=None):
        assert failed(rig.check()).keys() == PATH


def test_without_a_user_what_needs_one_says_so_and_all_else_is_tried(rig: Rig) -> None:
    rig.delegate()
    found = failed(rig.check({}))
    assert found.keys() == OF_A_USER
    assert all("name a user" in each["remedy"].lower() for each in found.values())


def test_without_a_user_none_is_needed_where_nobody_is_acted_for(rig: Rig) -> None:
    assert rig.check({})["ok"]


def test_a_calendar_that_the_user_cannot_see_is_named(rig: Rig) -> None:
    answer = rig.check({**OF_ALICE, "calendarId": "nobody@example.com"})
    assert failed(answer).keys() == {"calendar"}
    assert failed(answer)["calendar"]["detail"].startswith("acl: ")


def test_a_changes_topic_that_is_not_wanted_is_no_fault(rig: Rig) -> None:
    rig.deploy(CHANGES_TOPIC="")
    assert rig.check()["ok"]


def test_an_answer_is_kept_for_half_a_minute_for_each_body(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = rig.deployment.google.simulator.calls
    first = rig.check()
    asked = len(calls)
    the_topic_is_gone(rig)
    assert (rig.check(), len(calls)) == (first, asked)
    assert failed(rig.check({"subject": "bob@example.com"})).keys() == {"changesTopic"}
    monkeypatch.setattr(checks, "_KEPT", timedelta())
    assert failed(rig.check()).keys() == {"changesTopic"}


def test_a_check_that_breaks_keeps_no_other_from_being_told(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, lines: Lines
) -> None:
    monkeypatch.setattr("calendar_watch.calendar_api.clock.google_time", lambda *_: 1 / 0)
    found = failed(rig.check())
    assert found.keys() == {"clock"}
    assert "ZeroDivisionError" in found["clock"]["detail"]
    assert any("ZeroDivisionError" in line["message"] for line in lines())


@pytest.mark.parametrize(
    ("slow", "name", "seconds"),
    [("calendar_api.clock.google_time", "clock", "0.5"), ("public_path.notify", "publicPath", "0.6")],
)
def test_what_takes_too_long_is_told_as_that(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, slow: str, name: str, seconds: str
) -> None:
    monkeypatch.setattr(checks, "_EACH", 0.5)
    monkeypatch.setattr(checks, "_ALL", 0.6)
    over = Event()

    def late(*_: object) -> None:
        over.wait()
        raise TryLaterError("too late")

    monkeypatch.setattr(f"calendar_watch.{slow}", late)
    try:
        assert f"no answer within {seconds} s" in failed(rig.check())[name]["detail"]
    finally:
        over.set()


def test_what_was_found_is_one_line_in_the_log(rig: Rig, lines: Lines) -> None:
    the_topic_is_gone(rig)
    rig.check()
    [told] = [line for line in lines() if line.get("event") == "checks"]
    assert told.keys() >= IN_TROUBLE["checks"]
    assert (told["severity"], told["failed"]) == ("WARNING", ["changesTopic"])


@pytest.mark.parametrize("body", [{}, OF_ALICE])
def test_wrong_settings_are_named_and_answered_all_the_same(deploy: Deploy, body: Json) -> None:
    deployment = deploy(NOTIFICATION_URL="", SUBJECT_DOMAINS="@")
    response = deployment.ask("watches", "POST", "/checks", json=body)
    answer = json_of(response)
    assert (response.status_code, answer["ok"]) == (200, False)
    assert failed(answer).keys() == {*ALL_CHECKS}
    assert "NOTIFICATION_URL is not set" in failed(answer)["settings"]["detail"]
    assert "SUBJECT_DOMAINS" in failed(answer)["settings"]["detail"]
    assert "not made" in failed(answer)["clock"]["detail"]


# --- bodies


@pytest.mark.parametrize("settings", [{}, {"NOTIFICATION_URL": ""}], ids=["right settings", "wrong settings"])
@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ([], [""]),
        ("alice@example.com", [""]),
        ({"subject": "alice"}, ["subject"]),
        ({"subject": 1}, ["subject"]),
        ({"calendarId": ""}, ["calendarId"]),
        ({"calendarId": "primary"}, ["calendarId"]),
        ({"calendarId": ["a"]}, ["calendarId"]),
        ({"resource": "acl", "depth": 1}, ["resource", "depth"]),
    ],
)
def test_a_wrong_body_is_refused_by_the_names_of_its_fields(
    deploy: Deploy, settings: dict[str, str], body: Any, fields: list[str]
) -> None:
    response = deploy(**settings).ask("watches", "POST", "/checks", json=body)
    assert sorted(wrong_fields(response)) == sorted(fields)


def test_only_users_of_the_subject_domains_are_tried(deployment: Deployment) -> None:
    response = deployment.ask("watches", "POST", "/checks", json={"subject": "alice@elsewhere.com"})
    assert wrong_fields(response) == ["subject"]
    assert "SUBJECT_DOMAINS" in problem_of(response)["detail"]
    assert deployment.google.simulator.calls == []


def test_a_calendar_is_refused_where_nothing_that_is_watched_belongs_to_one(deploy: Deploy) -> None:
    deployment = deploy(RESOURCES="calendarList,settings")
    response = deployment.ask("watches", "POST", "/checks", json={"calendarId": ALICE})
    assert wrong_fields(response) == ["calendarId"]


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ({"data": b"{"}, 415),
        ({"data": b"{", "content_type": "application/json"}, 400),
        ({"data": b" " * 65_537, "content_type": "application/json"}, 413),
        ({"json": {}, "headers": {"Sec-Fetch-Site": "cross-site"}}, 403),
        ({"json": {}, "query_string": {"subject": ALICE}}, 400),
    ],
)
def test_it_bears_what_any_post_must(deployment: Deployment, options: dict[str, Any], status: int) -> None:
    assert deployment.ask("watches", "POST", "/checks", **options).status_code == status


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_it_is_asked_by_post_alone(deployment: Deployment, method: str) -> None:
    assert deployment.ask("watches", method, "/checks").status_code == 405


def test_only_a_genuine_message_is_told_which_release_took_it(rig: Rig) -> None:
    rig.deployment.open(ALICES_ACL)
    [channel] = rig.deployment.google.live
    genuine = dict(
        rig.deployment.google.channel(channel).message(7, "exists", rig.deployment.google.simulator.now()).headers
    )
    taken = rig.deployment.notify(genuine)
    assert (taken.status_code, taken.headers[VERSION_HEADER]) == (204, __version__)
    assert taken.headers[DATABASE_HEADER].endswith("/databases/calendar-watch")
    forged = rig.deployment.notify({**genuine, "X-Goog-Channel-Token": "forged"})
    assert forged.status_code == 403
    assert not {VERSION_HEADER, DATABASE_HEADER} & {*forged.headers.keys()}
