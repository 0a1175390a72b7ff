"""Field paths: `a.b`, with backticks around what is not a plain word."""

import re
from collections.abc import Iterable
from functools import lru_cache

from tests.doubles.local_firestore.messages import Document, Message

NAME = "__name__"

_SEGMENT = re.compile(r"`((?:[^`\\]|\\.)*)`|([^.`]+)")
_ESCAPED = re.compile(r"\\(.)")


@lru_cache(maxsize=4096)
def split(path: str) -> tuple[str, ...]:
    return tuple(plain or _ESCAPED.sub(r"\1", quoted) for quoted, plain in _SEGMENT.findall(path))


def find(fields: Message, path: str) -> Message | None:
    *parents, last = split(path)
    for parent in parents:
        if not _is_map(fields, parent):
            return None
        fields = fields[parent].map_value.fields
    return fields.get(last)


def put(fields: Message, path: str, value: Message) -> None:
    *parents, last = split(path)
    for parent in parents:
        fields[parent].map_value.SetInParent()  # whatever else was there gives way to a map
        fields = fields[parent].map_value.fields
    fields[last].CopyFrom(value)


def remove(fields: Message, path: str) -> None:
    *parents, last = split(path)
    for parent in parents:
        if not _is_map(fields, parent):
            return
        fields = fields[parent].map_value.fields
    fields.pop(last, None)


def project(document: Message, paths: Iterable[str] | None) -> Message:
    """Keep only these fields of the document; None keeps all."""
    if paths is None:
        return document
    partial = Document(name=document.name, create_time=document.create_time, update_time=document.update_time)
    for path in paths:
        value = find(document.fields, path)
        if value is not None:
            put(partial.fields, path, value)
    return partial


def _is_map(fields: Message, key: str) -> bool:
    return key in fields and fields[key].HasField("map_value")
