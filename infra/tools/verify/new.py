"""Makes a test calendar that belongs to nobody but the service account, and lets a user read its rules."""

from infra.tools.clock import Clock
from infra.tools.google import Google
from infra.tools.verify.rules import CALENDARS, Rules, SharingError

SCOPES = ("https://www.googleapis.com/auth/calendar.calendars", "https://www.googleapis.com/auth/calendar.acls")
_READS_RULES = "writer"
"""The least role with which a calendar's rules can be read."""
_PAUSES = (1, 2, 4, 8, 16, 30)


def make_calendar(google: Google, reader: str, clock: Clock) -> str:
    """Return its id. Raises PlainError."""
    made = str(google.ask("POST", CALENDARS, {"summary": "Calendar Watch: make verify"})["id"])
    print(f"made {made}", flush=True)
    _let_in(Rules(google, made), reader, clock)
    return made


def _let_in(rules: Rules, reader: str, clock: Clock) -> None:
    """Google may not know for a minute whose a new calendar is."""
    for pause in _PAUSES:
        try:
            return rules.share(reader, _READS_RULES)
        except SharingError:
            clock.sleep(pause)
    return rules.share(reader, _READS_RULES)
