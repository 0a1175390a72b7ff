"""The gRPC server on loopback, and the handle by which a test holds it."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self, TypeAlias
from unittest.mock import patch

import grpc

from tests.doubles.local_firestore.calls import Calls
from tests.doubles.local_firestore.channel import Channel
from tests.doubles.local_firestore.documents import Documents, Stored, parent
from tests.doubles.local_firestore.errors import StatusError
from tests.doubles.local_firestore.faults import Faults
from tests.doubles.local_firestore.limits import REQUEST_BYTES
from tests.doubles.local_firestore.messages import Document, Message, request_type
from tests.doubles.local_firestore.rpcs import MISSING, Rpcs, unimplemented

Behaviour: TypeAlias = Callable[[Any, Any], Any]

SERVICE = "google.firestore.v1.Firestore"
THREADS = 32
OPTIONS = [
    ("grpc.so_reuseport", 0),  # two servers on one port would share its requests
    ("grpc.max_receive_message_length", 4 * REQUEST_BYTES),  # so that the refusal is ours, with Google's words
]


class LocalFirestore:
    def __init__(self, port: int = 0, documents: Documents | None = None) -> None:
        self.calls = Calls()
        self.faults = Faults()
        self._documents = documents or Documents()
        self._rpcs = Rpcs(self._documents)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="local-firestore")
        self._server = grpc.server(self._threads, options=OPTIONS)
        self._server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, self._handlers()),))
        self.host = f"127.0.0.1:{self._server.add_insecure_port(f'127.0.0.1:{port}')}"
        self._server.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def reset(self) -> None:
        """Forget every document and every call."""
        with self._documents.lock:
            self._documents.clear()
        self.calls.clear()

    def multiply(self, name: str, copies: Mapping[str, Mapping[str, str]]) -> None:
        """Put copies beside a document, by their ids, each with these texts: of many, writing takes too long."""
        with self._documents.lock:
            original = self._documents.get(name)
            assert original, f"there is no {name}"
            for copy_id, texts in copies.items():
                copy = Document()
                copy.CopyFrom(original.message)
                copy.name = f"{parent(name)}/{copy_id}"
                for field, text in texts.items():
                    copy.fields[field].string_value = text
                self._documents.put(Stored(copy))

    def stop(self) -> None:
        self._server.stop(grace=None).wait()
        self._threads.shutdown(wait=False, cancel_futures=True)

    @contextmanager
    def beside(self) -> Iterator[Self]:
        """Meanwhile, whoever connects from this process gets here without a wire, at a fifth of the cost."""
        wire = grpc.insecure_channel

        def connect(host: str, *options: Any, **more: Any) -> grpc.Channel:
            return Channel(self._recorded) if host == self.host else wire(host, *options, **more)

        with patch.object(grpc, "insecure_channel", connect):
            yield self

    def _handlers(self) -> dict[str, Any]:
        plain = {rpc: _handler(grpc.unary_unary_rpc_method_handler, rpc, self._plain(rpc)) for rpc in self._rpcs.plain}
        streaming = {
            rpc: _handler(grpc.unary_stream_rpc_method_handler, rpc, self._stream(rpc)) for rpc in self._rpcs.streaming
        }
        # On the wire a single message is a stream of one: this kind of handler takes every kind of call.
        missing = {rpc: grpc.stream_stream_rpc_method_handler(_refusal(rpc)) for rpc in MISSING}
        return plain | streaming | missing

    def _plain(self, rpc: str) -> Behaviour:
        return lambda request, context: self._answer(rpc, request, context)[0]

    def _stream(self, rpc: str) -> Behaviour:
        return lambda request, context: iter(self._answer(rpc, request, context))

    def _answer(self, rpc: str, request: Message, context: Any) -> list[Message]:
        try:
            return self._recorded(rpc, request)
        except StatusError as error:
            context.abort(error.code, error.message)
            raise  # never reached: abort raises

    def _recorded(self, rpc: str, request: Message) -> list[Message]:
        self.calls.record(rpc, request)
        return self._with_faults(rpc, request)

    def _with_faults(self, rpc: str, request: Message) -> list[Message]:
        faults = self.faults.striking(rpc, request)
        for fault in faults:
            fault.before()
        responses = self._rpcs.answer(rpc, request)
        for fault in faults:
            fault.after()
        return responses


def serve(port: int = 0, documents: Documents | None = None) -> LocalFirestore:
    """0 takes any free port."""
    return LocalFirestore(port, documents)


def _handler(kind: Callable[..., Any], rpc: str, behaviour: Behaviour) -> Any:
    return kind(
        behaviour,
        request_deserializer=request_type(rpc).FromString,
        response_serializer=lambda message: message.SerializeToString(),
    )


def _refusal(rpc: str) -> Behaviour:
    error = unimplemented(rpc)
    return lambda _, context: context.abort(error.code, error.message)
