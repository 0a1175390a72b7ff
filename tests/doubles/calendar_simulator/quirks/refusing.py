"""Calls that Google was seen to refuse for no good reason: one call, or all about something for a while."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from .. import access
from ..call import Answer
from ..revisions import micros
from ..world import World
from . import bodies

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
_MICROS = 1_000_000
Span = tuple[int, int]


@dataclass(frozen=True)
class Asked:
    """What a call is about. `method` is as in the discovery document, or `iam.signJwt`, or `oauth2.token`."""

    world: World
    method: str
    user: str
    calendar: str | None = None

    @property
    def resource(self) -> str:
        return self.method.split(".")[1]

    @property
    def domain(self) -> str:
        return self.user.partition("@")[2]

    @property
    def newborn(self) -> bool:
        """Whether the calendar was made, or this user let in, less than a minute ago."""
        if self.calendar in (None, self.user):
            return False
        recent = micros(self.world.now()) - _MINUTE * _MICROS
        return any(rule.revision > recent for rule in access.rules_for(self.world, self.calendar or "", self.user))


def _calendar(asked: Asked) -> bool:
    """Stopping is left alone: who is told that a channel does not exist can do nothing about it if it does."""
    return asked.method.startswith("calendar.") and not asked.method.endswith(".stop")


def _listed(asked: Asked) -> bool:
    """Single items are left alone, too, where 404 would be a lie about just that item; it was never seen for one."""
    return _calendar(asked) and not asked.method.endswith(".get")


def _newborn(asked: Asked) -> bool:
    return _listed(asked) and asked.resource in ("acl", "events") and asked.newborn


def _newborn_item(asked: Asked) -> bool:
    return asked.method in ("calendar.acl.get", "calendar.events.get") and asked.newborn


def _written(asked: Asked) -> bool:
    return _listed(asked) and not asked.method.endswith(".list")


def _watched(asked: Asked) -> bool:
    return asked.method.endswith(".watch")


def _calendar_watched(asked: Asked) -> bool:
    return _watched(asked) and asked.calendar is not None


def _signed(asked: Asked) -> bool:
    return asked.method.startswith("iam.")


def _granted(asked: Asked) -> bool:
    return asked.method == "oauth2.token"


def _somebody_elses(asked: Asked) -> bool:
    return _calendar(asked) and asked.calendar != asked.user and bool(_people(asked)[1:])


def _user(asked: Asked) -> tuple[str, ...]:
    return (asked.user,)


def _place(asked: Asked) -> tuple[str, ...]:
    return (asked.calendar or asked.user,)


def _place_or_kind(asked: Asked) -> tuple[str, ...]:
    return (*_place(asked), asked.resource)


def _people(asked: Asked) -> tuple[str, ...]:
    """Return whoever is addressed: the user, and the person whose main calendar it is."""
    named = asked.calendar or asked.user
    return (asked.user,) if named.endswith(".calendar.google.com") or named == asked.user else (asked.user, named)


def _owner(asked: Asked) -> tuple[str, ...]:
    return _people(asked)[1:]


def _domain(asked: Asked) -> tuple[str, ...]:
    return (asked.domain,)


def _spreading(asked: Asked) -> tuple[str, ...]:
    return (f"grant {asked.domain}",)


def _always(_left: float) -> float:
    return 1.0


def _every_other(_left: float) -> float:
    return 0.5


def _falling(left: float) -> float:
    return left


def _only(what: str) -> Callable[[Asked], tuple[str, ...]]:
    return lambda _: (what,)


@dataclass(frozen=True)
class Trouble:
    number: str
    concerns: Callable[[Asked], bool]
    answers: tuple[Answer, ...]
    #: what a spell may be about; `Switches.begin_spell` takes the same
    about: Callable[[Asked], tuple[str, ...]] = _user
    #: how many of its strikes begin a spell; all others are over with the call
    spells: float = 0.0
    seconds: Span = (0, 0)
    #: how much is refused during a spell, by how much of it is left
    within: Callable[[float], float] = _always
    #: how many chances it has on each occasion; tokens are asked for much more rarely than calendars
    chances: int = 1


TROUBLES: Final = (
    Trouble("Q60", _calendar, (bodies.NO_CALENDAR_USER,), _people, 1, (10 * _MINUTE, _HOUR)),
    Trouble("Q61", _calendar, (bodies.NOT_AUTHORIZED,), _user, 1, (10 * _MINUTE, _HOUR)),
    Trouble("Q61", _somebody_elses, (bodies.NOT_FOUND,), _owner, 1, (10 * _MINUTE, _HOUR)),
    Trouble("Q61", _granted, bodies.ACCOUNT_GONE, _user, 1, (10 * _MINUTE, _HOUR)),
    Trouble("Q19", _calendar, (bodies.NOT_AUTHORIZED,), _user, 1, (10 * _MINUTE, _HOUR)),
    Trouble("Q10", _listed, (bodies.NOT_FOUND,), _place_or_kind, 0.5, (10 * _MINUTE, 10 * _MINUTE)),
    Trouble("Q11", _newborn, (bodies.NO_OWNER, bodies.NOT_FOUND)),
    Trouble("Q11", _newborn_item, (bodies.NO_OWNER,)),
    Trouble("Q12", _calendar, (bodies.INVALID_TOKEN,), _user, 0.3, (_MINUTE, 5 * _MINUTE)),
    Trouble("Q15", _calendar, (bodies.NOT_CONFIGURED,), _only("calendar"), 1, (7 * _MINUTE,) * 2, _every_other),
    Trouble("Q15", _signed, (bodies.SIGN_DENIED,), _only("iam"), 1, (7 * _MINUTE,) * 2, _every_other, chances=20),
    Trouble("Q15", _signed, (bodies.SIGN_DENIED,), _only("iam, always"), 1, (5 * _MINUTE, _HOUR), chances=20),
    Trouble("Q16", _calendar, bodies.UNLISTED),
    Trouble(
        "Q17",
        _calendar_watched,
        (bodies.NOT_FOUND, bodies.FORBIDDEN, bodies.PUSH_NOT_SUPPORTED),
        _place,
        1,
        (7 * _DAY, 30 * _DAY),
    ),
    Trouble("Q45", _calendar, bodies.USAGE_LIMITS, _user, 0.3, (_MINUTE // 2, 2 * _MINUTE)),
    Trouble("Q46", _written, (bodies.READ_ONLY,), _user, 1, (2 * _HOUR, 24 * _HOUR)),
    Trouble("Q47", _calendar, (bodies.BACKEND_ERROR, bodies.BAD_GATEWAY, bodies.INTERNAL_ERROR)),
    Trouble("Q47", _calendar, (bodies.INTERNAL_ERROR,), _place, 0.1, (_HOUR // 2, 2 * _HOUR)),
    Trouble("Q48", _watched, (bodies.TOO_MANY_CHANNELS,), _user, 0.5, (10 * _MINUTE, 2 * _HOUR)),
    Trouble("Q63", _signed, (bodies.BAD_GATEWAY,), _only("iam"), 0.3, (5 * _MINUTE, _HOUR)),
    Trouble("Q63", _granted, (bodies.BAD_GATEWAY,), _only("token"), 0.3, (5 * _MINUTE, _HOUR)),
    Trouble("Q13", _granted, (bodies.NOT_DELEGATED,), _domain, 1, (5 * _MINUTE, _HOUR)),
    Trouble("Q13", _granted, (bodies.NOT_DELEGATED,), _spreading, 1, (_HOUR, 24 * _HOUR), _falling),
    Trouble("Q14", _granted, (bodies.BAD_REQUEST,)),
    Trouble("Q62", _granted, bodies.PASSING),
    Trouble("Q62", _granted, bodies.LASTING, _user, 1, (10 * _MINUTE, _HOUR)),
)


def answer(asked: Asked) -> Answer | None:
    """Return what the call gets instead of an answer."""
    if asked.world.quirks.quiet:
        return None
    for trouble in TROUBLES:
        if trouble.concerns(asked) and (refused := _refused(trouble, asked)):
            asked.world.quirks.reached[trouble.number] += 1
            return refused
    return None


def _refused(trouble: Trouble, asked: Asked) -> Answer | None:
    quirks, now = asked.world.quirks, asked.world.now()
    for about in (*trouble.about(asked), ""):
        left = quirks.spell_left(trouble.number, about, now)
        if left and quirks.dice(trouble.number).random() < trouble.within(left):
            return _lasting(trouble, asked, about)
    struck = any(quirks.strikes(trouble.number) for _ in range(trouble.chances))
    return _struck(trouble, asked) if struck else None


def _struck(trouble: Trouble, asked: Asked) -> Answer:
    quirks = asked.world.quirks
    dice = quirks.dice(trouble.number)
    if dice.random() >= trouble.spells:
        return dice.choice(trouble.answers)
    about, seconds = dice.choice(trouble.about(asked)), dice.uniform(*trouble.seconds)
    quirks.begin_spell(trouble.number, about, asked.world.now(), seconds)
    return _lasting(trouble, asked, about)


def _lasting(trouble: Trouble, asked: Asked, about: str) -> Answer:
    """Return the same as long as a spell lasts."""
    return trouble.answers[int(asked.world.quirks.lot(trouble.number, about) * len(trouble.answers))]
