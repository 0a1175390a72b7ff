"""Each thing that may be wrong with a deployment is named, with what to do about it."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendar_watch.decisions import diagnosis
from calendar_watch.errors import (
    CalendarWatchError,
    GoogleError,
    OutageError,
    RefusedError,
    TryLaterError,
    UnavailableError,
)
from calendar_watch.model.check import ALL_CHECKS, Check, Deployed, PublicAnswer
from calendar_watch.model.resources import ACL, RESOURCES, SETTINGS
from calendar_watch.reasons import Reason

TOPIC = "projects/p/topics/changes"
OURS = Deployed("1.2.3", "projects/p/databases/d", "delegated", (ACL, SETTINGS), TOPIC)
TAKEN = PublicAnswer(204, version="1.2.3", database="projects/p/databases/d")
BROKEN = CalendarWatchError("the check itself is broken")
SLOW = TryLaterError("no answer within 10 s")
SIGNING = OutageError(Reason.SIGNING_FAILING, "denied", cause="signing").during("sign")
UNGRANTED = OutageError(Reason.AUTHORIZATION_REVOKED, "unauthorized_client", cause="delegation").during("sign")
GONE = RefusedError(Reason.USER_GONE, "invalid_grant").during("sign")
FORBIDDEN = RefusedError(Reason.FORBIDDEN, "Forbidden").during("list")
AWAY = TryLaterError("HTTP 500").during("list")
ERRORS: list[GoogleError | CalendarWatchError | None] = [
    *(None, SIGNING, UNGRANTED, GONE, FORBIDDEN, AWAY, SLOW, BROKEN),
]


def by_name(checks: list[Check]) -> dict[str, Check]:
    return {each.check: each for each in checks}


def failed(checks: list[Check]) -> set[str]:
    return {each.check for each in checks if not each.ok}


@given(
    acl=st.sampled_from(ERRORS),
    settings=st.sampled_from(ERRORS),
    mode=st.sampled_from(["delegated", "service_account", "token_service", "anonymous"]),
)
def test_whatever_is_not_well_has_a_remedy_and_only_that(
    acl: CalendarWatchError | None, settings: CalendarWatchError | None, mode: str
) -> None:
    checks = diagnosis.access({"acl": acl, "settings": settings}, mode)
    assert [each.check for each in checks] == ["signing", "scope.acl", "scope.settings", "calendar"]
    assert all((each.remedy is None) is each.ok and each.detail for each in checks)
    assert not (acl or settings) or failed(checks) or mode == "anonymous"


def test_all_is_well_where_everything_could_be_read() -> None:
    assert not failed(diagnosis.access({"acl": None, "settings": None}, "delegated"))


def test_a_scope_that_is_not_granted_is_named_and_the_others_are_well() -> None:
    checks = diagnosis.access({"acl": UNGRANTED, "settings": None}, "delegated")
    assert failed(checks) == {"scope.acl"}
    assert ACL.scope in str(by_name(checks)["scope.acl"].remedy)
    assert "admin console" in str(by_name(checks)["scope.acl"].remedy)


def test_a_token_service_that_does_not_lend_is_what_the_remedy_names() -> None:
    refused = RefusedError(Reason.AUTHORIZATION_REVOKED, "no token for this user").during("sign")
    checks = by_name(diagnosis.access({"acl": refused}, "token_service"))
    assert "TOKEN_SERVICE_URL" in str(checks["scope.acl"].remedy)


def test_where_nothing_is_signed_the_scopes_and_calendar_could_not_be_tried() -> None:
    checks = by_name(diagnosis.access({"acl": SIGNING, "settings": SIGNING}, "delegated"))
    assert "iam.serviceAccountTokenCreator" in str(checks["signing"].remedy)
    assert {each.detail.partition(":")[0] for name, each in checks.items() if name != "signing"} == {"not made"}


def test_one_token_that_does_not_come_in_time_says_nothing_of_the_others() -> None:
    checks = diagnosis.access({"acl": SLOW, "settings": None}, "delegated")
    assert failed(checks) == {"scope.acl"}
    assert "no answer within 10 s" in by_name(checks)["scope.acl"].detail


def test_a_user_who_is_gone_says_nothing_against_signing() -> None:
    checks = by_name(diagnosis.access({"acl": GONE}, "delegated"))
    assert checks["signing"].ok
    assert "exists" in str(checks["scope.acl"].remedy)


def test_what_calendar_refuses_is_told_in_its_words_with_what_to_do() -> None:
    checks = diagnosis.access({"acl": FORBIDDEN, "settings": None}, "delegated")
    assert failed(checks) == {"calendar"}
    assert by_name(checks)["calendar"].detail == "acl: Forbidden"
    assert by_name(checks)["calendar"].remedy == Reason.FORBIDDEN.remedy_without_watch


def test_without_a_user_what_needs_one_could_not_be_tried() -> None:
    checks = diagnosis.access_without_subject(OURS)
    assert failed(checks) == {"signing", "scope.acl", "scope.settings", "calendar"}
    assert all('"subject"' in str(each.remedy) for each in checks)


def test_wrong_settings_are_named_and_all_else_could_not_be_tried() -> None:
    checks = diagnosis.without_settings(["RESOURCES must name some", "NOTIFICATION_URL is not set"])
    assert [each.check for each in checks] == [*ALL_CHECKS]
    assert failed(checks) == {*ALL_CHECKS}
    assert checks[0].detail == "RESOURCES must name some; NOTIFICATION_URL is not set"


@pytest.mark.parametrize("outcome", [False, AWAY, SLOW])
def test_a_topic_that_cannot_be_published_to_is_named(outcome: Any) -> None:
    check = diagnosis.changes_topic(TOPIC, outcome)
    assert (check.ok, bool(check.remedy)) == (False, True)


def test_without_a_topic_there_is_nothing_to_publish_to() -> None:
    assert diagnosis.changes_topic("", outcome=False).ok
    assert diagnosis.changes_topic(TOPIC, outcome=True).ok


def test_a_database_that_is_gone_is_named() -> None:
    assert diagnosis.firestore(None).ok
    assert "FIRESTORE_DATABASE" in str(diagnosis.firestore(UnavailableError("404")).remedy)


@pytest.mark.parametrize(("seconds", "ok"), [(0, True), (60, True), (-60, True), (61, False), (-61, False)])
def test_a_clock_may_be_a_minute_wrong(seconds: float, ok: bool) -> None:  # noqa: FBT001 (a case)
    assert diagnosis.clock(timedelta(seconds=seconds)).ok is ok


@pytest.mark.parametrize(("seconds", "words"), [(600, "600 s behind Google's"), (-600, "600 s ahead of Google's")])
def test_a_wrong_clock_is_told_by_how_much_and_to_which_side(seconds: float, words: str) -> None:
    assert words in diagnosis.clock(timedelta(seconds=seconds)).detail


def test_where_google_does_not_answer_its_clock_is_not_known() -> None:
    assert not diagnosis.clock(SLOW).ok


@pytest.mark.parametrize(
    ("answer", "detail", "remedy"),
    [
        (SLOW, "NOTIFICATION_URL: no answer", "certificate"),
        (PublicAnswer(302, location="https://x.example.com"), "redirects (302) to https://x", "answers itself"),
        (PublicAnswer(403, problem="forbidden"), "does not know the key", "CHANNEL_TOKEN_KEYS"),
        (PublicAnswer(503, problem="unavailable"), "cannot write to Firestore", "datastore.entities.create"),
        (PublicAnswer(500, problem="internal"), "does not work", "log"),
        (PublicAnswer(403), "the public may not call", "roles/run.invoker"),
        (PublicAnswer(401), "the public may not call", "--no-invoker-iam-check"),
        (PublicAnswer(404), "there is nothing", "notification_url"),
        (PublicAnswer(405), "answers 405", "the address of `notifications`"),
        (PublicAnswer(200), "answers 200", "the address of `notifications`"),
        (PublicAnswer(204), "an older release", "from the same source"),
        (PublicAnswer(204, version="1.0.0"), "of version 1.0.0, `watches` of 1.2.3", "from the same source"),
        (
            PublicAnswer(204, version="1.2.3", database="projects/p/databases/other"),
            "writes to projects/p/databases/other",
            "FIRESTORE_DATABASE",
        ),
    ],
)
def test_what_stands_in_the_public_path_is_named(
    answer: PublicAnswer | CalendarWatchError, detail: str, remedy: str
) -> None:
    outcome = (answer, True) if isinstance(answer, PublicAnswer) else answer
    check = diagnosis.public_path(outcome, OURS)
    assert not check.ok
    assert detail in check.detail
    assert remedy in str(check.remedy)


def test_the_public_path_is_well_when_renew_has_dealt_with_the_message() -> None:
    assert diagnosis.public_path((TAKEN, True), OURS).ok
    check = diagnosis.public_path((TAKEN, False), OURS)
    assert not check.ok
    assert "WAKEUP_TOPIC" in str(check.remedy)


def test_there_is_a_check_of_the_scope_of_each_resource() -> None:
    assert {f"scope.{name}" for name in RESOURCES} <= {*ALL_CHECKS}
