"""Sync and page tokens that are refused, run out, or say more than they know (Q01, Q40 to Q43, Q51)."""

import hashlib
import json

from .. import errors
from ..collection import Topic
from ..request import Request
from ..world import World

_DAY = 86_400
_DEAD_ENDS = 0.4
_LASTS, _LACKING = 0.5, (3_600, 14_400)
_ASIDE = frozenset({"syncToken", "pageToken", "maxResults", "fields", "alt", "prettyPrint", "quotaUser", "key"})


def binding(request: Request) -> str:
    """Name the user and the query, pages apart."""
    asked = {name: value for name, value in request.query.items() if name not in _ASIDE}
    text = json.dumps([request.user, asked], sort_keys=True)
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()[:8]


def check_sync(world: World, topic: Topic, token: str, made: int | None) -> None:
    """Refuse by chance, and then for good, or all that there are at once. `made` is None for a malformed one."""
    quirks, memory = world.quirks, world.memory
    if quirks.strikes("Q01"):
        memory.dead_tokens.add(token)
        if quirks.dice("Q01").random() < 0.2:
            memory.refused_before[topic] = world.next_revision()
    malformed = made is None and quirks.on("Q01")
    if malformed or token in memory.dead_tokens or (made or 0) < memory.refused_before.get(topic, 0):
        quirks.meet("Q01")
        raise errors.invalid_sync_token()


def check_age(world: World, topic: Topic, token: str, made: int) -> None:
    """Tokens that are not used for a week or more may run out, and all of a calendar do when its rules change."""
    days = 7 + 23 * world.quirks.lot("Q41", token)
    idle = world.quirks.on("Q41") and made < world.ago(round(days * _DAY))
    if idle or made < world.memory.expired_before.get(topic, 0):
        world.quirks.meet("Q41")
        raise errors.full_sync_required()


def check_binding(world: World, bound: str, request: Request) -> None:
    if world.quirks.on("Q42") and bound != binding(request):
        world.quirks.meet("Q42")
        raise errors.full_sync_required()


def rules_changed(world: World, calendar_id: str) -> None:
    if world.quirks.strikes("Q41"):
        world.memory.expired_before[world.events(calendar_id).topic] = world.next_revision()


def check_page(world: World, token: str, topic: Topic, since: int | None) -> None:
    """Refuse by chance, and then for good; and some sync tokens lead to no page token that is taken."""
    quirks, dead = world.quirks, world.memory.dead_tokens
    if quirks.strikes("Q43") and quirks.dice("Q43").random() < 0.3:
        dead.add(token)
    leads_nowhere = quirks.on("Q43") and since is not None and quirks.lot("Q43", f"{topic} {since}") < _DEAD_ENDS
    if token in dead or leads_nowhere:
        quirks.meet("Q43")
        raise errors.invalid_parameter("pageToken", "Invalid page token value.")


def start(world: World, topic: Topic, started: int) -> int:
    """Return what the next sync token starts from: for rules sometimes an older time than they bear themselves."""
    if topic.resource != "acl" or not world.quirks.strikes("Q51"):
        return started
    world.quirks.meet("Q51")
    return started - round(world.quirks.dice("Q51").uniform(0, _DAY) * 1_000_000)


def lacking(world: World, topic: Topic) -> bool:
    """Whether the last page comes without a sync token: once, or for hours whenever that collection is listed."""
    quirks, about = world.quirks, " ".join(topic)
    struck = quirks.strikes("Q40")
    if struck and quirks.dice("Q40").random() < _LASTS:
        quirks.begin_spell("Q40", about, world.now(), quirks.dice("Q40").uniform(*_LACKING))
    struck = struck or quirks.under_spell("Q40", about, world.now())
    if struck:
        quirks.meet("Q40")
    return struck
