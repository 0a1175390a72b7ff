"""Speaking to Firestore: what may be tried again, and what its errors mean to us."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from google.api_core import exceptions
from google.api_core.retry import Retry, if_exception_type
from google.cloud import firestore

from calendar_watch.errors import ConflictError, RefusedWriteError, UnavailableError, UnclearError

_REFUSED = (exceptions.AlreadyExists, exceptions.FailedPrecondition, exceptions.NotFound, exceptions.Aborted)
_UNANSWERED = (
    exceptions.ServerError,
    exceptions.ResourceExhausted,
    exceptions.Cancelled,
    exceptions.RetryError,
)
_ILL_FORMED = (exceptions.InvalidArgument, exceptions.OutOfRange)
# What is too large is not always called an invalid argument: firebase/firebase-tools#8081 is RESOURCE_EXHAUSTED ("gRPC
# message exceeds maximum size"), googleapis/google-cloud-python#4120 HTTP's 413 ("Request Entity Too Large").
_TOO_LARGE = re.compile("too large|larger than max|exceeds (?:the )?max|payload size exceeds", re.IGNORECASE)
_SHUT_OUT = (exceptions.Forbidden, exceptions.Unauthorized)
_REPEATABLE = (*_UNANSWERED, exceptions.Aborted)
"""Contention too, where a call may simply be made again."""
NEVER = Retry(predicate=lambda _error: False)
_Result = TypeVar("_Result")


def connect(project: str, database: str) -> firestore.Client:
    """FIRESTORE_EMULATOR_HOST is honoured. Makes no network call."""
    return firestore.Client(project=project, database=database)


def answered(call: Callable[[], _Result], timeout: float) -> _Result:
    """For what may be repeated; raises UnavailableError when it was, for `timeout` seconds, in vain."""
    again = Retry(predicate=if_exception_type(*_REPEATABLE), initial=0.1, maximum=1, timeout=timeout)
    try:
        return again(call)()
    except exceptions.AlreadyExists:
        raise
    except (exceptions.GoogleAPICallError, exceptions.RetryError) as error:
        raise UnavailableError(f"Firestore does not answer: {error}") from error


@contextmanager
def writing() -> Iterator[None]:
    try:
        yield
    except _REFUSED as error:
        raise ConflictError(str(error)) from error
    except _ILL_FORMED as error:
        raise RefusedWriteError(f"Firestore refuses it: {error}") from error
    except _UNANSWERED as error:
        if _TOO_LARGE.search(str(error)):
            raise RefusedWriteError(f"Firestore refuses it: {error}") from error
        raise UnclearError(str(error)) from error
    except _SHUT_OUT as error:
        raise UnavailableError(f"Firestore does not let us in: {error}") from error
