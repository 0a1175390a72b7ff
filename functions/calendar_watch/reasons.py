"""Why a watch is not as it should be, and what somebody has to do about it, in a sentence for each reason."""

from collections.abc import Mapping
from enum import StrEnum


class Reason(StrEnum):
    """Why a watch is not as it should be; part of the contract."""

    PUSH_NOT_SUPPORTED = "pushNotSupported"
    NOTIFICATIONS_NOT_ARRIVING = "notificationsNotArriving"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "notFound"
    AUTHORIZATION_REVOKED = "authorizationRevoked"
    NOT_A_CALENDAR_USER = "notACalendarUser"
    API_DISABLED = "apiDisabled"
    WEBHOOK_REFUSED = "webhookRefused"
    SUBJECT_NOT_ALLOWED = "subjectNotAllowed"
    QUOTA_EXCEEDED = "quotaExceeded"
    EMPTY_LISTING = "emptyListing"


_POST = "then POST the watch again, or wait for the next daily try"

REMEDIES: Mapping[Reason, str] = {
    Reason.PUSH_NOT_SUPPORTED: "Nothing: Google sends no notifications for this collection, so it is read on a timer.",
    Reason.NOTIFICATIONS_NOT_ARRIVING: "See that NOTIFICATION_URL can be reached from the internet: a GET answers 405.",
    Reason.FORBIDDEN: f"Give the subject access to the calendar and the service account its scopes, {_POST}.",
    Reason.NOT_FOUND: "See that the calendar exists and that the subject can see it; otherwise DELETE the watch.",
    Reason.AUTHORIZATION_REVOKED: f"Grant the service account its scopes for the subject's domain again, {_POST}.",
    Reason.NOT_A_CALENDAR_USER: f"Give the subject a Google account with Calendar switched on, {_POST}.",
    Reason.API_DISABLED: f"Enable calendar-json.googleapis.com in the service account's project, {_POST}.",
    Reason.WEBHOOK_REFUSED: "See that NOTIFICATION_URL is an https address with a valid certificate.",
    Reason.SUBJECT_NOT_ALLOWED: "Add the subject's domain to SUBJECT_DOMAINS, or DELETE the watch.",
    Reason.QUOTA_EXCEEDED: "Nothing: it goes on by itself in some hours. Should it return, ask Google for more quota.",
    Reason.EMPTY_LISTING: "Nothing: most items were missing, so they are read again before that is believed.",
}

POLLING_REASONS = frozenset({Reason.PUSH_NOT_SUPPORTED, Reason.WEBHOOK_REFUSED, Reason.NOTIFICATIONS_NOT_ARRIVING})
