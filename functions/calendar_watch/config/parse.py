"""How the text of one environment variable becomes a value, or a problem that says how to mend it."""

import ipaddress
import math
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import field
from typing import Any, TypeVar

from calendar_watch.model.resources import RESOURCES, WHOLE_RESOURCES

_T = TypeVar("_T")

TEN_YEARS = 10 * 365 * 86400  # far longer would overflow a date
_SPREAD = 0.1  # renewals fall within this much before RENEW_AFTER_FRACTION
_LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))

# Narrower than a URL may be, so that nobody after us takes another host from it than we did.
_URL = re.compile(r'(https?)://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?(?:[/?][!"$-~]*)?')


# Whatever reads a variable returns its value, or raises ValueError with the rest of a sentence that begins with the
# name. An unset variable without a default is read as an empty text.


def _checked(read: Callable[[str], _T], accept: Callable[[_T], object], problem: str) -> Callable[[str], _T]:
    def parse(text: str) -> _T:
        with suppress(ValueError):
            value = read(text)
            if accept(value):
                return value
        raise ValueError(problem)

    return parse


def _matching(pattern: str, problem: str) -> Callable[[str], str]:
    return _checked(str, re.compile(pattern).fullmatch, problem)


def number(low: float, high: float) -> Callable[[str], float]:
    return _checked(float, lambda value: low <= value <= high, f"must be a number from {low} to {high}")


def positive(high: float) -> Callable[[str], float]:
    return _checked(float, lambda value: 0 < value <= high, f"must be a number above 0 and at most {high}")


def whole(low: int, high: int) -> Callable[[str], int]:
    return _checked(int, lambda value: low <= value <= high, f"must be a whole number from {low} to {high}")


def one_of(*names: str) -> Callable[[str], str]:
    return _checked(str, names.__contains__, f"must be one of {', '.join(names)}")


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _set(text: str) -> frozenset[str]:
    return frozenset(_list(text))


def _lower_case_set(text: str) -> frozenset[str]:
    return _set(text.lower())


def _are_keys(keys: tuple[str, ...]) -> bool:
    return bool(keys) and all(len(key) >= 32 and key.isprintable() for key in keys)  # noqa: PLR2004 - the contract's


def _are_resources(names: frozenset[str]) -> bool:
    return bool(names) and names <= RESOURCES.keys()


def _are_whole_resources(names: frozenset[str]) -> bool:
    return names <= WHOLE_RESOURCES


def _are_domains(names: frozenset[str]) -> bool:
    return all(re.fullmatch(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?", name) for name in names)


seconds = positive(TEN_YEARS)
fraction = _checked(float, lambda value: _SPREAD < value < 1, f"must be a number above {_SPREAD} and below 1")
project = _matching(r"[A-Za-z0-9_.:-]+", "must be the id of your Google Cloud project")
database = _matching(r"\(default\)|[a-z][a-z0-9-]*", "must be the id of a Firestore database in that project")
account = _matching(r"(?:[A-Za-z0-9._-]+@[A-Za-z0-9.-]+)?", "must be the e-mail address of a service account")
topic = _matching(
    r"(?:projects/[a-z0-9.:-]+/topics/[A-Za-z][A-Za-z0-9._~+%-]{2,254})?",
    "must be a full topic name, projects/<project>/topics/<topic>, or empty",
)
host = _matching(r"(?:[A-Za-z0-9.-]+:[0-9]{1,5})?", "must be host:port, or empty")
keys = _checked(
    _list,
    _are_keys,
    "must hold keys of 32 or more printable characters each, comma separated, newest first, "
    "such as `openssl rand -hex 32` makes",
)
resources = _checked(_set, _are_resources, f"must name some of {', '.join(RESOURCES)}, comma separated, and no others")
baselines = _checked(
    _set,
    _are_whole_resources,
    f"must name some of {', '.join(sorted(WHOLE_RESOURCES))}, comma separated, and no others",
)
domains = _checked(_lower_case_set, _are_domains, "must hold domains such as example.com, comma separated, without @")


def lifetime(text: str) -> int:
    """Round up: Google is asked in whole seconds."""
    return math.ceil(seconds(text))


def address(text: str) -> str:
    parts = _URL.fullmatch(text)
    if not parts:
        raise ValueError("must be a URL such as https://example.com/path, without user name, password or fragment")
    if parts[1] == "http" and not on_loopback(text):
        raise ValueError("must begin with https: plain http is for loopback only")
    return text


def optional_address(text: str) -> str:
    return address(text) if text else ""


def root(text: str) -> str:
    if "?" in text:
        raise ValueError("must not have a query: paths are put behind it")
    return address(text).rstrip("/")


def on_loopback(url: str) -> bool:
    host = _URL.sub(r"\2", url).strip("[]").lower()
    with suppress(ValueError):
        return any(ipaddress.ip_address(host) in network for network in _LOOPBACK)
    return host == "localhost"


def variable(parse: Callable[[str], Any], default: str = "", **options: Any) -> Any:
    return field(metadata={"parse": parse, "default": default}, **options)
