"""What Google refuses to store. Sizes are counted as in its documentation, "Storage size calculations"."""

import re
from collections.abc import Iterable

from tests.doubles.local_firestore.errors import invalid
from tests.doubles.local_firestore.messages import Message

REQUEST_BYTES = 10 * 2**20
DOCUMENT_BYTES = 2**20
VALUE_BYTES = 1_048_487
ID_BYTES = 1_500
NESTING = 20

_NAME = re.compile(r"projects/[^/]+/databases/[^/]+/documents(?:/[^/]+/[^/]+)+")
_RESERVED_ID = re.compile(r"\.\.?|__.*__")
_RESERVED_FIELD = re.compile(r"__.*__")
_FIXED_SIZES = {"null_value": 1, "boolean_value": 1, "geo_point_value": 16}
_NUMBER_SIZE = 8


def check_request(request: Message) -> None:
    if request.ByteSize() > REQUEST_BYTES:
        raise invalid(f"Request payload size exceeds the limit: {REQUEST_BYTES} bytes.")


def check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise invalid(f'Document name "{name}" is not of the form projects/*/databases/*/documents/*/*.')
    for part in name.split("/")[5:]:
        if _RESERVED_ID.fullmatch(part):
            raise invalid(f'Resource id "{part}" is invalid because it is reserved.')
        if _text_size(part) > ID_BYTES + 1:
            raise invalid(f"The key path element name is longer than {ID_BYTES} bytes.")


def check_document(document: Message) -> None:
    for name, value in document.fields.items():
        _check_field(name, value)
    # No value takes more than twice the bytes it takes on the wire: small documents need not be measured.
    if document.ByteSize() * 2 > DOCUMENT_BYTES and document_size(document) > DOCUMENT_BYTES:
        raise invalid(
            f"Document '{document.name}' cannot be written because its size ({document_size(document):,} bytes) "
            f"exceeds the maximum allowed size of {DOCUMENT_BYTES:,} bytes."
        )


def document_size(document: Message) -> int:
    return _name_size(document.name) + _fields_size(document.fields) + 32


def _check_field(name: str, value: Message, depth: int = 0) -> None:
    if _RESERVED_FIELD.fullmatch(name):
        raise invalid(f"field name {name} is reserved")
    if _text_size(name) > ID_BYTES + 1:
        raise invalid(f"The property.name is longer than {ID_BYTES} bytes.")
    match value.WhichOneof("value_type"):
        case "map_value" | "array_value" if depth == NESTING:
            raise invalid(f"Property {name} contains an invalid nested entity.")
        case "map_value":
            for inner_name, inner in value.map_value.fields.items():
                _check_field(inner_name, inner, depth + 1)
        case "array_value":
            _check_elements(name, value.array_value.values, depth + 1)
        case "string_value" | "bytes_value" as kind:
            _check_length(name, getattr(value, kind))


def _check_elements(name: str, elements: Iterable[Message], depth: int) -> None:
    for element in elements:
        if element.HasField("array_value"):
            raise invalid("Cannot convert an array value in an array value.")
        _check_field(name, element, depth)


def _check_length(name: str, text: str | bytes) -> None:
    if len(text.encode() if isinstance(text, str) else text) > VALUE_BYTES:
        raise invalid(f'The value of property "{name}" is longer than {VALUE_BYTES} bytes.')


def _name_size(name: str) -> int:
    return sum(map(_text_size, name.split("/")[5:])) + 16


def _text_size(text: str) -> int:
    return len(text.encode()) + 1


def _fields_size(fields: Message) -> int:
    return sum(_text_size(name) + _value_size(value) for name, value in fields.items())


def _value_size(value: Message) -> int:
    match value.WhichOneof("value_type"):
        case "string_value":
            return _text_size(value.string_value)
        case "bytes_value":
            return len(value.bytes_value)
        case "reference_value":
            return _name_size(value.reference_value)
        case "array_value":
            return sum(map(_value_size, value.array_value.values))
        case "map_value":
            return _fields_size(value.map_value.fields)
        case kind:
            return _FIXED_SIZES.get(kind, _NUMBER_SIZE)
