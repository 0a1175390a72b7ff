"""Why there is no access token: whose fault it is, ours, the domain's or the user's, or nobody's for long.

Nothing has been asked of Calendar yet, so nothing can have happened. IAM is asked to sign as the service account, the
token endpoint then gives a token for the user; what the latter says is listed by those who met it, most fully in
GAM-team/GAM (OAUTH2_TOKEN_ERRORS).
"""

import json
from collections.abc import Mapping
from typing import Any

from google.auth.exceptions import GoogleAuthError, RefreshError, TransportError

from calendar_watch.errors import BriefError, GoogleError, OutageError, RefusedError, TryLaterError
from calendar_watch.model.target import Target
from calendar_watch.reasons import Reason

_DENIED = (400, 401, 403, 404)
"""IAM's words for: you may not, or this service account is not known (yet)."""
_PASSING = ("internal_failure", "server_error", "temporarily_unavailable")
_OURS = (
    "invalid jwt",  # dated by a clock that is wrong, most often: googleapis/google-api-php-client#1429
    "no valid verifier found for issuer",
    "deleted_client",
    "disabled_client",
    "robot is disabled",  # googleapis/google-auth-library-ruby#720: the service account's project lost its owner
)
_THE_DOMAINS = ("unauthorized_client", "access_denied: requested client not authorized", "invalid_scope")
_THE_USERS = (
    "invalid email or user id",
    "not a valid email",
    "account has been deleted",
    "invalid impersonation",  # GAM-team/GAM#1171: long gone
    "account disabled",
    "account is disabled",
    "account has been disabled",
    "suspended",
)


def no_token(exception: GoogleAuthError, target: Target) -> GoogleError:
    """Only what Google says in so many words, in JSON, is more than a failure for now."""
    detail = str(exception.args[0] if exception.args else type(exception).__name__)
    if isinstance(exception, RefreshError) and not exception.retryable:
        final = _judged(detail, target, *exception.args[1:2])
        if final:
            return final
    kind = BriefError if exception.retryable or isinstance(exception, TransportError) else TryLaterError
    return kind(f"no access token: {detail}").with_answer(0, type(exception).__name__)


def delegation(target: Target) -> str:
    """What a domain's administrator grants to the service account, and takes away: a scope for all its users."""
    domain = (target.subject or "").rpartition("@")[2].lower()
    return f"delegation {domain} {target.resource.scope}"


def _judged(detail: str, target: Target, answer: object = None) -> GoogleError | None:
    """Return None where it is none of Google's last words. The token endpoint's come parsed, IAM's as text."""
    if isinstance(answer, dict):
        word = str(answer.get("error", ""))
        return _by_token_endpoint(detail, target, word) if word and word not in _PASSING else None
    try:
        error: Mapping[str, Any] = json.loads(str(answer))["error"]
        status, message = int(error["code"]), str(error["message"])
    except (ValueError, LookupError, TypeError):
        return None
    return _by_iam(status, message, str(error.get("status", ""))) if status in _DENIED else None


def _by_iam(status: int, message: str, code: str) -> GoogleError:
    """Our own identity may not sign, or is not known yet: grants spread slowly, for all watches alike.

    hashicorp/terraform-provider-google#15042.
    """
    return _signing(message).with_answer(status, code)


def _by_token_endpoint(detail: str, target: Target, word: str) -> GoogleError:
    said = detail.lower()
    if target.subject is None or _any_of(_OURS, said):
        return _signing(detail).with_answer(0, word)
    if _any_of(_THE_DOMAINS, said):
        error = OutageError(Reason.AUTHORIZATION_REVOKED, detail, cause=delegation(target))
        return error.with_answer(0, word)
    reason = Reason.USER_GONE if _any_of(_THE_USERS, said) else Reason.AUTHORIZATION_REVOKED
    return RefusedError(reason, detail).with_answer(0, word)


def _signing(detail: str) -> OutageError:
    return OutageError(Reason.SIGNING_FAILING, detail, cause="signing")


def _any_of(texts: tuple[str, ...], said: str) -> bool:
    return any(text in said for text in texts)
