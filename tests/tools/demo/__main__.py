"""`python -m tests.tools.demo`: exits with 1 if something it promises does not come true."""

import json
import sys
from collections.abc import Mapping
from contextlib import suppress

import requests

from tests.support.stack import WHOSE, ProcessError, RefusedError, Stack, best_pubsub

from .pace import of_this_machine, stretched
from .proof import UnprovenError
from .screen import Screen
from .story import SETTINGS, Story

_FAILURES = (ProcessError, RefusedError, TimeoutError, UnprovenError)


def main() -> int:
    screen = Screen(sys.stdout)
    pubsub = best_pubsub()
    screen.note("our three functions start here, with a simulated Google Calendar, a Firestore in memory")
    screen.note(f"and a Pub/Sub ({WHOSE[pubsub]}), from which all changes below are read")
    try:
        settings = stretched(SETTINGS, of_this_machine())
        with Stack(settings, pubsub=pubsub) as stack:
            _tell(stack, screen, settings)
    except _FAILURES as error:
        screen.failure(str(error))
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _tell(stack: Stack, screen: Screen, settings: Mapping[str, str]) -> None:
    screen.note(f"served at {', '.join(function.url for function in stack.functions)}")
    try:
        Story(stack, screen, settings).tell()
    except _FAILURES:
        screen.verbatim(stack.tails())
        with suppress(RefusedError, requests.RequestException):  # `watches` may be what failed
            screen.verbatim(json.dumps({"watches": stack.api.list(), "channels": stack.google.channels()}, indent=1))
        raise


if __name__ == "__main__":
    sys.exit(main())
