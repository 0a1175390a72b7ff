"""Small pages, small parts and small writes, so that a few items do what tens of thousands do elsewhere."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from unittest.mock import patch

PAGE = 3
"""Items of one answer of Google's, which may always be fewer than asked for."""
_LIMITS = {
    "parts._LARGEST": 3_000,
    "merging._MOST_LEAVES": 2,
    "merging._MOST_ITEMS": 2,
    "paged_reader._CHUNK": 2,
    "whole_reader._CHUNK": 2,
    "follower._CHUNK": 1,
    "attendant._BATCH": 3,
}


@contextmanager
def everything_small() -> Iterator[None]:
    with ExitStack() as patches:
        for name, limit in _LIMITS.items():
            patches.enter_context(patch(f"calendar_watch.{name}", limit))
        yield
