"""The simulator's claims table, and which of its rows no claim here can show."""

from collections.abc import Mapping
from pathlib import Path

_README = Path(__file__).parent.parent / "doubles" / "calendar_simulator" / "README.md"
_OWN = "the simulator's own, or no behaviour at all"
_SECOND = "needs a second account"
_PAGE = "needs somebody at Google's own pages, and is no different for a program"
_RECEIVER = "needs a receiver that fails on purpose"
_SIZE = "needs thousands of events, or weeks"
_ADMIN = "needs an administrator of a domain, for whom no run signs"
_DANGER = "would delete what this run has not created, if it were false"

UNSHOWN: Mapping[str, str] = {
    "pages of 250 events": _SIZE,
    '… 403 `requiredAccessLevel` "You need to have writer access': _SECOND,
    "losing access is a tombstone in the increment": _SECOND,
    "a page token lives 30 days": _SIZE,
    '403 `requiredAccessLevel` "You need to have owner access': _SECOND,
    "403 `cannotDeletePrimaryCalendar`": _DANGER,
    "… plain http to loopback is accepted": _OWN,
    "400 `push.webhookUrlUnauthorized`": "depends on the host, by rules that nobody knows",
    "… decided by the ending of the id": _OWN,
    "other parameters of events.watch are overlooked": "which ones Google looks at is not told",
    "… also across users": _SECOND,
    "`sync` before the answer to watch": "an option: Google does either",
    "seeding events tells their channels once": _OWN,
    "messages go on when the channel's user has lost access": _SECOND,
    "200, 201, 202, 204, 102 are success": _RECEIVER,
    "the first wait is a second": _RECEIVER,
    "a receiver that cannot be reached": _RECEIVER,
    "redirects are not followed": _RECEIVER,
    "certificates have to be valid": _RECEIVER,
    "only the user who opened a channel stops it": _SECOND,
    "… 400 for instances and what is not of type": "a series may be moved, and the simulator does not",
    "a transfer: another `dataOwner`": _SECOND,
    "**Q33**": "always so here; the switch counts it only",
    "… stopping somebody else's channel": _SECOND,
    "… and for `watch`": "no claim writes enough to become read-only",
    "… also for others who address": _SECOND,
    "… 401 with an old token, 404 for others": _SECOND,
    "… another account under the same address": _SECOND,
    "`users.list`: exactly one of": _ADMIN,
    "… both or neither: 400": _ADMIN,
    "a page token of the Directory": _ADMIN,
    "… then, and with another query": _ADMIN,
    "suspended and archived users": _ADMIN,
    "whoever is no administrator": _ADMIN,
    "a domain of another account": _ADMIN,
    "`users.get` by id": _ADMIN,
    "a new address keeps the id": _ADMIN,
}


def rows() -> list[str]:
    """Return what each row says, in their order."""
    _, _, table = _README.read_text(encoding="utf-8").partition("## Claims\n")
    lines = [line for line in table.splitlines() if line.startswith("| ")]
    return [line[2:].partition(" | ")[0] for line in lines[2:]]


def meant_by(beginning: str) -> list[str]:
    return [row for row in rows() if row.startswith(beginning)]
