"""Takes out of a recording whatever tells who we are: tokens, addresses, ids, texts. Stand-ins are always the same."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote, unquote

from tests.conformance.exchange import Exchange
from tests.conformance.guard import PREFIX

JsonObject = dict[str, Any]
_HEADERS = ("content-type", "retry-after", "www-authenticate")
_TOKENS = frozenset({"nextSyncToken", "nextPageToken", "syncToken", "pageToken"})
_TEXTS = frozenset({"summary", "summaryOverride", "description", "location", "displayName"})
_LINKS = frozenset({"htmlLink", "hangoutLink", "uri", "address"})
_OURS = ("Review", "Retro", "Moved", "here", "new")
_ADDRESS = re.compile(r"[\w.+#-]+@[\w-]+(?:\.[\w-]+)+")
_TIME = re.compile(r"(_R?\d{8}(T\d{6}Z?)?)+$")
"""What tells an instance, or a part that was split off, from its series."""
_NUMBER = re.compile(r"\d{9,}")
_CALENDARS = "calendar.google.com"
_HARMLESS = ("@example.com", "@google.com")
_SHORTEST = 8


def scrubbed(exchanges: Sequence[Exchange]) -> list[JsonObject]:
    plain = [_spelled(each) for each in exchanges]
    text = json.dumps(plain, ensure_ascii=False)
    cleaned: list[JsonObject] = json.loads(replaced(text, stand_ins(plain)))
    return cleaned


def replaced(text: str, names: Mapping[str, str]) -> str:
    """Put the stand-ins in, for the longest secrets first: one may be part of another."""
    for secret in sorted(names, key=len, reverse=True):
        text = text.replace(secret, names[secret]).replace(quote(secret, safe=""), quote(names[secret], safe=""))
    return text


def stand_ins(plain: Sequence[JsonObject]) -> Mapping[str, str]:
    """Return what each secret is replaced by, in the order in which they were met."""
    names: dict[str, str] = {}
    counts: dict[str, int] = {}
    for form, secret in _secrets(plain):
        if secret not in names and len(secret) >= _SHORTEST:
            counts[form] = counts.get(form, 0) + 1
            names[secret] = form.format(counts[form])
    return names


def _secrets(value: Any) -> Iterator[tuple[str, str]]:
    """Yield the form of the stand-in along with each secret."""
    if isinstance(value, dict):
        yield from _own(value)
        for inner in value.values():
            yield from _secrets(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _secrets(inner)
    elif isinstance(value, str):
        yield from (_address(found) for found in _ADDRESS.findall(unquote(value)) if not found.endswith(_HARMLESS))


def _own(fields: JsonObject) -> Iterator[tuple[str, str]]:
    yield from (("token-{}", value) for name, value in fields.items() if name in _TOKENS)
    if fields.get("kind") == "calendar#event":
        own = (fields[name] for name in ("recurringEventId", "id") if name in fields)
        yield from (("event{:08d}", _TIME.sub("", each)) for each in own)
    if "resourceId" in fields:
        yield "resource-{}", str(fields["resourceId"])
        yield "channel-{}", str(fields.get("id", ""))
    if fields.get("type") == "domain" and "value" in fields:
        yield "domain-{}.example.com", str(fields["value"])


def _address(found: str) -> tuple[str, str]:
    domain = found.partition("@")[2]
    return f"calendar-{{}}@{domain}" if domain.endswith(_CALENDARS) else "person-{}@example.com", found


def _spelled(each: Exchange) -> JsonObject:
    asked, reply = each.asked, each.reply
    question = {"method": asked.method, "path": asked.path, "query": dict(asked.query), "body": _clean(asked.body)}
    headers = {name: value for name, value in reply.headers.items() if name in _HEADERS}
    return {"asked": question, "reply": {"status": reply.status, "headers": headers, "body": _clean(reply.body)}}


def _clean(value: Any, name: str = "") -> Any:
    """Take out what is known by its field: texts of people, links, numbers of projects."""
    if isinstance(value, dict):
        return {inner: _clean(each, inner) for inner, each in value.items()}
    if isinstance(value, list):
        return [_clean(each, name) for each in value]
    if not isinstance(value, str):
        return value
    if name in _TEXTS and not value.startswith((PREFIX, *_OURS)):
        return "something"
    if name in _LINKS:
        return "https://receiver.example.com/messages" if name == "address" else "https://example.com/link"
    return _NUMBER.sub("123456789012", value) if name in ("message", "extendedHelp") else value
