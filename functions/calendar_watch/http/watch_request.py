"""The body of `POST /`, read field by field: every mistake is named at once, with what to write instead."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from calendar_watch.errors import InvalidRequestError
from calendar_watch.http.json_schema import Schema, array, closed, named, one_of, or_null, text
from calendar_watch.model.resources import CALENDAR_LIST, EVENT_TYPES, EVENTS, FOLLOWABLE, RESOURCES
from calendar_watch.model.target import LABEL_KEY, MOST_LABELS, NamedOptions, Target

_OURS = {
    "id": "a fresh UUID is made for each channel",
    "token": "it is signed with CHANNEL_TOKEN_KEYS",
    "address": "it is NOTIFICATION_URL",
    "type": "it is always web_hook",
    "expiration": "ask for a lifetime with params.ttl",
}
MOST_BODIES = 500
"""Of a batch."""
_SHORTEST, _LONGEST = 600, 2_592_000
_SECONDS = re.compile(r"[1-9][0-9]{2,6}")
_LONGEST_ID, _LONGEST_LABEL = 512, 256
_LABEL_VALUE = re.compile(rf"[^\ud800-\udfff]{{0,{_LONGEST_LABEL}}}")
"""Half a surrogate pair is no character: it has no UTF-8, which is how Firestore stores texts."""
_CALENDAR_ID = re.compile(rf"(?!\.{{1,2}}$)[^\s\x00-\x1f\x7f\ud800-\udfff]{{1,{_LONGEST_ID}}}")
_NO_SUBJECT_NEEDED = {"service_account", "anonymous"}
_EMAIL = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@((?:[a-z0-9-]{1,63}\.)+[a-z0-9-]{2,63})")


@dataclass(frozen=True, slots=True)
class Rules:
    """What the operator allows."""

    resources: frozenset[str]
    auth_mode: str
    subject_domains: frozenset[str]


Fields = Mapping[str, tuple[Schema, Callable[[Any, Mapping[str, Any], Rules], Any]]]
"""By name, what each looks like, and how it is read; what goes with what, only reading tells."""


def read_body(body: object, rules: Rules) -> tuple[Target, NamedOptions]:
    """What is to be watched, and which options the body names. Raises InvalidRequestError with every wrong field."""
    given = object_in(body)
    values = read_fields(given, _FIELDS, rules)
    target = Target(RESOURCES[values["resource"]], values["calendarId"], values["subject"], values["eventTypes"])
    return target, {option: values[field] for field, option in _OPTIONS.items() if field in given}


def object_in(body: object) -> Mapping[str, Any]:
    if not isinstance(body, Mapping):
        raise InvalidRequestError(("", "the body must be a JSON object"))
    return body


def read_fields(body: Mapping[str, Any], fields: Fields, rules: Rules) -> Mapping[str, Any]:
    """The value of each of them. Raises InvalidRequestError with every wrong one, and every other that is there."""
    errors = list(_strangers(body, fields))
    values: dict[str, Any] = {}
    for field, (_, read) in fields.items():
        try:
            values[field] = read(body.get(field), body, rules)
        except InvalidRequestError as within:
            errors += within.errors
        except ValueError as problem:
            errors.append((field, str(problem)))
    if errors:
        raise InvalidRequestError(*errors)
    return values


def read_bodies(bodies: Iterable[object], rules: Rules) -> list[tuple[Target, NamedOptions] | InvalidRequestError]:
    """Each by itself: what is wrong with one says nothing of the others."""
    return [_read_or_error(each, rules) for each in bodies]


def _read_or_error(body: object, rules: Rules) -> tuple[Target, NamedOptions] | InvalidRequestError:
    try:
        return read_body(body, rules)
    except InvalidRequestError as error:
        return error


def _strangers(body: Mapping[str, Any], fields: Fields) -> Iterator[tuple[str, str]]:
    for name in body:
        if name in _OURS:
            yield name, f"is not yours to set: {_OURS[name]}"
        elif name not in fields:
            yield name[:100], f"is none of {', '.join(fields)}"


def _resource(name: Any, _body: Mapping[str, Any], rules: Rules) -> str:
    if not isinstance(name, str) or name not in RESOURCES:
        raise ValueError(f"must be one of {', '.join(sorted(RESOURCES))}")
    if name not in rules.resources:
        raise ValueError(f"{name} is not among the RESOURCES of this deployment")
    return name


def calendar_id_of(calendar_id: Any, body: Mapping[str, Any], _rules: Rules) -> str | None:
    name = body.get("resource")
    resource = RESOURCES.get(name) if isinstance(name, str) else None
    if calendar_id is None:
        if resource and resource.per_calendar:
            raise ValueError(f"{name} belongs to a calendar: give its id")
        return None
    if resource and not resource.per_calendar:
        raise ValueError(f"{name} belongs to a user, not to a calendar: leave it out")
    if calendar_id == "primary":
        raise ValueError(f"primary is another calendar for each user: give its address, {_address_in(body)}")
    if not isinstance(calendar_id, str) or not _CALENDAR_ID.fullmatch(calendar_id):
        raise ValueError("must be a calendar's id: 1 to 512 characters without spaces")
    return calendar_id


def _address_in(body: Mapping[str, Any]) -> str:
    subject = body.get("subject")
    email = _EMAIL.fullmatch(subject.lower()) if isinstance(subject, str) else None
    return f"here {email[0]}" if email else "such as alice@example.com"


def subject_of(subject: Any, _body: Mapping[str, Any], rules: Rules) -> str | None:
    if subject is None and rules.auth_mode in _NO_SUBJECT_NEEDED:
        return None
    if rules.auth_mode == "service_account":
        raise ValueError("is not used where AUTH_MODE is service_account: leave it out")
    # Lower case turns the sign for kelvin into a plain k: only ASCII says who is meant.
    email = _EMAIL.fullmatch(subject.lower()) if isinstance(subject, str) and subject.isascii() else None
    if email is None:
        raise ValueError("must be the e-mail address of the user on whose behalf to read")
    if rules.subject_domains and email[1] not in rules.subject_domains:
        raise ValueError("is in none of the SUBJECT_DOMAINS of this deployment")
    return email[0]


def _params(params: Any, _body: Mapping[str, Any], _rules: Rules) -> int | None:
    if params is None:
        return None
    if not isinstance(params, Mapping) or params.keys() - {"ttl"}:
        raise ValueError("must be an object with no field but ttl")
    ttl = params.get("ttl", str(_LONGEST))
    if not isinstance(ttl, str) or not _SECONDS.fullmatch(ttl) or not _SHORTEST <= int(ttl) <= _LONGEST:
        raise InvalidRequestError(("params.ttl", f'must be seconds as a string, "{_SHORTEST}" to "{_LONGEST}"'))
    return int(ttl) if "ttl" in params else None


def _event_types(event_types: Any, body: Mapping[str, Any], _rules: Rules) -> tuple[str, ...]:
    if event_types is None:
        return ()
    if body.get("resource") != EVENTS.name:
        raise ValueError("goes with the resource events only")
    return _choice(event_types, EVENT_TYPES)


def _follow(follow: Any, body: Mapping[str, Any], rules: Rules) -> tuple[str, ...]:
    if follow in (None, []):
        return ()
    if body.get("resource") != CALENDAR_LIST.name:
        raise ValueError("goes with the resource calendarList only")
    names = _choice(follow, FOLLOWABLE)
    if not rules.resources.issuperset(names):
        raise ValueError("names what is not among the RESOURCES of this deployment")
    return names


def _choice(given: Any, among: Iterable[str]) -> tuple[str, ...]:
    """In one order, without repetition: whoever asks for the same gets the same."""
    if not isinstance(given, list) or not given or not all(each in among for each in given):
        raise ValueError(f"must be a list of some of {', '.join(among)}")
    return tuple(sorted(set(given)))


def _labels(labels: Any, _body: Mapping[str, Any], _rules: Rules) -> Mapping[str, str]:
    if labels is None:
        return {}
    if not isinstance(labels, Mapping) or len(labels) > MOST_LABELS:
        raise ValueError(f"must be an object with at most {MOST_LABELS} labels")
    for key, value in labels.items():
        if not LABEL_KEY.fullmatch(key):
            raise ValueError("each key must match [a-z][a-z0-9_-]{0,62}")
        if not isinstance(value, str) or not _LABEL_VALUE.fullmatch(value):
            raise ValueError(
                "each value must be a string of at most 256 characters, none of them half a surrogate pair"
            )
    return labels


CALENDAR_ID = or_null({**text(longest=_LONGEST_ID), "minLength": 1})
SUBJECT = or_null({"type": "string", "format": "email"})
_TTL = {**text(_SECONDS.pattern), "description": f"seconds, {_SHORTEST} to {_LONGEST}"}
_FIELDS: Fields = {
    "resource": (one_of(RESOURCES), _resource),
    "calendarId": (CALENDAR_ID, calendar_id_of),
    "subject": (SUBJECT, subject_of),
    "params": (or_null(closed({"ttl": _TTL}, optional=("ttl",))), _params),
    "eventTypes": (or_null({**array(one_of(EVENT_TYPES)), "minItems": 1}), _event_types),
    "follow": (or_null(array(one_of(FOLLOWABLE))), _follow),
    "labels": (or_null(named(text(longest=_LONGEST_LABEL), LABEL_KEY.pattern, MOST_LABELS)), _labels),
}
BODY = closed({name: schema for name, (schema, _) in _FIELDS.items()}, optional=_FIELDS.keys() - {"resource"})
_OPTIONS = {"params": "ttl", "labels": "labels", "follow": "follow"}
"""By field, what it sets of `Options`; the other fields are the watch's identity."""
