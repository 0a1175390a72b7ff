"""gRPC's channel to a server of this process: no socket and no thread, but every message is bytes on the way."""

from collections.abc import Callable, Iterator
from typing import Any, NoReturn, Self, TypeAlias

import grpc

from tests.doubles.local_firestore.errors import StatusError
from tests.doubles.local_firestore.messages import Message, request_type

Answer: TypeAlias = Callable[[str, Message], list[Message]]


class Channel(grpc.Channel):  # type: ignore[misc] # (published without types)
    """Deadlines are not kept: an answer is there at once, or when a fault that delays it lets it go."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def unary_unary(self, method: str, serialized: Any, deserialized: Any, *_: Any) -> "_Plain":
        return _Plain(self._answer, method, serialized, deserialized)

    def unary_stream(self, method: str, serialized: Any, deserialized: Any, *_: Any) -> "_Streaming":
        return _Streaming(self._answer, method, serialized, deserialized)

    stream_unary = stream_stream = unary_unary  # of which there is none that the server knows

    def subscribe(self, *_: Any, **__: Any) -> None:
        """It is always connected."""

    def unsubscribe(self, *_: Any) -> None: ...

    def close(self) -> None: ...

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None: ...


class _Outcome(grpc.Call):  # type: ignore[misc]
    def __init__(self, code: grpc.StatusCode = grpc.StatusCode.OK, details: str = "") -> None:
        self._code, self._details = code, details

    def code(self) -> grpc.StatusCode:
        return self._code

    def details(self) -> str:
        return self._details

    def initial_metadata(self) -> tuple[()]:
        return ()

    trailing_metadata = initial_metadata

    def is_active(self) -> bool:
        return False

    def time_remaining(self) -> None: ...

    def cancel(self) -> bool:
        return False

    def add_callback(self, _: object) -> bool:
        return False


class _Refusal(grpc.RpcError, _Outcome):  # type: ignore[misc]
    def __init__(self, error: StatusError) -> None:
        _Outcome.__init__(self, error.code, error.message)

    def result(self) -> NoReturn:
        raise self


class _Stream(_Outcome):
    def __init__(self, messages: Iterator[Any]) -> None:
        super().__init__()
        self._messages = messages

    def __iter__(self) -> Iterator[Any]:
        return self._messages

    def __next__(self) -> Any:
        return next(self._messages)


class _Streaming:
    def __init__(self, answer: Answer, method: str, serialized: Any, deserialized: Any) -> None:
        self._answer, self._rpc = answer, method.rpartition("/")[2]
        self._serialized, self._deserialized = serialized, deserialized

    def __call__(self, request: Any, **_: Any) -> _Stream:
        return _Stream(self._messages(request))

    def _messages(self, request: Any) -> Iterator[Any]:
        arrived = request_type(self._rpc).FromString(self._serialized(request))
        try:
            answers = self._answer(self._rpc, arrived)
        except StatusError as error:
            raise _Refusal(error) from None
        return (self._deserialized(each.SerializeToString()) for each in answers)


class _Plain(_Streaming):
    def __call__(self, request: Any, **_: Any) -> Any:
        return self.with_call(request)[0]

    def with_call(self, request: Any, **_: Any) -> tuple[Any, grpc.Call]:
        return next(self._messages(request)), _Outcome()
