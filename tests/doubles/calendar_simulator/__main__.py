"""`python -m tests.doubles.calendar_simulator`: the simulated Google Calendar, on its own."""

import argparse
import json
import signal
import sys
from datetime import UTC, datetime
from random import Random
from threading import Event

from . import CalendarSimulator, Options, serve


def main() -> None:
    arguments = _arguments()
    options = Options(default_user=arguments.user).changed(json.loads(arguments.options))
    seeded = Random(arguments.seed)  # noqa: S311 - repeatable on purpose
    simulator = CalendarSimulator(lambda: datetime.now(UTC), random=seeded, options=options)
    done = Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: done.set())
    with serve(simulator, arguments.port, arguments.host) as server:
        roots = {"url": server.url, "apiRoot": f"{server.url}/calendar/v3", "admin": f"{server.url}/simulator/"}
        sys.stdout.write(json.dumps(roots) + "\n")
        sys.stdout.flush()
        done.wait()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.doubles.calendar_simulator", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (%(default)s)")
    parser.add_argument("--port", type=int, default=0, help="0, the default, picks a free one")
    parser.add_argument("--user", default=Options.default_user, help="who acts without a token (%(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="of calendar ids and message numbers")
    parser.add_argument("--options", default="{}", help="JSON of further options, as in PATCH /simulator/options")
    return parser.parse_args()


if __name__ == "__main__":
    main()
