"""Bodies that Google was seen to answer with, beside those of its guide."""

import json
from typing import Any

from ..call import Answer
from ..errors import JSON, ApiError, push_not_supported

_HTML = {"content-type": "text/html; charset=UTF-8"}


def html(status: int, what: str) -> Answer:
    page = f"<!DOCTYPE html><html lang=en><title>Error {status} ({what})!!1</title><p>{status}. It was an error.</html>"
    return Answer(status, _HTML, page.encode())


def refusal(status: int, reason: str, message: str, domain: str = "global") -> Answer:
    return ApiError(status, reason, message, domain).answer()


def detailed(code: int, reason: str, message: str, domain: str, **more: Any) -> Answer:
    """As the newer front ends spell it: with a status in words, and details."""
    listed = {"message": message, "domain": domain, "reason": reason}
    return plain(code, message, errors=[listed], **more)


def plain(code: int, message: str, **more: Any) -> Answer:
    """Return one without a list of errors, unless it is among the rest."""
    return Answer(code, JSON, json.dumps({"error": {"code": code, "message": message, **more}}, indent=2).encode())


def oauth(status: int, error: str, description: str | None = None) -> Answer:
    """Return what the token endpoint refuses with."""
    described = {} if description is None else {"error_description": description}
    return Answer(status, JSON, json.dumps({"error": error, **described}, indent=2).encode())


def _limit(status: int, reason: str, message: str) -> Answer:
    return refusal(status, reason, message, "usageLimits")


def _blocked(reason: str, message: str, detail: str) -> Answer:
    info = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": detail, "domain": "googleapis.com"}
    return detailed(403, reason, message, "global", status="PERMISSION_DENIED", details=[info])


def _quota(limit: str) -> Answer:
    message = (
        f"Quota exceeded for quota group 'default' and limit '{limit}' of service 'calendar-json.googleapis.com' "
        "for consumer 'project_number:636397034666'."
    )
    return detailed(403, "rateLimitExceeded", message, "usageLimits", status="PERMISSION_DENIED")


def _daily() -> Answer:
    message = "Daily Limit Exceeded. The quota will be reset at midnight Pacific Time (PT)."
    console = {"extendedHelp": "https://console.developers.google.com/apis/api/calendar-json.googleapis.com/quotas"}
    error = ApiError(403, "dailyLimitExceeded", message, "usageLimits")
    error.detail |= console
    return error.answer()


NOT_FOUND = refusal(404, "notFound", "Not Found")
FORBIDDEN = refusal(403, "forbidden", "Forbidden")
NO_OWNER = refusal(403, "requiredAccessLevel", "You need to have owner access to this calendar.", "calendar")
PUSH_NOT_SUPPORTED = push_not_supported().answer()
NO_CALENDAR_USER = refusal(403, "notACalendarUser", "The user must be signed up for Google Calendar.", "calendar")
READ_ONLY = _limit(403, "quotaExceeded", "Calendar usage limits exceeded.")
TOO_MANY_CHANNELS = _limit(403, "subscriptionRateLimitExceeded", "Rate limit exceeded for creating subscriptions.")
NOT_AUTHORIZED = ApiError(401, "authError", "Invalid Credentials").at("header", "Authorization").answer()
INVALID_TOKEN = Answer(
    401,
    {**JSON, "www-authenticate": 'Bearer realm="https://accounts.google.com/", error="invalid_token"'},
    NOT_AUTHORIZED.body,
)
NOT_CONFIGURED = _limit(
    403,
    "accessNotConfigured",
    "Google Calendar API has not been used in project 636397034666 before or it is disabled. If you enabled this API "
    "recently, wait a few minutes for the action to propagate to our systems and retry.",
)
BACKEND_ERROR = refusal(503, "backendError", "Backend Error")
INTERNAL_ERROR = refusal(500, "internalError", "Internal Error")
BAD_GATEWAY = html(502, "Server Error")

UNLISTED = (
    _limit(403, "servingLimitExceeded", "The overall rate limit specified for the API has already been reached."),
    _limit(403, "concurrentLimitExceeded", "The concurrent usage limit has been reached."),
    _limit(403, "dailyLimitExceededUnreg", "Daily Limit for Unauthenticated Use Exceeded."),
    _limit(403, "limitExceeded", "The request cannot be completed due to access or rate limitations."),
    refusal(403, "domainPolicy", "The domain administrators have disabled this."),
    _blocked(
        "insufficientPermissions",
        "Request had insufficient authentication scopes.",
        "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
    ),
    _blocked("forbidden", "Requests to this API calendar method are blocked.", "API_KEY_SERVICE_BLOCKED"),
    TOO_MANY_CHANNELS,
    FORBIDDEN,
    plain(403, "Forbidden", status="PERMISSION_DENIED"),
    html(403, "Forbidden"),
    html(404, "Not Found"),
)

USAGE_LIMITS = (
    _limit(403, "rateLimitExceeded", "Rate Limit Exceeded"),
    _limit(403, "userRateLimitExceeded", "User Rate Limit Exceeded"),
    _quota("Queries per user per 100 seconds"),
    _quota("Queries per day"),
    _daily(),
    _limit(429, "rateLimitExceeded", "Rate Limit Exceeded"),
    _limit(429, "userRateLimitExceeded", "User Rate Limit Exceeded"),
)

SIGN_DENIED = plain(
    403,
    "Permission 'iam.serviceAccounts.signJwt' denied on resource (or it may not exist).",
    status="PERMISSION_DENIED",
)
CLOCK = oauth(
    400,
    "invalid_grant",
    "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. "
    "Check your iat and exp values in the JWT claim.",
)
BAD_REQUEST = oauth(400, "invalid_grant", "Bad Request")
NOT_DELEGATED = oauth(
    401,
    "unauthorized_client",
    "Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the "
    "scopes requested.",
)
ACCOUNT_GONE = (
    oauth(400, "invalid_grant", "The account has been deleted"),
    oauth(400, "invalid_request", "Invalid impersonation &quot;sub&quot; field: user@example.com"),
)
PASSING = (oauth(500, "internal_failure", "Backend Error"), oauth(500, "internal_failure"), BAD_REQUEST)
LASTING = (
    oauth(403, "access_denied", "Requested client not authorized"),
    oauth(403, "access_denied", "Account restricted"),
    oauth(400, "invalid_grant", "Invalid email or User ID"),
    oauth(400, "invalid_grant", "Not a valid email"),
    oauth(400, "invalid_grant", "No valid verifier found for issuer"),
    oauth(400, "invalid_grant", "reauth related error (invalid_rapt)"),
    oauth(401, "deleted_client", "The OAuth client was deleted."),
    oauth(401, "disabled_client", "The OAuth client was disabled."),
    oauth(400, "invalid_grant", "Robot is disabled."),
    oauth(400, "invalid_scope", "Some requested scopes cannot be shown"),
)
