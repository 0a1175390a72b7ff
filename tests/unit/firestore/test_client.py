"""What Firestore's refusals mean to us."""

# mypy: allow-untyped-calls

import pytest
from google.api_core import exceptions

from calendar_watch.errors import ConflictError, RefusedWriteError, StoreError, UnavailableError, UnclearError
from calendar_watch.firestore.client import answered, writing


@pytest.mark.parametrize(
    ("answer", "meaning"),
    [
        (exceptions.FailedPrecondition("it has changed"), ConflictError),
        (exceptions.Aborted("contention"), ConflictError),
        (exceptions.ServiceUnavailable("try again"), UnclearError),
        (exceptions.DeadlineExceeded("no answer"), UnclearError),
        (exceptions.ResourceExhausted("Quota exceeded."), UnclearError),
        (exceptions.PermissionDenied("no role"), UnavailableError),
        (exceptions.InvalidArgument("Request payload size exceeds the limit: 10485760 bytes."), RefusedWriteError),
        (exceptions.OutOfRange("too deep"), RefusedWriteError),
        (exceptions.ResourceExhausted("gRPC message exceeds maximum size 4194304: 5242880"), RefusedWriteError),
        (exceptions.ResourceExhausted("Sent message larger than max (5242880 vs. 4194304)"), RefusedWriteError),
        (exceptions.Unknown("413:Request Entity Too Large"), RefusedWriteError),
    ],
    ids=lambda each: str(each)[:40] if isinstance(each, Exception) else each.__name__,
)
def test_what_firestore_answers_to_a_write_is_told_apart(answer: Exception, meaning: type[StoreError]) -> None:
    with pytest.raises(StoreError) as raised, writing():
        raise answer
    assert type(raised.value) is meaning


def test_contention_is_waited_out_where_a_call_may_be_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    answers = iter([exceptions.Aborted("contention"), exceptions.ServiceUnavailable("try again")])

    def call() -> str:
        for each in answers:
            raise each
        return "done"

    assert answered(call, timeout=10) == "done"
