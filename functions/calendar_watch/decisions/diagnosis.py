"""What each check of a deployment says, from what it met: an answer, or the error in its place.

A remedy names the one thing to change, as far as what was met tells it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus

from calendar_watch.errors import CalendarWatchError, GoogleError, OutageError, RefusedError
from calendar_watch.model.check import (
    ALL_CHECKS,
    CALENDAR,
    CHANGES_TOPIC,
    CLOCK,
    FIRESTORE,
    PUBLIC_PATH,
    SETTINGS,
    SIGNING,
    Check,
    Deployed,
    PublicAnswer,
    scope_check,
)
from calendar_watch.model.resources import RESOURCES, Resource
from calendar_watch.reasons import Reason

Error = CalendarWatchError
Readings = Mapping[str, Error | None]
"""How each collection could be read, by resource: None, or why not."""

_MOST_WRONG = timedelta(seconds=60)
"""Google takes signatures that are dated "in a reasonable timeframe", it says; a minute is no accident any more."""
_AFTER_SIGNING = (Reason.AUTHORIZATION_REVOKED, Reason.USER_GONE)
"""Google says so of a signed request only."""
_NO_SUBJECT = 'Name a user of SUBJECT_DOMAINS: {"subject": "alice@example.com"}.'
_APPLY = "`terraform apply` gives it back."
_AGAIN = "Ask again; if it stays so, see what `watches` logs."
_ANONYMOUS = "AUTH_MODE is anonymous:"
_GRANTS = {
    "delegated": "In the Workspace admin console, under domain-wide delegation, give the client of "
    "CALENDAR_SERVICE_ACCOUNT the scope {scope} (Terraform's outputs delegation_client_id and delegation_scopes); it "
    "may take a day to spread.",
    "token_service": "See that TOKEN_SERVICE_URL lends tokens of the scope {scope} for the subject.",
}


def settings(problems: Sequence[str]) -> Check:
    if not problems:
        return Check(SETTINGS, ok=True, detail="all variables are right, each by itself and together")
    return Check(SETTINGS, ok=False, detail="; ".join(problems), remedy="Set these variables of `watches` right.")


def without_settings(problems: Sequence[str]) -> list[Check]:
    others = [name for name in ALL_CHECKS if name != SETTINGS]
    return [settings(problems), *(_not_made(name, "the settings are wrong", "See settings.") for name in others)]


def firestore(error: Error | None) -> Check:
    if error is None:
        return Check(FIRESTORE, ok=True, detail="a document can be looked for")
    remedy = (
        "See that the database FIRESTORE_DATABASE exists in GOOGLE_CLOUD_PROJECT, and that the account of `watches` "
        f"has roles/datastore.user on it: {_APPLY}"
    )
    return Check(FIRESTORE, ok=False, detail=str(error), remedy=remedy)


def changes_topic(topic: str, outcome: bool | Error) -> Check:  # noqa: FBT001 - an outcome, not a switch
    if not topic:
        return Check(CHANGES_TOPIC, ok=True, detail="CHANGES_TOPIC is empty: changes stay in the feed")
    if outcome is True:
        return Check(CHANGES_TOPIC, ok=True, detail=f"we may publish to {topic}")
    if outcome is not False:
        return Check(CHANGES_TOPIC, ok=False, detail=str(outcome), remedy=_AGAIN)
    remedy = f"See that the topic exists, and that the account of `watches` has roles/pubsub.publisher on it: {_APPLY}"
    return Check(CHANGES_TOPIC, ok=False, detail=f"{topic} is not there, or we may not publish to it", remedy=remedy)


def access_without_subject(deployed: Deployed) -> list[Check]:
    names = [SIGNING, *(scope_check(each.name) for each in deployed.resources), CALENDAR]
    return [_not_made(name, "it needs a user, and none was named", _NO_SUBJECT) for name in names]


def access(readings: Readings, auth_mode: str) -> list[Check]:
    """Signing, a token for each scope, and Calendar's answers: each collection that was read tells of all three."""
    signing = _signing(readings, auth_mode)
    if not signing.ok:
        others = [*map(scope_check, readings), CALENDAR]
        return [signing, *(_not_made(name, "nothing could be signed", "See signing.") for name in others)]
    scopes = [_scope(RESOURCES[name], error, auth_mode) for name, error in readings.items()]
    return [signing, *scopes, _calendar(readings)]


