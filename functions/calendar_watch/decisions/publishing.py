"""The writes that publishing ends with, whether it worked or not."""

from collections.abc import Sequence
from datetime import timedelta

from calendar_watch.decisions import refusals
from calendar_watch.decisions.backoff import Failure, waiting
from calendar_watch.model.health import StepKind
from calendar_watch.model.watch import ChangeEvent, Watch


def published(watch: Watch, entries: Sequence[ChangeEvent]) -> Watch:
    """These have gone out. Where the log was deleted before it could be sent, nothing else is to come."""
    last = int(entries[-1]["sequence"]) if entries else watch.log.sequence
    return refusals.succeeded(watch, StepKind.PUBLISH).with_log(published=last)


_LONGEST_PUBLISHING_PAUSE = timedelta(minutes=1)
"""Pub/Sub is not somebody to be spared, but somebody to be back for at once."""


def unpublished(watch: Watch, failure: Failure) -> Watch:
    """Whatever Pub/Sub says, the log keeps what it would not take."""
    return waiting(watch, StepKind.PUBLISH, failure, _LONGEST_PUBLISHING_PAUSE)
