"""`make dev`: the whole system runs until Ctrl-C, at a speed that people can follow."""

import argparse
import itertools
import signal
import socket
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from threading import Event

from tests.support.loopback import free_ports
from tests.support.stack import ProcessError, Repeated, Stack
from tests.support.stack.listener import Listener
from tests.tools.dev.guide import guide
from tests.tools.dev.logs import Logs

_SETTINGS = {
    "AUTH_MODE": "token_service",
    "SUBJECT_DOMAINS": "example.com",
    "CHANNEL_TTL_SECONDS": "120",
    "RENEW_AFTER_FRACTION": "0.5",
    "CONFIRM_SECONDS": "10",
    "SETTLE_SECONDS": "2",
    "SAFETY_SYNC_SECONDS": "30",
    "BRAKE_SECONDS": "5",
    "PROBE_SECONDS": "60",
    "BELIEVE_SECONDS": "30",
}
_GATHERED_EVERY = 0.2
_FAREWELL = 5.0
_WITH_BASELINE = ("acl", "calendarList", "settings")
_PORTS = 7
_ANOTHER = f"give another: `make dev PORT=9000` takes 9000 to {8999 + _PORTS}"


def main() -> str | None:
    arguments = _parser().parse_args()
    if taken := [each for each in range(arguments.port, arguments.port + _PORTS) if arguments.port and _is_taken(each)]:
        return f"make dev: on this machine, port {taken[0]} is taken; {_ANOTHER}"
    told = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: told.set())
    try:
        with ExitStack() as running:
            stack = _start(running, arguments.port, arguments.state, arguments.baseline)
            told.wait()
            stack.renew.end(_FAREWELL)  # else a watch at hand would wait, the next time, until its lease is over
    except ProcessError as error:
        return f"make dev: {error}"
    return None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.tools.dev", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="of watches; the others take those that follow (free ones)")
    parser.add_argument("--state", type=_folder, help="a folder that keeps calendars, watches and changes (none)")
    told = "resources whose baseline is told in the stream: acl,settings"
    parser.add_argument("--baseline", type=_resources, default="", help=told)
    return parser


def _folder(text: str) -> Path:
    """Made where there is none; and something can be kept in it."""
    try:
        Path(text).mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=text).close()
    except OSError as error:
        raise argparse.ArgumentTypeError(f"nothing can be kept in {text!r}: {error.strerror}; name another") from error
    return Path(text)


def _resources(text: str) -> str:
    if text and not {*text.split(",")} <= {*_WITH_BASELINE}:
        raise argparse.ArgumentTypeError(f"{text!r}: name some of {', '.join(_WITH_BASELINE)}, comma separated")
    return text


def _is_taken(port: int) -> bool:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return True
    return False


def _start(running: ExitStack, port: int, state: Path | None, baseline: str) -> Stack:
    """Project and key are always the same: what is kept must be understood the next time."""
    ports = itertools.count(port) if port else free_ports()
    stack = Stack({**_SETTINGS, "BASELINE_IN_STREAM": baseline})
    stack.ports, stack.state = ports, state and state.absolute()
    stack.project, stack.signing_key = "dev", 64 * "0"
    running.enter_context(stack)
    metadata = running.enter_context(Listener("tests.doubles.local_metadata", next(ports), stack.logs).running())
    stack.google.admin("PATCH", "options", {"token_domains": ["example.com"]})
    logs = Logs(stack.logs)
    running.enter_context(Repeated(logs.gather, _GATHERED_EVERY))
    sys.stdout.write(guide(stack, metadata.host, str(logs.all), sys.executable))
    sys.stdout.flush()
    return stack


if __name__ == "__main__":
    sys.exit(main())
