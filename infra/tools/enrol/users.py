"""Who is to be watched: of a domain, or of a file."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from infra.tools.enrol.order import FILE
from infra.tools.quantity import quantity
from infra.tools.service import PlainError

_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")


@dataclass(frozen=True, slots=True)
class Users:
    source: str
    active: tuple[str, ...]
    inactive: tuple[str, ...] = ()
    """Suspended or archived: nobody can act for them, but they have not left."""


def of_file(path: Path) -> Users:
    """Raises PlainError for a file that cannot be read, and with the line for what is no address."""
    try:
        lines = path.read_text().splitlines()
    except (OSError, ValueError) as error:
        raise PlainError(f"{path} cannot be read: {getattr(error, 'strerror', None) or 'it is no text'}") from None
    return Users(FILE, tuple(addresses(lines, str(path))))


def addresses(lines: Iterable[str], name: str) -> list[str]:
    """One a line, in lower case and once; what follows a # is a comment."""
    found: dict[str, None] = {}
    for number, line in enumerate(lines, 1):
        address = line.partition("#")[0].strip().lower()
        if address and not _ADDRESS.fullmatch(address):
            raise PlainError(f"{name}, line {number}: {address!r} is no e-mail address")
        if address:
            found[address] = None
    return list(found)


def in_words(users: Users) -> Iterator[str]:
    """How many there are and, where that is not the same for all, at which domains."""
    more = quantity(len(users.inactive), "more is", "more are")
    out = f"; {more} suspended or archived, and left out" if users.inactive else ""
    yield quantity(len(users.active), "user", "users") + out
    domains = Counter(address.rpartition("@")[2] for address in users.active)
    if len(domains) > 1:
        of_each = ", ".join(f"{count} at {domain}" for domain, count in domains.most_common())
        yield f"{of_each}: whoever is at none of SUBJECT_DOMAINS will be refused"
