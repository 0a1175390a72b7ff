"""Have the users of a domain watched: `make enrol`.

    make enrol WATCHES=https://… ADMIN=admin@example.com DOMAIN=example.com      whom the Directory lists
    make enrol WATCHES=https://… FILE=users.txt                                  an address a line

DRY_RUN=1 only says what would be done. What is there already is not asked for again, so whatever interrupts it: the
same command goes on. LEAVERS=show tells the watches of who left the domain, LEAVERS=end ends them. The exit status is 1
where somebody was refused, and 2 where it could not ask, or too many seem to have left.
"""

import time
from argparse import Namespace
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from infra.tools.clock import Clock
from infra.tools.enrol.arguments import arguments
from infra.tools.enrol.directory import Directory, directory
from infra.tools.enrol.enrolment import enrol
from infra.tools.enrol.forecast import Pace
from infra.tools.enrol.leavers import of_leavers
from infra.tools.enrol.order import LABEL, Order, Request
from infra.tools.enrol.refused import UNWELL, Refused, of_google, table
from infra.tools.enrol.users import Users, in_words, of_file
from infra.tools.google import Hosts, service_account
from infra.tools.quantity import quantity
from infra.tools.service import GOES_ON, Watches, connect, run

UNASKED = "nobody was asked for, so it is not known who would be refused"


def main() -> int:
    given = arguments()
    reconnect = partial(connect, given.watches)
    reconnect()  # whoever is not let in knows before the Directory is asked
    users = _directory(given).users() if given.domain else of_file(Path(given.file))
    refused = _enrolled(reconnect, users, given)
    unasked = given.dry_run and not refused
    print(UNASKED if unasked else "\n".join(table(refused)))
    if given.leavers:
        _leave(reconnect(), users, given)
    return 1 if refused else 0


def _enrolled(reconnect: Callable[[], Watches], users: Users, given: Namespace) -> list[Refused]:
    order = Order(given.resources, given.follow, {**dict(given.label), LABEL: users.source})
    watches, pace = reconnect(), Pace(given.calls_per_minute, given.calendars)
    missing = order.missing(users.active, (each for name in order.resources for each in watches.every(resource=name)))
    _foretell(users, missing, pace)
    refused = [] if given.dry_run else [*enrol(reconnect, missing, pace, Clock(time.monotonic, time.sleep))]
    asked = {*users.active}
    unwell = (each for each in reconnect().every(state=UNWELL) if LABEL in each["labels"] and each["subject"] in asked)
    by_google, untried = of_google(unwell)
    if untried:
        print(quantity(untried, "is", "are"), "still to be opened: ask again later whether Google refuses any")
    return [*refused, *by_google]


def _foretell(users: Users, missing: Sequence[Request], pace: Pace) -> None:
    print("\n".join(in_words(users)))
    asked = quantity(len(missing), "watch", "watches")
    print(f"{asked} to ask for: {pace.forecast(missing)}" if missing else "all are enrolled")


def _leave(watches: Watches, users: Users, given: Namespace) -> None:
    """The Directory is asked with a new token: enrolling may have taken hours."""
    leaving = of_leavers(watches, users, _directory(given), given.at_most)
    for each in leaving:
        print(f"{each.subject}  {each.resource}  {each.id}")
    ends = given.leavers == "end" and not given.dry_run
    if ends:
        watches.end(each.id for each in leaving)
    done = "ended" if ends else "to be ended: LEAVERS=end does it"
    left = quantity(len(leaving), "watch", "watches")
    print(f"{left} of who left {done}" if leaving else "nobody has left")


def _directory(given: Namespace) -> Directory:
    hosts = Hosts.at(given.google)
    account = given.account or service_account(hosts, "calendar")
    return directory(hosts, account, given.admin, given.domain, time.time())


if __name__ == "__main__":
    run(main, GOES_ON)