def _signing(readings: Readings, auth_mode: str) -> Check:
    errors = [error for error in readings.values() if error and not _has_signed(error)]
    if auth_mode == "anonymous":
        return Check(SIGNING, ok=True, detail=f"{_ANONYMOUS} nothing is signed")
    if len(errors) < len(readings):
        return Check(SIGNING, ok=True, detail="Google has taken what we signed")
    return Check(SIGNING, ok=False, detail=str(errors[0]), remedy=_remedy(errors[0]))


def _has_signed(error: Error) -> bool:
    return _has_token(error) or _reason(error) in _AFTER_SIGNING


def _has_token(error: Error) -> bool:
    """Whatever has no operation broke before anybody knew."""
    return isinstance(error, GoogleError) and error.operation not in ("", "sign")


def _scope(resource: Resource, error: Error | None, auth_mode: str) -> Check:
    name = scope_check(resource.name)
    if auth_mode == "anonymous":
        return Check(name, ok=True, detail=f"{_ANONYMOUS} no token is needed")
    if error is None or _has_token(error):
        return Check(name, ok=True, detail=f"there is a token for {resource.scope}")
    ungranted = _reason(error) is Reason.AUTHORIZATION_REVOKED and auth_mode in _GRANTS
    remedy = _GRANTS[auth_mode].format(scope=resource.scope) if ungranted else _remedy(error)
    return Check(name, ok=False, detail=f"no token for {resource.scope}: {error}", remedy=remedy)


def _calendar(readings: Readings) -> Check:
    asked = {name: error for name, error in readings.items() if error is None or _has_token(error)}
    refused = [(name, error) for name, error in asked.items() if error]
    if not asked:
        return _not_made(CALENDAR, "there is no token", "See the scopes.")
    if refused:
        told = "; ".join(f"{name}: {error}" for name, error in refused)
        return Check(CALENDAR, ok=False, detail=told, remedy=_remedy(refused[0][1]))
    return Check(CALENDAR, ok=True, detail=f"Calendar shows {', '.join(asked)}")


def _reason(error: Error) -> Reason | None:
    return error.reason if isinstance(error, OutageError | RefusedError) else None


def _remedy(error: Error) -> str:
    reason = _reason(error)
    return reason.remedy_without_watch if reason else _AGAIN


def clock(outcome: timedelta | Error) -> Check:
    """`outcome` is how far Google's clock is ahead of ours."""
    if not isinstance(outcome, timedelta):
        return Check(CLOCK, ok=False, detail=f"Google's is not known: {outcome}", remedy=_AGAIN)
    seconds = round(abs(outcome.total_seconds()))
    if abs(outcome) <= _MOST_WRONG:
        return Check(CLOCK, ok=True, detail=f"within {seconds} s of Google's")
    side = "behind" if outcome > timedelta() else "ahead of"
    remedy = "Set it: Google takes no signature that is dated some minutes wrong."
    return Check(CLOCK, ok=False, detail=f"ours is {seconds} s {side} Google's", remedy=remedy)


@dataclass(frozen=True, slots=True)
class _Fault:
    """`detail` may name what was answered: {0.status}; and what we are: {1.version}."""

    met: Callable[[PublicAnswer, Deployed], bool]
    detail: str
    remedy: str


