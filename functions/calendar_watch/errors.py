"""Everything that can go wrong, as one tree.

CalendarWatchError
    InvalidSettingsError      the environment is wrong; names every variable at once
    InvalidRequestError       the caller's mistake, field by field
    InvalidTokenError         a notification that is not from a channel of ours
    BusyError                 all that an instance has for requests of this kind is taken
    UnknownWatchError         no such watch
    FollowedError             it cannot be ended while others follow it
    WrongStateError           nothing of the kind can be asked of a watch that has ended
    TooOldError               the resume feed no longer reaches back that far
    AheadError                nor has it come that far yet
    GoogleError               a call to Google that did not do what it should
        ItemGoneError         a single item that Google does not have, or no longer
        ListingTokenRefusedError  a sync or page token that Google no longer takes
        RefusedError          for good, until somebody changes something
        TryLaterError         for now
            BriefError        for a second or two: the same call may try again
                SlowError     no answer came in time: a smaller page may do
            QuotaError        an abuse limit: hours, not seconds
            OutageError       what fails for all alike: it is no fault of this watch's
    StoreError                Firestore
        ConflictError         the document is not the one that was read: the write did nothing
        UnclearError          no answer: the write may or may not have happened
        UnavailableError      Firestore cannot be reached
        ForeignSchemaError    a document that another release wrote, in a schema which this one does not know
        MalformedError        a document that nobody can read
        RefusedWriteError     Firestore will never take it, as it is too large or not well-formed: a defect of ours
"""

from collections.abc import Sequence
from typing import Self

from calendar_watch.reasons import Reason

_LONGEST_DETAIL = 500
"""Characters of what Google says: it goes into documents, events and answers."""


class CalendarWatchError(Exception):
    pass


class InvalidSettingsError(CalendarWatchError):
    def __init__(self, problems: list[str]):
        super().__init__("wrong settings: " + "; ".join(problems))
        self.problems = problems


class InvalidRequestError(CalendarWatchError):
    """`errors` holds (field, message) pairs; the field is empty when the whole request is meant."""

    def __init__(self, *errors: tuple[str, str]):
        super().__init__("; ".join(f"{field}: {message}" if field else message for field, message in errors))
        self.errors = errors


class InvalidTokenError(CalendarWatchError):
    pass


class BusyError(CalendarWatchError):
    pass


class UnknownWatchError(CalendarWatchError):
    pass


class FollowedError(CalendarWatchError):
    def __init__(self, followed_by: Sequence[str]):
        super().__init__(f"it is kept by the follow of {', '.join(followed_by)}: change or end that one")
        self.followed_by = followed_by


class WrongStateError(CalendarWatchError):
    def __init__(self, state: str):
        super().__init__(f"the watch is {state}: POST it again first")
        self.state = state


class TooOldError(CalendarWatchError):
    """Asked by time, `oldest_time` says from when on nothing is missing, though nothing may be kept."""

    def __init__(self, oldest_sequence: int, oldest_time: str = ""):
        super().__init__(f"the feed begins at sequence {oldest_sequence}: start again from items")
        self.oldest_sequence = oldest_sequence
        self.oldest_time = oldest_time


class AheadError(CalendarWatchError):
    def __init__(self, sequence: int):
        super().__init__(f"after: the feed ends at sequence {sequence}")
        self.sequence = sequence


class GoogleError(CalendarWatchError):
    """`may_have_happened` when no answer came, so that what was asked for may exist all the same.

    `status` is HTTP's, 0 when no answer came; `code` is Google's own word for what is wrong, or ours, or empty;
    `operation` is what was to be done: watch, list, get, stop, or sign, where not even a token could be had.
    """

    status: int = 0
    code: str = ""
    operation: str = ""

    def __init__(self, detail: str, *, may_have_happened: bool = False):
        self.detail = detail[:_LONGEST_DETAIL]
        super().__init__(self.detail)
        self.may_have_happened = may_have_happened

    def with_answer(self, status: int, code: str) -> Self:
        self.status, self.code = status, code
        return self

    def during(self, operation: str) -> Self:
        """Whoever knows first is right: a token is got within a call."""
        self.operation = self.operation or operation
        return self


class ItemGoneError(GoogleError):
    pass


class ListingTokenRefusedError(GoogleError):
    pass


class RefusedError(GoogleError):
    def __init__(self, reason: Reason, detail: str):
        super().__init__(detail)
        self.reason = reason


class TryLaterError(GoogleError):
    """`after` is Google's own Retry-After, in seconds, or 0 when it named none."""

    def __init__(self, detail: str, *, after: float = 0, may_have_happened: bool = False):
        super().__init__(detail, may_have_happened=may_have_happened)
        self.after = after


class BriefError(TryLaterError):
    pass


class SlowError(BriefError):
    pass


class QuotaError(TryLaterError):
    pass


class OutageError(TryLaterError):
    """`cause` tells one outage from another: "signing", "api", "quota", or a domain's delegation for a scope."""

    def __init__(self, reason: Reason, detail: str, *, cause: str, after: float = 0):
        super().__init__(detail, after=after)
        self.reason = reason
        self.cause = cause


class StoreError(CalendarWatchError):
    pass


class ConflictError(StoreError):
    pass


class UnclearError(StoreError):
    pass


class UnavailableError(StoreError):
    pass


class ForeignSchemaError(StoreError):
    pass


class MalformedError(StoreError):
    pass


class RefusedWriteError(StoreError):
    pass
