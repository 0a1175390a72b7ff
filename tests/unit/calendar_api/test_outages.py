"""What fails for all alike, as one instance of ours sees it: real sessions, over a scripted Google, in virtual time."""

# google-auth says that it is typed, and is in part:
# mypy: allow-untyped-calls

from datetime import UTC, datetime
from typing import Any

import pytest
from google.oauth2.credentials import Credentials as UserCredentials

from calendar_watch import log
from calendar_watch.calendar_api.credentials import Sessions, delegated
from calendar_watch.errors import GoogleError, ListingTokenRefusedError, OutageError, RefusedError, TryLaterError
from calendar_watch.model.channel import Channel
from calendar_watch.model.channel_token import ChannelTokens
from calendar_watch.model.policy import Policy
from calendar_watch.model.resources import CALENDAR_LIST, RESOURCES, SETTINGS
from calendar_watch.model.target import Target
from calendar_watch.ports import Calendar
from calendar_watch.reasons import Reason
from calendar_watch.wiring import Edges, Runtime, Setup, build
from tests.doubles.scripted_google import ACCOUNT, ALICE, CALENDAR, Google
from tests.doubles.scripted_http import Reply
from tests.support.virtual_time import VirtualTime
from tests.support.whole import pages_of

ROOT = "https://www.googleapis.com/calendar/v3"
DOMAINS = ["example.com", "example.org"]
SIGNING, TOKEN = ":signJwt", "oauth2.googleapis.com/token"
ALICES = Target(SETTINGS, None, ALICE)
EMPTY = Reply(200, {"kind": "calendar#settings", "items": []})


class Instance:
    def __init__(self) -> None:
        self.time = VirtualTime()
        self.google = Google()
        self.google.instead = {CALENDAR: EMPTY}
        self.calendar = self._calendar()

    def _calendar(self) -> Calendar:
        sessions = Sessions(delegated(ACCOUNT, lambda: UserCredentials("our own token")), self.google.http)
        runtime = Runtime(seconds=self.time.clock, sleep=self.time.sleep, jitter=lambda: 0.0)
        policy = Policy(address="https://example.com/", key="", project="p", calls_per_minute=600)
        setup = Setup(policy, ChannelTokens(["k" * 32]), ROOT, RESOURCES, DOMAINS, "", call_seconds=20)
        nothing: Any = None
        return build(setup, Edges(nothing, sessions, lambda _tries: nothing), runtime).calendar

    def read(self, target: Target = ALICES) -> None:
        list(pages_of(self.calendar, target))

    def failing(self, target: Target = ALICES) -> GoogleError:
        with pytest.raises(GoogleError) as caught:
            self.read(target)
        return caught.value


@pytest.fixture
def instance() -> Instance:
    return Instance()


def iam(code: int, message: str = "Permission 'iam.serviceAccounts.signJwt' denied on resource") -> Reply:
    return Reply(code, {"error": {"code": code, "message": message, "status": "PERMISSION_DENIED"}})


def oauth(word: str, description: str) -> Reply:
    return Reply(400, {"error": word, "error_description": description})


# Whose fault it is


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_that_our_own_identity_may_not_sign_is_no_withdrawn_authorization(instance: Instance, status: int) -> None:
    instance.google.instead[SIGNING] = iam(status)
    error = instance.failing()
    assert isinstance(error, OutageError)
    assert (error.reason, error.cause, error.operation) == (Reason.SIGNING_FAILING, "signing", "sign")
    assert (error.status, error.code) == (status, "PERMISSION_DENIED")
    assert "iam.serviceAccounts.signJwt" in error.detail


@pytest.mark.parametrize(
    ("word", "description"),
    [
        ("invalid_grant", "Invalid email or User ID"),
        ("invalid_grant", "Not a valid email or user ID."),
        ("invalid_grant", "The account has been deleted"),
        ("invalid_grant", "Account disabled"),
        ("invalid_grant", "The account is disabled."),
        ("invalid_grant", "User is suspended"),
        ("invalid_request", "Invalid impersonation &quot;sub&quot; field: alice@example.com"),
        ("invalid_request", 'Invalid impersonation "sub" field.'),
    ],
)
def test_a_user_who_left_is_told_as_such(instance: Instance, word: str, description: str) -> None:
    instance.google.instead[TOKEN] = oauth(word, description)
    error = instance.failing()
    assert isinstance(error, RefusedError)
    assert (error.reason, error.code, error.operation) == (Reason.USER_GONE, word, "sign")
    assert error.detail == f"{word}: {description}"


