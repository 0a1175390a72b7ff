"""Why a watch is not as it should be: each reason, whether the collection can be read all the same, and the remedy."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Part of the contract."""

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
    WATCH_REFUSED = "watchRefused"
    READINGS_FAILING = "readingsFailing"
    SIGNING_FAILING = "signingFailing"
    USER_GONE = "userGone"

    @property
    def meaning(self) -> str:
        """What is so, in a sentence."""
        return _MEANINGS[self].meaning

    @property
    def remedy(self) -> str:
        """What somebody has to do about it, in a sentence."""
        return _MEANINGS[self].remedy

    @property
    def remedy_without_watch(self) -> str:
        """The same for whoever asked in vain: there is nothing to retry, nor to end."""
        return _MEANINGS[self].remedy_without_watch

    @property
    def polls(self) -> bool:
        """That Google cannot tell us of changes is clear at once: then the collection is read on a timer."""
        return _MEANINGS[self].polls

    @property
    def gone(self) -> bool:
        """The calendar or its user is no more: daily life, which calls for nobody."""
        return _MEANINGS[self].gone


@dataclass(frozen=True, slots=True)
class _Meaning:
    meaning: str
    cure: str
    then: str = "."
    polls: bool = False
    gone: bool = False
    without_watch: str = ""
    """Where the cure, and to ask again, is not what to do."""

    @property
    def remedy(self) -> str:
        return f"{self.cure}{self.then}"

    @property
    def remedy_without_watch(self) -> str:
        return self.without_watch or f"{self.cure}, then ask again."


_RETRY = ", then POST /{id}/retry, or wait: it is tried again by itself, at last once a day."

_MEANINGS: Mapping[Reason, _Meaning] = {
    Reason.PUSH_NOT_SUPPORTED: _Meaning(
        "Google sends no notifications for this collection.",
        "Nothing: Google sends no notifications for this collection, so it is read on a timer",
        polls=True,
    ),
    Reason.NOTIFICATIONS_NOT_ARRIVING: _Meaning(
        "Google opens channels, but several in a row brought no message, or none of the changes that were found.",
        "See that NOTIFICATION_URL can be reached from the internet: a GET answers 405, and POST /checks sends a "
        "message that way (publicPath; if that is ok, Google does not send)",
        _RETRY,
        polls=True,
    ),
    Reason.FORBIDDEN: _Meaning(
        "Google does not let the subject read the collection.",
        "Give the subject access to the calendar and the service account its scopes",
        _RETRY,
    ),
    Reason.NOT_FOUND: _Meaning(
        "There is no such calendar, or the subject cannot see it.",
        "See that the calendar exists and that the subject can see it",
        ", then POST /{id}/retry; otherwise DELETE the watch.",
        gone=True,
    ),
    Reason.AUTHORIZATION_REVOKED: _Meaning(
        "Google does not let us act for the subject, or for its whole domain.",
        "See that the admin console still grants the service account its scopes for the subject's domain, and that the "
        "subject has the Calendar service switched on",
        _RETRY,
    ),
    Reason.NOT_A_CALENDAR_USER: _Meaning(
        "The subject has never used Google Calendar, or has no licence for it.",
        "Give the subject a Google account with Calendar switched on",
        _RETRY,
        gone=True,
    ),
    Reason.API_DISABLED: _Meaning(
        "The Calendar API is switched off in the service account's project.",
        "Enable calendar-json.googleapis.com in the service account's project",
        _RETRY,
    ),
    Reason.WEBHOOK_REFUSED: _Meaning(
        "Google does not take NOTIFICATION_URL for a channel.",
        "See that NOTIFICATION_URL is an https address with a valid certificate",
        polls=True,
    ),
    Reason.SUBJECT_NOT_ALLOWED: _Meaning(
        "The subject's domain is not in SUBJECT_DOMAINS any more.",
        "Add the subject's domain to SUBJECT_DOMAINS",
        ", or DELETE the watch.",
    ),
    Reason.QUOTA_EXCEEDED: _Meaning(
        "A limit of Google's is used up.",
        "Nothing: it goes on by itself in some hours. Should it return, ask Google for more quota",
        without_watch="Ask again in some hours. Should it return, ask Google for more quota.",
    ),
    Reason.EMPTY_LISTING: _Meaning(
        "A whole listing lacked items that Google then showed, or did not answer for, or of which it lacked many.",
        "Nothing: items were missing that may be there all the same: they are read again before that is believed",
    ),
    Reason.WATCH_REFUSED: _Meaning(
        "Google lets the subject read the collection, but opens no channel on it.",
        "See that the subject may read the calendar. It is read meanwhile, on a timer where no channel is left, and "
        "Google is asked again",
    ),
    Reason.READINGS_FAILING: _Meaning(
        "Readings have failed for a quarter of an hour, with errors that ought to pass.",
        "See what lastError says. Google's own troubles pass: it is tried again, and nothing is lost meanwhile",
    ),
    Reason.SIGNING_FAILING: _Meaning(
        "Our own identity may not sign for the service account, so there is no token for anybody.",
        "Give the functions' accounts roles/iam.serviceAccountTokenCreator on CALENDAR_SERVICE_ACCOUNT, and see that "
        "it exists and that the clock is right",
    ),
    Reason.USER_GONE: _Meaning(
        "Google says that the subject does not exist, or is suspended.",
        "DELETE the watch: Google says that the user does not exist or is suspended",
        gone=True,
        without_watch="Name a subject that exists and is not suspended.",
    ),
}
