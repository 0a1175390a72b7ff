"""What `make enrol` is told."""

import argparse
import re
from collections.abc import Callable

from infra.tools.enrol.order import OF_A_CALENDAR, RESOURCES
from infra.tools.service import PlainError, is_loopback

_LABEL = re.compile(r"([a-z][a-z0-9_-]{0,62})=(.{0,256})")


def arguments() -> argparse.Namespace:
    """Raises PlainError for what does not go together."""
    given = _parser().parse_args()
    _check(given)
    return given


def _check(given: argparse.Namespace) -> None:
    if bool(given.domain) == bool(given.file):
        raise PlainError("say whom to enrol: ADMIN=admin@example.com DOMAIN=example.com, or FILE=users.txt")
    if given.domain and not given.admin:
        raise PlainError("say for which administrator the Directory is to be read: ADMIN=admin@example.com")
    if given.leavers and not given.domain:
        raise PlainError("who left is known by the Directory alone: LEAVERS goes with ADMIN and DOMAIN")
    if given.follow and "calendarList" not in given.resources:
        raise PlainError("follow goes with calendarList: --resources calendarList, or --follow ''")
    if given.google and not is_loopback(given.google):
        raise PlainError("--google is for rehearsals on this machine: http://127.0.0.1:…")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make enrol", description="Have the users of a domain watched.")
    parser.add_argument("watches", help="where it is: the output watches_url")
    parser.add_argument("--domain", type=str.lower, help="whose users, as the Directory lists them")
    parser.add_argument("--admin", help="an administrator of the domain who may read users")
    parser.add_argument("--account", help="the service account that signs for the administrator; else Terraform's")
    parser.add_argument("--file", help="instead: a file of addresses, one a line, with # before a comment")
    listed = "comma-separated; {} (%(default)s)"
    parser.add_argument(
        "--resources", type=_some(RESOURCES), default="calendarList", help=listed.format("of each user")
    )
    parser.add_argument(
        "--follow", type=_some(OF_A_CALENDAR), default="acl,events", help=listed.format("of each calendar a user owns")
    )
    parser.add_argument(
        "--label", type=_label, action="append", default=[], help="key=value, may be given several times"
    )
    parser.add_argument("--dry-run", action="store_true", help="only say what would be done, and how long it takes")
    _quantities(parser)
    return parser


def _quantities(parser: argparse.ArgumentParser) -> None:
    pace = "CALENDAR_CALLS_PER_MINUTE of watches (%(default)s, Terraform's share of one instance)"
    parser.add_argument("--calls-per-minute", type=_positive(int), default=1500, help=pace)
    parser.add_argument(
        "--calendars", type=_positive(float), default=1.0, help="that a user owns on the average (%(default)s)"
    )
    parser.add_argument("--leavers", choices=("show", "end"), help="what to do about the watches of who left")
    parser.add_argument(
        "--at-most",
        type=_positive(float),
        default=5.0,
        help="percent of the enrolled that may have left, rounded up (%(default)s)",
    )
    parser.add_argument("--google", help="where Google is, for rehearsals: the simulator's address")


def _some(known: tuple[str, ...]) -> Callable[[str], tuple[str, ...]]:
    def some(text: str) -> tuple[str, ...]:
        named = tuple(each for each in text.split(",") if each)
        if not set(named) <= set(known):
            raise argparse.ArgumentTypeError(f"{text!r} is not some of {', '.join(known)}")
        return named

    return some


def _label(text: str) -> tuple[str, str]:
    match = _LABEL.fullmatch(text)
    if not match:
        raise argparse.ArgumentTypeError(f"{text!r} is no label, such as team=security")
    return match[1], match[2]


def _positive(kind: type[float]) -> Callable[[str], float]:
    def positive(text: str) -> float:
        try:
            number = kind(text)
        except ValueError:
            number = 0
        if not 0 < number < 1_000_000_000:  # noqa: PLR2004 (what no float beyond reason passes)
            raise argparse.ArgumentTypeError(f"{text!r} is no number above 0")
        return number

    return positive
