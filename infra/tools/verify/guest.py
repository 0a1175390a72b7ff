"""With whom the test calendar is shared for a moment: somebody who can see nothing of it before or after."""

import re
import secrets

from infra.tools.service import PlainError
from infra.tools.verify.rules import Rules

_NOBODY = re.compile(r"calendar-watch-verify-[0-9a-f]{8}@.+")


def named(guest: str, rules: Rules) -> str:
    """Raises PlainError for who can see the calendar already: to share it would change nothing, or take that away."""
    if guest in rules.users():
        raise PlainError(f"{guest} can see the calendar already: name somebody who cannot, or leave GUEST out")
    return guest


def nobody(subject: str, rules: Rules) -> str:
    """An address of the subject's own domain that nobody has, another each time: no rule that is there is touched.

    What runs before this one, killed in the middle, have left behind goes.
    """
    for user in filter(_NOBODY.fullmatch, rules.users()):
        rules.unshare(user)
    return f"calendar-watch-verify-{secrets.token_hex(4)}@{subject.rpartition('@')[2]}"
