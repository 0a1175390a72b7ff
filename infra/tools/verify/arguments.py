"""What `make verify` is told."""

import argparse
import re

from infra.tools.service import PlainError, is_loopback

NEW = "new"
_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_LONGEST = 3_600


def arguments() -> argparse.Namespace:
    """Raises PlainError for what does not go together."""
    given = _parser().parse_args()
    if given.calendar == NEW and not given.subject:
        raise PlainError("say who is to read the new calendar: SUBJECT=alice@example.com")
    if given.calendar and not (given.subject or given.guest):
        raise PlainError("say for whom it is watched, SUBJECT=alice@example.com, or with whom to share it, GUEST=…")
    if given.google and not is_loopback(given.google):
        raise PlainError("--google is for rehearsals on this machine: http://127.0.0.1:…")
    return given


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make verify", description="Does what was just deployed work?")
    parser.add_argument("watches", help="where it is: the output watches_url")
    parser.add_argument("--subject", type=_address, help="for whom is checked and watched")
    parser.add_argument("--calendar", help=f"the test calendar, which is shared and unshared; {NEW!r} makes one")
    parser.add_argument("--account", help="the service account that manages its sharing; else Terraform's")
    parser.add_argument("--guest", type=_address, help="with whom it is shared; else an address that nobody has")
    parser.add_argument("--within", type=_seconds, default=120, help="seconds for each step (%(default)s)")
    parser.add_argument("--google", help="where Google is, for rehearsals: the simulator's address")
    return parser


def _address(text: str) -> str:
    if not _ADDRESS.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no e-mail address")
    return text.lower()


def _seconds(text: str) -> float:
    if not text.isdecimal() or not 0 < int(text) <= _LONGEST:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds from 1 to {_LONGEST}")
    return float(text)
