"""What fails for all alike, as one instance of ours sees it: real sessions, over a scripted Google, in virtual time."""

# google-auth says that it is typed, and is in part:
# mypy: allow-untyped-calls

from typing import Any

import pytest
from google.oauth2.credentials import Credentials as UserCredentials

from calendar_watch.calendar_api.credentials import Sessions, delegated
from calendar_watch.errors import GoogleError, OutageError, RefusedError, TryLaterError
from calendar_watch.model.channel_token import ChannelTokens
from calendar_watch.model.policy import Policy
from calendar_watch.model.resources import RESOURCES, SETTINGS
from calendar_watch.model.target import Target
from calendar_watch.ports import Calendar
from calendar_watch.reasons import Reason
from calendar_watch.wiring import Edges, Runtime, Setup, build
from tests.doubles.scripted_google import ACCOUNT, ALICE, CALENDAR, Google
from tests.doubles.scripted_http import Reply
from tests.support.virtual_time import VirtualTime

ROOT = "https://www.googleapis.com/calendar/v3"
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
        policy = Policy(address="https://example.com/", key="", project="p", calls_per_minute=60_000)
        setup = Setup(policy, ChannelTokens(["k" * 32]), ROOT, RESOURCES, [], "", call_seconds=20)
        nothing: Any = None
        return build(setup, Edges(nothing, sessions, lambda _tries: nothing), runtime).calendar

    def read(self, target: Target = ALICES) -> None:
        list(self.calendar.pages(target))

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