@pytest.mark.parametrize(
    ("word", "description"),
    [
        ("invalid_grant", "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe."),
        ("invalid_grant", "Invalid JWT: No valid verifier found for issuer."),
        ("invalid_grant", "Robot is disabled."),
        ("deleted_client", "The OAuth client was deleted."),
        ("disabled_client", "The OAuth client was disabled."),
    ],
)
def test_a_wrong_clock_or_a_lost_service_account_is_no_fault_of_the_users(
    instance: Instance, word: str, description: str
) -> None:
    instance.google.instead[TOKEN] = oauth(word, description)
    error = instance.failing()
    assert isinstance(error, OutageError)
    assert (error.reason, error.cause) == (Reason.SIGNING_FAILING, "signing")


@pytest.mark.parametrize(
    ("word", "description"),
    [
        ("unauthorized_client", "Client is unauthorized to retrieve access tokens using this method."),
        ("access_denied", "Requested client not authorized."),
        ("invalid_scope", "Some requested scopes were invalid."),
    ],
)
def test_a_delegation_that_is_withdrawn_is_so_for_all_of_a_domain(
    instance: Instance, word: str, description: str
) -> None:
    instance.google.instead[TOKEN] = oauth(word, description)
    error = instance.failing()
    assert isinstance(error, OutageError)
    assert (error.reason, error.cause) == (
        Reason.AUTHORIZATION_REVOKED,
        f"delegation example.com {SETTINGS.scope}",
    )


@pytest.mark.parametrize(
    ("word", "description"),
    [("invalid_grant", "Bad Request"), ("invalid_rapt", "reauth"), ("access_denied", "Account restricted")],
)
def test_what_the_token_endpoint_says_otherwise_is_a_refusal_of_this_user(
    instance: Instance, word: str, description: str
) -> None:
    instance.google.instead[TOKEN] = oauth(word, description)
    error = instance.failing()
    assert isinstance(error, RefusedError)
    assert error.reason is Reason.AUTHORIZATION_REVOKED


@pytest.mark.parametrize("at", [SIGNING, TOKEN])
def test_a_page_of_html_on_the_way_to_a_token_is_for_later(instance: Instance, at: str) -> None:
    instance.google.instead[at] = Reply(403, b"<html>Error 403 (Forbidden)!!1</html>")
    error = instance.failing()
    assert isinstance(error, TryLaterError)
    assert not isinstance(error, OutageError)


# What is no refusal


def google_error(status: int, reason: str, message: str = "Google's own words", domain: str = "global") -> Reply:
    each = {"domain": domain, "reason": reason, "message": message}
    return Reply(status, {"error": {"errors": [each], "code": status, "message": message}})


@pytest.mark.parametrize("status", [401, 403, 404])
@pytest.mark.parametrize("body", [b"<html>Error</html>", None, {"error": "access_denied"}, {"message": "Forbidden"}])
def test_an_answer_without_googles_json_is_no_refusal_whatever_its_status(
    instance: Instance, status: int, body: object
) -> None:
    instance.google.instead[CALENDAR] = Reply(status, body)
    error = instance.failing()
    assert isinstance(error, TryLaterError)
    assert (error.status, error.code, error.operation) == (status, "notGoogles", "list")


@pytest.mark.parametrize(
    ("reason", "domain"),
    [
        ("servingLimitExceeded", "usageLimits"),
        ("subscriptionRateLimitExceeded", "global"),
        ("concurrentLimitExceeded", "global"),
        ("someNewQuotaExceeded", "global"),
        ("unheardOf", "usageLimits"),
    ],
)
def test_a_usage_limit_is_no_refusal_whatever_its_reason(instance: Instance, reason: str, domain: str) -> None:
    instance.google.instead[CALENDAR] = google_error(403, reason, domain=domain)
    error = instance.failing()
    assert isinstance(error, TryLaterError)
    assert (error.status, error.code, error.operation) == (403, reason, "list")


