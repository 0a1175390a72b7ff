"""`python -m calendar_simulator`: the simulated Google Calendar, on its own."""

import argparse
import errno
import json
import signal
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from threading import Event
from typing import Any

from . import CalendarSimulator, Options, serve
from .journal import Journal
from .quirks import CHANCES


def main() -> None:
    parser = _parser()
    arguments = parser.parse_args()
    users = arguments.user or [Options.default_user]
    try:
        options = _options(arguments, users[0])
    except (ValueError, TypeError) as error:
        parser.error(str(error))
    seeded = Random(arguments.seed)  # noqa: S311 - repeatable on purpose
    journal = Journal(arguments.journal) if arguments.journal else None
    clock = journal.clock if journal else lambda: datetime.now(UTC)
    simulator = CalendarSimulator(clock, random=seeded, options=options, users=users)
    if journal:
        journal.do_again(simulator)
    try:
        _run(simulator, journal, arguments.port, arguments.host)
    except OSError as error:
        parser.error(_unheard(error, arguments.host, arguments.port))


def _run(simulator: CalendarSimulator, journal: Journal | None, port: int, host: str) -> None:
    done = Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: done.set())
    with serve(simulator, port, host, journal) as server:
        roots = {"url": server.url, "apiRoot": f"{server.url}/calendar/v3", "admin": f"{server.url}/simulator/"}
        sys.stdout.write(json.dumps(roots) + "\n")
        sys.stdout.flush()
        done.wait()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"python -m {__package__}", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (%(default)s)")
    parser.add_argument("--port", type=_port, default=0, help="0, the default, picks a free one")
    people = f"has a calendar from the start, may be given several times; the first ({Options.default_user}) acts "
    parser.add_argument("--user", action="append", help=people + "without a token")
    parser.add_argument("--seed", type=int, default=0, help="of calendar ids and message numbers")
    parser.add_argument(
        "--journal", type=Path, help="a file that keeps what was done, and has it done again at a start"
    )
    parser.add_argument("--options", default="{}", help="JSON of further options, as in PATCH /simulator/options")
    quirks = "departures from Google's documentation, as often as the catalogue says or as told: all, Q02, Q02=0.5"
    parser.add_argument("--quirks", nargs="*", default=[], help=quirks)
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65_535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; a port is a number from 0 to 65535")
    return int(text)


def _options(arguments: argparse.Namespace, default_user: str) -> Options:
    """Raise ValueError or TypeError with words for whoever gave them."""
    given = _json(arguments.options)
    options = Options(default_user, quirk_seed=str(arguments.seed)).changed(given)
    return options.changed({"quirks": {**_quirks(arguments.quirks), **options.quirks}})


def _json(text: str) -> dict[str, Any]:
    try:
        given = json.loads(text)
    except ValueError as error:
        raise ValueError(f'--options is not JSON: {error}; for example: \'{{"sync": "before"}}\'') from None
    if not isinstance(given, dict):
        raise TypeError('--options is no JSON object; for example: \'{"sync": "before"}\'')
    return given


def _quirks(named: Sequence[str]) -> dict[str, float]:
    """`Q02` strikes as often as the catalogue says, `Q02=0.5` as told; `all` is every one."""
    chances: dict[str, float] = {}
    for each in named:
        number, _, chance = each.partition("=")
        chances |= dict(CHANCES) if number == "all" else {number: _chance(each, chance or CHANCES.get(number, 1))}
    return chances


def _chance(named: str, chance: str | float) -> float:
    try:
        return float(chance)
    except ValueError:
        raise ValueError(f"--quirks {named}: how often it strikes is a number from 0 to 1, as in Q02=0.5") from None


def _unheard(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} of {host} is in use; name another, or leave --port out for a free one"
    if error.errno == errno.EACCES:
        return f"port {port} is not open to you; take one above 1023, or leave --port out for a free one"
    return f"cannot listen on {host}, port {port}: {error.strerror}; --host is an address of this machine"


if __name__ == "__main__":
    main()
