# The errors of google-auth have no types:
# mypy: allow-untyped-calls

import json

import pytest
from google.auth.exceptions import GoogleAuthError, RefreshError, TransportError

from calendar_watch.calendar_api.no_token import delegation, no_token
from calendar_watch.errors import BriefError, OutageError, RefusedError, TryLaterError
from calendar_watch.model.resources import ACL
from calendar_watch.model.target import Target

NOBODY = Target(ACL, "team@example.com")
ALICE = Target(ACL, "team@example.com", "Alice@Example.com")


def test_without_a_subject_it_is_our_own_identity_that_is_refused() -> None:
    error = no_token(RefreshError("invalid_grant: Bad Request", {"error": "invalid_grant"}), NOBODY)
    assert isinstance(error, OutageError)
    assert error.cause == "signing"


def test_a_delegation_is_called_by_domain_and_scope_whoever_of_the_domain_it_is() -> None:
    assert delegation(ALICE) == "delegation example.com https://www.googleapis.com/auth/calendar.acls.readonly"


@pytest.mark.parametrize("code", [429, 500, 503])
def test_iams_own_troubles_are_for_later(code: int) -> None:
    said = json.dumps({"error": {"code": code, "message": "busy", "status": "UNAVAILABLE"}})
    assert type(no_token(RefreshError("Unable to acquire impersonated credentials", said), ALICE)) is TryLaterError


@pytest.mark.parametrize(
    "raised",
    [
        TransportError("no answer"),
        RefreshError("internal_failure: Backend Error", {"error": "internal_failure"}, retryable=True),
        RefreshError("unauthorized_client: None", {"error": "unauthorized_client"}, retryable=True),
    ],
)
def test_what_google_itself_calls_passing_is_tried_again_within_seconds(raised: GoogleAuthError) -> None:
    assert isinstance(no_token(raised, ALICE), BriefError)


def test_internal_failure_is_no_refusal_even_where_google_auth_does_not_know_it() -> None:
    error = no_token(RefreshError("internal_failure: None", {"error": "internal_failure"}), ALICE)
    assert isinstance(error, TryLaterError)


def test_a_refusal_in_words_that_nobody_knows_is_one_of_this_user() -> None:
    error = no_token(RefreshError("invalid_grant: unheard of", {"error": "invalid_grant"}), ALICE)
    assert isinstance(error, RefusedError)
    assert (error.status, error.code) == (0, "invalid_grant")
