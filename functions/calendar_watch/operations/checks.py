"""Whether the deployment works, tried live: nothing is published for it, and no watch is touched."""

import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from contextvars import copy_context
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from calendar_watch.decisions import diagnosis
from calendar_watch.errors import CalendarWatchError, StoreError, TryLaterError, UnknownWatchError
from calendar_watch.log import event
from calendar_watch.model.check import Check, CheckRequest, Deployed, PublicAnswer
from calendar_watch.model.notification import PendingNotification
from calendar_watch.model.resources import Resource
from calendar_watch.model.target import RESERVED_ID, Target
from calendar_watch.ports import Calendar, Probes, Services

_EACH, _ALL = 10.0, 25.0
"""Seconds for each check, and for the public path, which waits for `renew` after its answer."""
_GONE_WITHIN = timedelta(seconds=15)
_BETWEEN_LOOKS = 0.25
_KEPT = timedelta(seconds=30)
_MOST_THREADS = 64
_NEEDS_SUBJECT = ("delegated", "token_service")
_logger = logging.getLogger(__name__)
_Outcome = TypeVar("_Outcome")
_Begun = Future[_Outcome | CalendarWatchError]


@dataclass(frozen=True, slots=True)
class _Answered:
    checks: Sequence[Check]
    at: datetime


class Checks:
    """`pause` sleeps for so many seconds."""

    def __init__(self, services: Services, probes: Probes, deployed: Deployed, pause: Callable[[float], None]):
        self._services = services
        self._probes = probes
        self._deployed = deployed
        self._pause = pause
        self._workers = ThreadPoolExecutor(_MOST_THREADS, thread_name_prefix="checks")
        self._answered: Mapping[CheckRequest, _Answered] = {}

    def run(self, request: CheckRequest) -> Sequence[Check]:
        """All of them, side by side, in at most 25 seconds; or what was answered to the same within half a minute."""
        answered = self._fresh().get(request)
        if answered:
            return answered.checks
        checks = self._run(request)
        self._answered = {**self._fresh(), request: _Answered(checks, self._services.clock())}
        _tell(checks)
        return checks

    def _fresh(self) -> Mapping[CheckRequest, _Answered]:
        now = self._services.clock()
        return {request: each for request, each in self._answered.items() if now - each.at < _KEPT}

    def _run(self, request: CheckRequest) -> Sequence[Check]:
        path = self._begun(self._walk_public_path)
        firestore = self._begun(self._look_for_a_document)
        topic = self._begun(self._probes.may_publish if self._deployed.changes_topic else _nowhere)
        clock = self._begun(self._googles_lead)
        readings = self._readings(request)
        all_of_them: list[Future[Any]] = [path, firestore, topic, clock, *readings.values()]
        wait(all_of_them, timeout=_EACH)
        checks = [
            diagnosis.settings([]),
            diagnosis.firestore(_outcome(firestore, _EACH)),
            diagnosis.changes_topic(self._deployed.changes_topic, _outcome(topic, _EACH)),
            *self._access(readings),
            diagnosis.clock(_outcome(clock, _EACH)),
        ]
        wait([path], timeout=_ALL - _EACH)
        return [*checks, diagnosis.public_path(_outcome(path, _ALL), self._deployed)]

    def _begun(self, check: Callable[[], _Outcome]) -> _Begun[_Outcome]:
        return self._workers.submit(copy_context().run, _tried, check)

    def _access(self, readings: Mapping[str, _Begun[None]]) -> Sequence[Check]:
        if not readings:
            return diagnosis.access_without_subject(self._deployed)
        outcomes = {name: _outcome(reading, _EACH) for name, reading in readings.items()}
        return diagnosis.access(outcomes, self._deployed.auth_mode)

    def _readings(self, request: CheckRequest) -> Mapping[str, _Begun[None]]:
        """Empty where nobody is named for whom collections could be read."""
        if self._deployed.auth_mode in _NEEDS_SUBJECT and not request.subject:
            return {}
        calendar = self._probes.calendar()
        targets = [_target(resource, request) for resource in self._deployed.resources]
        return {each.resource.name: self._begun(partial(_read, calendar, each)) for each in targets}

    def _look_for_a_document(self) -> None:
        with suppress(UnknownWatchError):
            self._services.store.get(RESERVED_ID)

    def _googles_lead(self) -> timedelta:
        """By how much Google's clock is ahead of ours: ours is taken in the middle of the call."""
        before = self._services.clock()
        theirs = self._probes.google_time()
        return theirs - (before + (self._services.clock() - before) / 2)

    def _walk_public_path(self) -> tuple[PublicAnswer, bool]:
        channel_id = self._services.new_id()
        answer = self._probes.notify(channel_id, self._services.tokens.sign(channel_id, RESERVED_ID))
        return answer, answer.status == diagnosis.TAKEN and self._dealt_with(channel_id)

    def _dealt_with(self, channel_id: str) -> bool:
        """Whether `renew` has dealt with the message in time. What it leaves is taken away."""
        end = self._services.clock() + _GONE_WITHIN
        with suppress(StoreError):
            while waiting := self._waiting(channel_id):
                if self._services.clock() >= end:
                    self._services.store.drop(waiting)
                    return False
                self._pause(_BETWEEN_LOOKS)
            return True
        return False

    def _waiting(self, channel_id: str) -> PendingNotification | None:
        found = self._services.store.notifications(RESERVED_ID)
        return next((each for each in found if each.channel_id == channel_id), None)


def _tell(checks: Sequence[Check]) -> None:
    failed = [each.check for each in checks if not each.ok]
    message = f"not ok: {', '.join(failed)}" if failed else "all is well"
    event("checks", message, severity="WARNING" if failed else "INFO", failed=failed)


def _nowhere() -> bool:
    return False


def _target(resource: Resource, request: CheckRequest) -> Target:
    """Without a calendar, the subject's own."""
    calendar_id = request.calendar_id or request.subject or "primary"
    return Target(resource, calendar_id if resource.per_calendar else None, request.subject)


def _read(calendar: Calendar, target: Target) -> None:
    calendar.page(target, "", size=1)


def _tried(check: Callable[[], _Outcome]) -> _Outcome | CalendarWatchError:
    """What came of it, or the error in its place."""
    try:
        return check()
    except CalendarWatchError as error:
        return error
    except Exception as error:  # what is wrong with one check must not keep the others from being told
        _logger.exception("a check is broken")
        return CalendarWatchError(f"the check itself is broken ({type(error).__name__}): see the log of `watches`")


def _outcome(begun: _Begun[_Outcome], seconds: float) -> _Outcome | CalendarWatchError:
    return begun.result() if begun.done() else TryLaterError(f"no answer within {seconds:g} s")
