"""`make pictures`: the console as it looks, from the running system, for the papers."""

import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

from tests.support import browser
from tests.support.browser import Browser
from tests.support.stack import Stack, until

_FOLDER = Path("infra/pictures")
_SETTINGS = {
    "CHANNEL_TTL_SECONDS": "20",
    "RENEW_AFTER_FRACTION": "0.5",
    "CONFIRM_SECONDS": "2",
    "SETTLE_SECONDS": "0.5",
    "BELIEVE_SECONDS": "1",
    "SUBJECT_DOMAINS": "example.com",
}
ALICE = "alice@example.com"
_DESK, _LONG, _PHONE = (900, 800), (900, 1500), (390, 844)


def main() -> str | None:
    if not browser.present():
        return "Pictures need chromium and chromedriver: apt-get install chromium chromium-driver"
    _FOLDER.mkdir(exist_ok=True)
    with Stack(_SETTINGS) as stack, tempfile.TemporaryDirectory() as home, browser.browser(Path(home)) as chromium:
        _take(chromium, f"{stack.watches.url}console#/", _lived(stack))
    return None


def _lived(stack: Stack) -> Any:
    """What a small deployment may look like; gives the watch that tells most."""
    alice = stack.google.person(ALICE)
    gone = alice.create_calendar("Gone")
    watches = [
        stack.api.open(resource="acl", calendarId=each, subject=ALICE, labels={"team": "security"})
        for each in (ALICE, gone)
    ]
    for resource in ("calendarList", "settings"):
        stack.api.open(resource=resource, subject=ALICE)
    stack.api.open(resource="events", calendarId=ALICE, subject=ALICE, labels={"team": "security"})
    alice.delete_calendar(gone)
    shared = (("bob@example.com", "reader"), ("bob@example.com", "writer"), ("carol@partner.example", "reader"))
    for number, (who, role) in enumerate(shared, start=2):
        alice.share(ALICE, who, role)
        until(partial(_tells, stack, watches[0], number), "the change is told")
    until(lambda: stack.api.show(watches[1]["id"])["state"] == "suspended", "the calendar is taken to be gone")
    until(lambda: len(stack.api.show(watches[0]["id"])["channels"]) > 1, "a channel is renewed")
    return watches[0]


def _tells(stack: Stack, watch: Any, number: int) -> bool:
    return bool(stack.api.show(watch["id"])["sequence"] >= number)


def _take(chromium: Browser, console: str, watch: Any) -> None:
    for name, address, scheme, size in (
        ("overview", "", "light", _DESK),
        ("overview-dark", "", "dark", _DESK),
        ("watch", f"watches/{watch['id']}", "light", _LONG),
        ("watch-phone", f"watches/{watch['id']}", "dark", _PHONE),
    ):
        chromium.size(*size)
        chromium.scheme(scheme)
        chromium.go("about:blank")
        chromium.go(f"{console}{address}")
        until(lambda: "Asking" not in chromium.text() and chromium.texts(".card"), "all of it is there")
        (_FOLDER / f"{name}.png").write_bytes(chromium.picture())
        sys.stdout.write(f"{_FOLDER / name}.png\n")


if __name__ == "__main__":
    sys.exit(main())