def test_a_proxys_answer_never_says_that_a_token_of_a_listing_is_refused(instance: Instance) -> None:
    instance.google.instead[CALENDAR] = Reply(410, b"<html>Gone</html>")
    with pytest.raises(TryLaterError):
        instance.calendar.page(ALICES, "", "page-2")
    instance.google.instead[CALENDAR] = google_error(410, "fullSyncRequired")
    with pytest.raises(ListingTokenRefusedError) as caught:
        instance.calendar.page(ALICES, "", "page-2")
    assert (caught.value.status, caught.value.code, caught.value.operation) == (410, "fullSyncRequired", "list")


# Who is held back


def users(count: int, domain: str = "example.com") -> list[Target]:
    return [Target(SETTINGS, None, f"user{number}@{domain}") for number in range(count)]


def asked(instance: Instance, part: str) -> int:
    return len(instance.google.asked(part))


def test_while_iam_refuses_to_sign_one_call_a_minute_tries_and_the_others_are_not_made(instance: Instance) -> None:
    instance.google.instead[SIGNING] = iam(403)
    for _ in range(600):
        for target in users(3):
            assert isinstance(instance.failing(target), OutageError)
        instance.time.at += 1.0
    assert asked(instance, SIGNING) == 10
    assert asked(instance, CALENDAR) == 0


def test_whoever_is_held_back_is_told_what_the_trouble_is(instance: Instance) -> None:
    instance.google.instead[SIGNING] = iam(403)
    first, second = [instance.failing(target) for target in users(2)]
    assert isinstance(second, OutageError)
    assert (second.reason, second.cause, second.detail) == (Reason.SIGNING_FAILING, "signing", first.detail)
    assert (second.status, second.code, second.operation) == (403, "PERMISSION_DENIED", "sign")
    assert 120 <= second.after <= 240


def test_one_that_works_lets_all_others_through_at_once(instance: Instance) -> None:
    instance.google.instead[SIGNING] = iam(403)
    for target in users(2):
        instance.failing(target)
    del instance.google.instead[SIGNING]
    assert isinstance(instance.failing(), OutageError), "its minute is not over"
    instance.time.at += 61
    for target in users(5):
        instance.read(target)


def test_who_has_a_token_needs_no_signing_and_proves_none(instance: Instance) -> None:
    instance.read()
    instance.google.instead[SIGNING] = iam(403)
    instance.failing(users(1)[0])
    for _ in range(3):
        instance.read()
        assert isinstance(instance.failing(users(2)[1]), OutageError)
    assert asked(instance, SIGNING) == 2


def test_a_withdrawn_delegation_holds_back_its_domain_and_scope_and_nobody_else(instance: Instance) -> None:
    instance.google.instead[TOKEN] = oauth("unauthorized_client", "Client is unauthorized")
    instance.failing(users(1)[0])
    del instance.google.instead[TOKEN]
    assert isinstance(instance.failing(users(2)[1]), OutageError)
    instance.read(users(1, "example.org")[0])
    with pytest.raises(TryLaterError) as other_scope:
        list(pages_of(instance.calendar, Target(CALENDAR_LIST, None, ALICE)))
    assert not isinstance(other_scope.value, OutageError), "it was asked, and answered with no listing"


def test_a_refusal_of_one_user_shows_that_the_delegation_stands(instance: Instance) -> None:
    instance.google.instead[TOKEN] = oauth("unauthorized_client", "Client is unauthorized")
    instance.failing()
    instance.google.instead = {CALENDAR: google_error(404, "notFound")}
    instance.time.at += 61
    for target in users(2):
        assert isinstance(instance.failing(target), RefusedError)


def test_what_no_call_has_met_for_a_while_is_not_told_as_if_it_went_on(instance: Instance) -> None:
    instance.google.instead[TOKEN] = oauth("unauthorized_client", "Client is unauthorized")
    instance.failing()
    instance.google.instead[TOKEN] = Reply(502, b"<html>502</html>", {"Content-Type": "text/html"})
    instance.time.at += 3600
    for target in users(2):
        assert not isinstance(instance.failing(target), OutageError)


@pytest.mark.parametrize(
    ("refused", "reason"),
    [
        (oauth("unauthorized_client", "Client is unauthorized"), Reason.AUTHORIZATION_REVOKED),
        (oauth("invalid_grant", "Account disabled"), Reason.USER_GONE),
    ],
)
def test_a_token_that_is_refused_shows_that_we_may_sign(instance: Instance, refused: Reply, reason: Reason) -> None:
    instance.google.instead[SIGNING] = iam(403)
    instance.failing()
    instance.google.instead = {TOKEN: refused}
    instance.time.at += 61
    for target in users(2):
        error = instance.failing(target)
        assert isinstance(error, OutageError | RefusedError)
        assert error.reason is reason


