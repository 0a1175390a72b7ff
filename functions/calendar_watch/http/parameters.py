"""What may stand in a query: each parameter is declared once, with how it is read. Anything else is a mistake."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from werkzeug.datastructures import MultiDict

from calendar_watch.errors import InvalidRequestError
from calendar_watch.http.json_schema import BOOLEAN, ID, MOMENT, Schema, array, one_of, text, whole
from calendar_watch.model.change_log import Span
from calendar_watch.model.resources import RESOURCES
from calendar_watch.model.target import LABEL_KEY, MOST_LABELS, WATCH_ID
from calendar_watch.model.watch import State
from calendar_watch.ports import Filter
from calendar_watch.reasons import Reason

PAGE = 100
_LONGEST_TEXT = 512
_LONGEST_TOKEN = 2048
_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_LARGEST_SEQUENCE = 10**17
_MOST_COMBINATIONS = 30
"""Firestore takes no more: https://cloud.google.com/firestore/docs/query-data/queries#limits_on_or_queries."""
_TOGETHER = f"state and reason may make {_MOST_COMBINATIONS} combinations"


@dataclass(frozen=True, slots=True)
class Parameter:
    """`read` raises ValueError with what it must be. One that `repeats` gives a list of all that it was given."""

    name: str
    read: Callable[[str], Any]
    schema: Schema
    says: str
    repeats: bool = False


def read(query: "MultiDict[str, str]", allowed: Iterable[Parameter]) -> Mapping[str, Any]:
    """What is there, by name. Raises InvalidRequestError with everything that is wrong."""
    known = {each.name: each for each in allowed}
    errors: list[tuple[str, str]] = []
    values: dict[str, Any] = {}
    for name, texts in query.lists():
        try:
            values[name] = _value(known, name, texts)
        except ValueError as problem:
            errors.append((name[:100], str(problem)))
    if errors:
        raise InvalidRequestError(*errors)
    return values


def _value(known: Mapping[str, Parameter], name: str, texts: list[str]) -> Any:
    if name not in known:
        raise ValueError(f"is no parameter of this address, which takes {', '.join(known) or 'none'}")
    if known[name].repeats:
        return [known[name].read(each) for each in texts]
    if len(texts) > 1:
        raise ValueError("is given twice")
    return known[name].read(texts[0])


def _one_of(among: Collection[str], given: str) -> str:
    if given not in among:
        raise ValueError(f"must be one of {', '.join(among)}")
    return given


def _state(given: str) -> State:
    return State(_one_of(tuple(State), given))


def _reason(given: str) -> Reason:
    return Reason(_one_of(tuple(Reason), given))


def _text(longest: int, given: str) -> str:
    if len(given) > longest:
        raise ValueError(f"may have {longest} characters")
    return given


def _subject(given: str) -> str:
    return _text(_LONGEST_TEXT, given).lower()


def _label(given: str) -> tuple[str, str]:
    key, colon, value = given.partition(":")
    if not colon or not LABEL_KEY.fullmatch(key) or len(value) > _LONGEST_TEXT:
        raise ValueError("must be key:value")
    return key, value


def _watch_id(given: str) -> str:
    if not WATCH_ID.fullmatch(given):
        raise ValueError("must be a watch's id: 32 characters of a-z and 2-7")
    return given


def _page_token(given: str) -> str:
    """The id of the last watch of the page before; empty: from the beginning."""
    if given and not WATCH_ID.fullmatch(given):
        raise ValueError("is not a token of ours")
    return given


def _number(low: int, high: int, given: str) -> int:
    if not re.fullmatch(r"[0-9]{1,18}", given) or not low <= int(given) <= high:
        raise ValueError(f"must be a whole number from {low} to {high}")
    return int(given)


def _boolean(given: str) -> bool:
    return _one_of(("true", "false"), given) == "true"


def _time(given: str) -> datetime:
    if not _TIME.fullmatch(given):
        raise ValueError("must be a time as in RFC 3339, such as 2026-11-27T10:00:00Z; in an address, + is written %2B")
    return datetime.fromisoformat(given.upper())  # raises ValueError for a thirteenth month


_PAGE_SIZE = Parameter("pageSize", partial(_number, 1, 500), {**whole(1, 500), "default": PAGE}, "at most so many")
LIST = (
    Parameter("resource", partial(_one_of, RESOURCES), one_of(RESOURCES), "of that kind"),
    Parameter("subject", _subject, text(longest=_LONGEST_TEXT), "read on that user's behalf"),
    Parameter("calendarId", partial(_text, _LONGEST_TEXT), text(longest=_LONGEST_TEXT), "of that calendar"),
    Parameter("state", _state, array(one_of(State)), f"in any of these states; {_TOGETHER}", repeats=True),
    Parameter("reason", _reason, array(one_of(Reason)), f"for any of these reasons; {_TOGETHER}", repeats=True),
    Parameter(
        "label",
        _label,
        array(text(f"{LABEL_KEY.pattern}:.*")),
        f"with all of these labels, {MOST_LABELS} at most",
        repeats=True,
    ),
    Parameter("followedBy", _watch_id, ID, "kept by the follow of that watch"),
    _PAGE_SIZE,
    Parameter("pageToken", _page_token, text(f"({WATCH_ID.pattern})?"), "nextPageToken of the page before"),
)
ITEMS = (Parameter("pageToken", partial(_text, _LONGEST_TOKEN), text(longest=_LONGEST_TOKEN), LIST[-1].says),)
"""Whether the token is one of the watch's own, `model/item_token.py` says."""
CHANGES = (
    Parameter("after", partial(_number, 0, _LARGEST_SEQUENCE), whole(0, _LARGEST_SEQUENCE), "with a higher sequence"),
    Parameter("since", _time, MOMENT, "of that time or later; not together with after"),
    Parameter("until", _time, MOMENT, "of an earlier time"),
    _PAGE_SIZE,
)


END = (Parameter("erase", _boolean, BOOLEAN, "whether what it read and told is to go as well, at once"),)


def filter_of(asked: Mapping[str, Any]) -> Filter:
    """Which watches a list is to show. Raises InvalidRequestError."""
    states, reasons = frozenset(asked.get("state", ())), frozenset(asked.get("reason", ()))
    if max(len(states), 1) * max(len(reasons), 1) > _MOST_COMBINATIONS:
        raise InvalidRequestError(("state", f"{_TOGETHER}: name fewer"))
    return Filter(
        resource=asked.get("resource"),
        subject=asked.get("subject"),
        calendar_id=asked.get("calendarId"),
        followed_by=asked.get("followedBy"),
        labels=_labels(asked.get("label", ())),
        states=states,
        reasons=reasons,
    )


def span_of(asked: Mapping[str, Any]) -> Span:
    """Which entries of the feed are asked for. Raises InvalidRequestError."""
    if asked.keys() >= {"since", "after"}:
        raise InvalidRequestError(("since", "says where to begin, and so does after: give one of them"))
    if asked.keys() >= {"since", "until"} and asked["until"] <= asked["since"]:
        raise InvalidRequestError(("until", "must be later than since"))
    return Span(asked.get("after", 0), asked.get("since"), asked.get("until"))


def _labels(pairs: Collection[tuple[str, str]]) -> Mapping[str, str]:
    labels = dict(pairs)
    if len(labels) < len(set(pairs)):
        raise InvalidRequestError(("label", "no watch has two values for one label"))
    if len(labels) > MOST_LABELS:
        raise InvalidRequestError(("label", f"no watch has more than {MOST_LABELS}"))
    return labels
