"""Does what was just deployed work? `make verify`, after each apply.

    make verify WATCHES=https://… SUBJECT=alice@example.com                     as make checks
    make verify WATCHES=https://… SUBJECT=alice@example.com CALENDAR=c_…        and one real change, end to end
    make verify WATCHES=https://… SUBJECT=alice@example.com CALENDAR=new        first, once: makes a test calendar

The calendar's rules are watched; it is shared with an address that nobody has, which must be told, and unshared again,
which must be told too; what was made for it goes, whatever went wrong. Ends with 0 when all is well, with 1 when
something is not, with 2 when it could not ask or not share.
"""

import time
from argparse import Namespace
from collections.abc import Sequence

from infra.tools.checks import checks
from infra.tools.clock import Clock
from infra.tools.google import Google, Hosts, service_account, token_of
from infra.tools.service import PlainError, Watches, connect, run
from infra.tools.verify import guest, new
from infra.tools.verify.arguments import NEW, arguments
from infra.tools.verify.proof import Proof
from infra.tools.verify.rules import SCOPE, Rules, SharingError
from infra.tools.verify.steps import Steps

_CLOCK = Clock(time.monotonic, time.sleep)
_ADVICE = """
Google's own messages are late now and then: run this again before you believe it. If it worked before the last apply,
roll back (infra/README.md, Rolling back):
  for good       git revert the commit, and apply
  at once        for each of calendar-watch-watches, calendar-watch-notifications, calendar-watch-renew:
                 gcloud run revisions list --service=NAME --region=REGION
                 gcloud run services update-traffic NAME --region=REGION --to-revisions=THE_ONE_BEFORE=100"""


def main() -> int:
    given = arguments()
    if given.calendar == NEW:
        return _make(given)
    return _verify(connect(given.watches), given)


def _make(given: Namespace) -> int:
    made = new.make_calendar(_google(given, new.SCOPES), given.subject, _CLOCK)
    print(f"{given.subject} can read its rules. From now on: CALENDAR={made}")
    return 0


def _verify(watches: Watches, given: Namespace) -> int:
    status = checks(watches, given.subject, given.calendar)
    if not given.calendar:
        print("no change was tried: name a test calendar, CALENDAR=…")
    elif status == 0:
        status = _proved(watches, given)
    if status:
        print(_ADVICE)
    return status


def _proved(watches: Watches, given: Namespace) -> int:
    """Raises PlainError where nothing could be tried."""
    rules = Rules(_google(given, [SCOPE]), given.calendar)
    whom = guest.named(given.guest, rules) if given.guest else guest.nobody(given.subject, rules)
    try:
        Proof(watches, rules, Steps(_CLOCK, given.within), given.calendar, given.subject).prove(whom)
    except SharingError:
        raise
    except PlainError:
        return 1  # the step has said why
    return 0


def _google(given: Namespace, scopes: Sequence[str]) -> Google:
    hosts = Hosts.at(given.google)
    account = given.account or service_account(hosts, "verifier")
    told = f"Does {account} manage the sharing of the test calendar? CALENDAR=new makes one of its own"
    return Google(hosts.calendar, token_of(hosts, account, scopes), told)


if __name__ == "__main__":
    run(main)
