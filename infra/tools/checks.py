"""Does a deployment work? What `POST /checks` answers, as a table.

    make checks WATCHES=https://… SUBJECT=alice@example.com CALENDAR=team@example.com

Ends with 0 when all is well, with 1 when something is not, with 2 when it could not ask.
"""

import argparse
import shutil
import textwrap
from collections.abc import Iterator
from typing import Any

from infra.tools.service import Watches, connect, run

_LEAST_WIDTH = 60
_IN_JSON, _WITH_MAKE = '{"subject": "alice@example.com"}', "SUBJECT=alice@example.com"
"""How a user is named to the API, and to make."""


def checks(watches: Watches, subject: str | None, calendar: str | None) -> int:
    asked = {"subject": subject, "calendarId": calendar}
    answer = watches.ask("POST", "/checks", {name: value for name, value in asked.items() if value})
    print("\n".join(table(answer["checks"], shutil.get_terminal_size((100, 1)).columns)))
    return 0 if answer["ok"] else 1


def table(found: list[dict[str, Any]], columns: int) -> Iterator[str]:
    """A line for each check, and below what is not well what to do about it."""
    longest = max(len(each["check"]) for each in found)
    width = max(columns, _LEAST_WIDTH)
    for each in found:
        head = f"{'ok' if each['ok'] else 'NOT OK':8}{each['check']:{longest}}  "
        yield from textwrap.wrap(head + each["detail"], width, subsequent_indent=" " * len(head))
        if each["remedy"]:
            margin = " " * len(head)
            remedy = each["remedy"].replace(_IN_JSON, _WITH_MAKE)
            yield from textwrap.wrap(f"→ {remedy}", width, initial_indent=margin, subsequent_indent=margin)


def main() -> int:
    parser = argparse.ArgumentParser(prog="make checks", description="Does a deployment work?")
    parser.add_argument("watches", help="where it is: the output watches_url")
    parser.add_argument("--subject", help="for whom signing, tokens and Calendar are tried")
    parser.add_argument("--calendar", help="whose collections are read; without it, the subject's own")
    given = parser.parse_args()
    return checks(connect(given.watches), given.subject, given.calendar)


if __name__ == "__main__":
    run(main)