TAKEN = HTTPStatus.NO_CONTENT
_FAULTS = (
    _Fault(
        lambda answer, _: HTTPStatus.MULTIPLE_CHOICES <= answer.status < HTTPStatus.BAD_REQUEST,
        "NOTIFICATION_URL redirects ({0.status}) to {0.location}, and Google follows no redirect",
        "Set NOTIFICATION_URL to the address that answers itself.",
    ),
    _Fault(
        lambda answer, _: answer.problem == "forbidden",
        "`notifications` does not know the key with which `watches` signs",
        "Give all three functions the same version of CHANNEL_TOKEN_KEYS (token_key_versions), `notifications` first.",
    ),
    _Fault(
        lambda answer, _: answer.problem == "unavailable",
        "`notifications` cannot write to Firestore",
        "See firestore. If that is ok: its account needs datastore.entities.create on the database, and `terraform "
        "apply` gives it back.",
    ),
    _Fault(
        lambda answer, _: answer.problem == "internal",
        "`notifications` does not work",
        "See its log, which names every wrong setting.",
    ),
    _Fault(
        lambda answer, _: answer.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN),
        "{0.status}, and not in our words: the public may not call `notifications`",
        "Give allUsers roles/run.invoker on it (`terraform apply`); with notification_access = no_invoker_check: "
        "`gcloud run services update … --no-invoker-iam-check`.",
    ),
    _Fault(
        lambda answer, _: answer.status == HTTPStatus.NOT_FOUND,
        "there is nothing at NOTIFICATION_URL (404)",
        "Set it to the address of `notifications`: Terraform's output notification_url.",
    ),
    _Fault(
        lambda answer, _: answer.status != TAKEN,
        "NOTIFICATION_URL answers {0.status} where `notifications` answers 204",
        "See that it is the address of `notifications`, and what that logs.",
    ),
    _Fault(
        lambda answer, _: not answer.version,
        "204, without a version: an older release of `notifications`, or somebody else",
        "Deploy all three functions from the same source, and see that NOTIFICATION_URL is the address of this one.",
    ),
    _Fault(
        lambda answer, ours: answer.version != ours.version,
        "`notifications` is of version {0.version}, `watches` of {1.version}",
        "Deploy all three functions from the same source; where that is under way, wait.",
    ),
    _Fault(
        lambda answer, ours: answer.database != ours.database,
        "`notifications` writes to {0.database}, `watches` reads {1.database}",
        "Give all three functions the same GOOGLE_CLOUD_PROJECT and FIRESTORE_DATABASE.",
    ),
)
"""In this order: the first that is met says it."""


def public_path(outcome: tuple[PublicAnswer, bool] | Error, ours: Deployed) -> Check:
    """`outcome` is the answer to a message, and whether `renew` has dealt with it."""
    if isinstance(outcome, Error):
        remedy = (
            "See that NOTIFICATION_URL resolves, has a valid certificate and leads to `notifications`: `curl -i` it."
        )
        return Check(PUBLIC_PATH, ok=False, detail=f"NOTIFICATION_URL: {outcome}", remedy=remedy)
    answer, gone = outcome
    fault = next((each for each in _FAULTS if each.met(answer, ours)), None)
    if fault:
        return Check(PUBLIC_PATH, ok=False, detail=fault.detail.format(answer, ours), remedy=fault.remedy)
    if gone:
        return Check(PUBLIC_PATH, ok=True, detail="a message was taken, made durable, and dealt with by `renew`")
    remedy = (
        "See that WAKEUP_TOPIC of `notifications` is there, is pushed to /wakeups of `renew`, and that `renew` lets "
        "Pub/Sub in and works (its log; dead letters); without a WAKEUP_TOPIC, the next sweep does it within a minute."
    )
    detail = "a message was taken, but `renew` has not dealt with it within 15 s"
    return Check(PUBLIC_PATH, ok=False, detail=detail, remedy=remedy)


def _not_made(name: str, why: str, remedy: str) -> Check:
    return Check(name, ok=False, detail=f"not made: {why}", remedy=remedy)