@pytest.mark.parametrize(
    ("reply", "cause"),
    [
        (google_error(403, "accessNotConfigured", domain="usageLimits"), "api"),
        (google_error(403, "SERVICE_DISABLED"), "api"),
        (google_error(403, "dailyLimitExceeded", domain="usageLimits"), "quota"),
        (google_error(429, "rateLimitExceeded", "Quota exceeded for quota group and limit 'Queries per day'"), "quota"),
    ],
)
def test_what_the_project_lacks_holds_back_everybody_until_a_call_succeeds(
    instance: Instance, reply: Reply, cause: str
) -> None:
    instance.read()
    instance.google.instead[CALENDAR] = reply
    error = instance.failing()
    assert isinstance(error, OutageError)
    assert (error.cause, error.operation) == (cause, "list")
    before = asked(instance, CALENDAR)
    for target in [ALICES, *users(3, "example.org")]:
        assert isinstance(instance.failing(target), OutageError)
    assert asked(instance, CALENDAR) == before
    instance.google.instead[CALENDAR] = EMPTY
    instance.time.at += 61
    for target in [ALICES, *users(3, "example.org")]:
        instance.read(target)


def test_a_channel_is_stopped_whatever_fails_for_all(instance: Instance) -> None:
    instance.read()
    instance.google.instead = {CALENDAR: google_error(403, "accessNotConfigured"), "channels/stop": Reply(204)}
    instance.failing()
    instance.calendar.stop(ALICES, Channel("c", 1, datetime(2026, 11, 27, tzinfo=UTC), resource_id="r"))


def test_what_the_operator_has_not_allowed_is_refused_whatever_fails_for_all(instance: Instance) -> None:
    instance.google.instead[SIGNING] = iam(403)
    instance.failing()
    with pytest.raises(RefusedError):
        instance.read(Target(SETTINGS, None, "mallory@elsewhere.example"))


def test_no_turn_of_the_rate_limiter_is_used_up_by_calls_that_are_not_made(instance: Instance) -> None:
    instance.google.instead[SIGNING] = iam(403)
    for target in users(3000):
        instance.failing(target)
    assert instance.time.at == 0


def test_an_outage_is_logged_when_it_begins_and_when_it_ends_and_in_between_only_the_tries(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines: list[tuple[str, str, object, object, object]] = []

    def event(name: str, _message: str, *, severity: str = "INFO", **fields: Any) -> None:
        lines.append((name, severity, fields.get("cause"), fields["reason"], fields.get("action")))

    monkeypatch.setattr(log, "event", event)
    instance.google.instead[SIGNING] = iam(403)
    for target in users(100):
        instance.failing(target)
    del instance.google.instead[SIGNING]
    instance.time.at += 61
    instance.read()
    assert lines == [
        ("call", "WARNING", None, "PERMISSION_DENIED", None),
        ("outage", "WARNING", "signing", Reason.SIGNING_FAILING, "opened"),
        ("call", "DEBUG", None, "", None),
        ("outage", "INFO", "signing", Reason.SIGNING_FAILING, "closed"),
    ]


def test_a_call_is_repeated_once_with_a_fresh_token_and_no_more(instance: Instance) -> None:
    instance.read()
    instance.google.instead[CALENDAR] = google_error(401, "authError", "Invalid Credentials")
    error = instance.failing()
    assert isinstance(error, RefusedError)
    assert error.reason is Reason.AUTHORIZATION_REVOKED
    assert (asked(instance, SIGNING), asked(instance, CALENDAR)) == (2, 3)


def test_a_usage_limit_slows_this_instance_down(instance: Instance) -> None:
    instance.google.instead[CALENDAR] = google_error(403, "rateLimitExceeded", domain="usageLimits")
    instance.failing()
    instance.google.instead[CALENDAR] = EMPTY
    began = instance.time.at
    for _ in range(100):
        instance.read()
    slowed = instance.time.at - began
    instance.time.at += 600
    began = instance.time.at
    for _ in range(100):
        instance.read()
    assert slowed > 1.5 * (instance.time.at - began)
