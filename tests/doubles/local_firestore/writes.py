"""Writes: all of a batch, or none of it."""

from collections.abc import Iterable

from grpc import StatusCode

from tests.doubles.local_firestore import limits, paths, transforms
from tests.doubles.local_firestore.documents import Documents, Stored
from tests.doubles.local_firestore.errors import StatusError, invalid
from tests.doubles.local_firestore.messages import Document, Message, WriteResult, masked_paths, timestamp


def commit(documents: Documents, writes: Iterable[Message]) -> tuple[int, list[Message]]:
    """Return the time of the commit and one result per write."""
    batch = _Batch(documents)
    results = [batch.write(each) for each in writes]
    batch.install()
    return batch.now, results


def target(write: Message) -> str:
    operation = write.WhichOneof("operation")
    return str(write.delete if operation == "delete" else write.update.name)


class _Batch:
    """Sees its own earlier writes; nobody else does before `install`."""

    def __init__(self, documents: Documents) -> None:
        self.now = documents.tick()
        self._documents = documents
        self._pending: dict[str, Stored | None] = {}

    def write(self, write: Message) -> Message:
        name = target(write)
        limits.check_name(name)
        current = self._pending[name] if name in self._pending else self._documents.get(name)
        _check_precondition(write.current_document, name, current)
        match write.WhichOneof("operation"):
            case "delete":
                self._pending[name] = None
                return WriteResult()
            case "update":
                return self._update(write, current)
            case other:
                raise StatusError(StatusCode.UNIMPLEMENTED, f"local_firestore knows no write {other!r}")

    def install(self) -> None:
        for name, document in self._pending.items():
            if document is None:
                self._documents.remove(name)
            else:
                self._documents.put(document)

    def _update(self, write: Message, current: Stored | None) -> Message:
        draft = _draft(write, current)
        results = [transforms.apply(each, draft.fields, self.now) for each in write.update_transforms]
        self._stamp(draft, current)
        limits.check_document(draft)
        self._pending[draft.name] = Stored(draft)
        return WriteResult(update_time=draft.update_time, transform_results=results)

    def _stamp(self, draft: Message, current: Stored | None) -> None:
        now = timestamp(self.now)
        unchanged = current is not None and current.message.fields == draft.fields
        draft.create_time.CopyFrom(current.message.create_time if current else now)
        draft.update_time.CopyFrom(current.message.update_time if current and unchanged else now)


def _draft(write: Message, current: Stored | None) -> Message:
    mask = masked_paths(write, "update_mask")
    draft = Document()
    if mask is None:
        draft.CopyFrom(write.update)
        return draft
    if current is not None:
        draft.CopyFrom(current.message)
    draft.name = write.update.name
    for path in mask:
        value = paths.find(write.update.fields, path)
        if value is None:
            paths.remove(draft.fields, path)
        else:
            paths.put(draft.fields, path, value)
    return draft


def _check_precondition(condition: Message, name: str, current: Stored | None) -> None:
    match condition.WhichOneof("condition_type"):
        case "exists" if condition.exists and current is None:
            raise StatusError(StatusCode.NOT_FOUND, f"No document to update: {name}")
        case "exists" if not condition.exists and current is not None:
            raise StatusError(StatusCode.ALREADY_EXISTS, f"Document already exists: {name}")
        case "update_time":
            _check_version(condition.update_time, current)


def _check_version(required: Message, current: Stored | None) -> None:
    if required.nanos % 1000:
        raise invalid("A precondition's update_time has microseconds at most.")
    stored, base = (current.message.update_time.ToMicroseconds() if current else 0), required.ToMicroseconds()
    if stored != base:
        message = f"the stored version ({stored}) does not match the required base version ({base})"
        raise StatusError(StatusCode.FAILED_PRECONDITION, message)
