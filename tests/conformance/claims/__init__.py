"""Every claim, in the order in which they are held against a side: those that wait come last."""

from types import ModuleType

from tests.conformance.claim import Claim

from . import (
    calendar_lists,
    calls,
    channels,
    deleted,
    errors,
    events,
    grants,
    listings,
    messages,
    rules,
    series,
    settings,
    sync_tokens,
)

_MODULES = (
    *(calls, errors, events, deleted, series, listings, sync_tokens),
    *(rules, calendar_lists, settings, grants, channels, messages),
)


def _of(module: ModuleType) -> list[Claim]:
    return [each for each in vars(module).values() if isinstance(each, Claim)]


CLAIMS: tuple[Claim, ...] = tuple(each for module in _MODULES for each in _of(module))
