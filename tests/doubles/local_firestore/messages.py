"""The messages of google.firestore.v1 as plain protobuf: proto-plus wrappers are several times slower."""

from typing import Any, TypeAlias

from google.cloud.firestore_v1.types import common, document, firestore, query, write

Message: TypeAlias = Any  # generated at run time, so mypy cannot know them

Document: Message = document.Document.pb()
Value: Message = document.Value.pb()
WriteResult: Message = write.WriteResult.pb()
FieldOperator: Message = query.StructuredQuery.FieldFilter.Operator
UnaryOperator: Message = query.StructuredQuery.UnaryFilter.Operator
CompositeOperator: Message = query.StructuredQuery.CompositeFilter.Operator
Direction: Message = query.StructuredQuery.Direction


def request_type(rpc: str) -> Message:
    return getattr(firestore, f"{rpc}Request").pb()


def response_type(rpc: str) -> Message:
    return getattr(firestore, f"{rpc}Response").pb()


def timestamp(microseconds: int) -> Message:
    stamp = common.Precondition.pb()().update_time
    stamp.FromMicroseconds(microseconds)
    return stamp


def masked_paths(mask_holder: Message, field: str = "mask") -> list[str] | None:
    return list(getattr(mask_holder, field).field_paths) if mask_holder.HasField(field) else None
