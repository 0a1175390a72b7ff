"""Who can see a calendar by a rule of its access control list, and whether a change lets more or fewer see more of it.

Nothing counts as less exposed than can be proved. What a rule says is not all: an organisation may allow less than its
rules do (https://support.google.com/a/answer/60765), and who is in a group no rule says.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any

from calendar_watch.model.resources import Item

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@([A-Za-z0-9.-]+)")
"""One address, neither a list nor quoted, and in ASCII: lower case turns the sign for kelvin into a plain k."""
_SECONDARY = "@group.calendar.google.com"
_ROLES = ("none", "freeBusyReader", "reader", "writerWithoutPrivateAccess", "writer", "owner")
"""From least to most; one that we do not know may be more:
https://developers.google.com/workspace/calendar/api/v3/reference/acl#role."""


class Exposure(StrEnum):
    """Who can see it, from the fewest to everybody."""

    NONE = "none"
    """Nobody: there is no rule, or one that gives nothing."""
    INTERNAL = "internal"
    """A user of an internal domain."""
    GROUP = "group"
    """A group of an internal domain; who is in it is not known."""
    DOMAIN = "domain"
    """Everybody in an internal domain."""
    EXTERNAL = "external"
    """A user, a group or a domain outside, or what we do not know."""
    PUBLIC = "public"
    """Everybody."""


class Shift(StrEnum):
    """What a change does to exposure."""

    RAISED = "raised"
    LOWERED = "lowered"
    SAME = "same"


_INSIDE = {"user": Exposure.INTERNAL, "group": Exposure.GROUP, "domain": Exposure.DOMAIN}
_RANKS = {each: rank for rank, each in enumerate(Exposure)}
_ROLE_RANKS = {role: rank for rank, role in enumerate(_ROLES)}
COUNTED: tuple[Exposure, ...] = tuple(each for each in Exposure if each is not Exposure.NONE)
Counts = Mapping[Exposure, int]
"""Rules by exposure, of every class in `COUNTED`."""
NOTHING: Counts = dict.fromkeys(COUNTED, 0)


@dataclass(frozen=True, slots=True)
class Exposed:
    """What a change of a rule means."""

    before: Exposure
    after: Exposure
    shift: Shift


@dataclass(frozen=True, slots=True)
class Classification:
    """How exposed a calendar's rules are, as last read."""

    counts: Counts = field(default_factory=lambda: NOTHING)
    domains: str = ""
    """Fingerprint of the internal domains by which they were counted; empty: nothing was."""
    recount_at: datetime | None = None
    """When they are to be counted anew, as other domains are internal now; None: nobody has noticed."""


def exposure_of(rule: Item | None, calendar_id: str | None, internal_domains: Collection[str]) -> Exposure:
    """`internal_domains` are whole names in lower case: no sub-domain and no alias of one counts as internal."""
    if rule is None or rule.get("role") == "none":
        return Exposure.NONE
    kind, value = _scope(rule)
    if kind == "default":
        return Exposure.PUBLIC
    inside = isinstance(value, str) and _is_inside(kind, value, calendar_id, internal_domains)
    return _INSIDE[kind] if inside else Exposure.EXTERNAL


def _scope(rule: Item) -> tuple[Any, Any]:
    scope = rule.get("scope")
    return (scope.get("type"), scope.get("value")) if isinstance(scope, Mapping) else (None, None)


def _is_inside(kind: Any, value: str, calendar_id: str | None, internal_domains: Collection[str]) -> bool:
    match kind:
        case "user":
            return _is_own(value, calendar_id) or _domain_of(value) in internal_domains
        case "group":
            return _domain_of(value) in internal_domains
        case "domain":
            return value.isascii() and value.lower() in internal_domains
    return False


def _is_own(value: str, calendar_id: str | None) -> bool:
    """A secondary calendar has a rule for its own id, which is nobody's."""
    return value == calendar_id and value.endswith(_SECONDARY)


def _domain_of(address: str) -> str | None:
    match = _ADDRESS.fullmatch(address)
    return match[1].lower() if match else None


def exposed(
    before: Item | None, after: Item | None, calendar_id: str | None, internal_domains: Collection[str]
) -> Exposed:
    """Who can see it counts first, then what they may do."""
    was, is_now = (exposure_of(each, calendar_id, internal_domains) for each in (before, after))
    return Exposed(was, is_now, _shift((_RANKS[was], _role_rank(before)), (_RANKS[is_now], _role_rank(after))))


def _shift(before: tuple[int, int], after: tuple[int, int]) -> Shift:
    if after == before:
        return Shift.SAME
    return Shift.RAISED if after > before else Shift.LOWERED


def _role_rank(rule: Item | None) -> int:
    role = rule.get("role") if rule else "none"
    return _ROLE_RANKS.get(role, len(_ROLES)) if isinstance(role, str) else len(_ROLES)


def counted(rules: Iterable[Item], calendar_id: str | None, internal_domains: Collection[str]) -> Counts:
    """How many rules there are of each class; those that give nothing are in none."""
    found = Counter(exposure_of(each, calendar_id, internal_domains) for each in rules)
    return {each: found[each] for each in COUNTED}


@cache
def fingerprint(internal_domains: frozenset[str]) -> str:
    """Tells by which internal domains something was classified."""
    return hashlib.sha256(",".join(sorted(internal_domains)).encode()).hexdigest()[:16]
