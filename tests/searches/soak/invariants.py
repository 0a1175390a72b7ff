"""What must be true once everything has been quiet for a while. Each says what differs, in words."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from calendar_watch.model.channel_token import ChannelTokens
from tests.support.invariants import (
    Watched,
    a_feed_is_numbered_without_a_gap,
    each_active_watch_has_one_live_channel_and_no_other_has_any,
    no_log_line_tells_a_secret,
    what_arrived_is_what_the_feed_holds,
)
from tests.support.stack import Function, Stack

from .witness import Witness

_METHOD_NOT_ALLOWED = 405
_MOST = 500
_TOO_SLOW = "Firestore does not answer"


class Invariants:
    def __init__(self, stack: Stack, functions: Sequence[Function]):
        self.functions = functions
        self._stack = stack

    def broken(self, witness: Witness) -> list[str]:
        """At this moment; channels are renewed all the time, so that some of it may mend itself."""
        watches = self._watches()
        return [
            *self._processes(),
            *(f"{_watched(each)} is {each['state']}" for each in watches if each["state"] != "active"),
            *each_active_watch_has_one_live_channel_and_no_other_has_any([*map(_watched, watches)], self._live()),
            *self._consumers(watches, witness),
            *self._logs(),
        ]

    def __str__(self) -> str:
        turned_away = sum('"LeaseLost"' in line for function in self.functions for line in function.lines())
        return (
            f"{len(self._watches())} watches, {len(self._stack.google.live_channels())} live channels of "
            f"{len(self._stack.google.channels())} ever; late workers were turned away {turned_away} times"
        )

    def _watches(self) -> list[Any]:
        """Those that somebody wants."""
        return [each for each in self._stack.api.list(f"pageSize={_MOST}") if each["state"] != "stopped"]

    def _processes(self) -> Iterator[str]:
        for each in self.functions:
            if each.gone() or each.status() != _METHOD_NOT_ALLOWED:
                yield f"{each.name} is not alive"
        if self._stack.simulator.gone():
            yield "the simulator is not alive"

    def _live(self) -> Mapping[str, Sequence[str]]:
        """Channels by watch, which their tokens tell."""
        tokens, live = ChannelTokens([self._stack.signing_key]), defaultdict(list)
        for channel in self._stack.google.live_channels():
            live[tokens.verify(channel["token"], channel["id"])].append(channel["id"])
        return live

    def _consumers(self, watches: Sequence[Any], witness: Witness) -> Iterator[str]:
        """Each knows what Google shows, and was sent the feed: whole, in order, without a gap."""
        feeds = [list(self._stack.api.changes(watch["id"])) for watch in watches]
        witness.read()
        for watch, feed in zip(watches, feeds, strict=True):
            if not witness.agrees(watch):
                yield f"the consumer of {_watched(watch)} does not know what Google shows"
            heard = witness.heard(watch)[: len(feed)]  # more may have come since
            yield from what_arrived_is_what_the_feed_holds(_watched(watch), heard, feed)
            yield from a_feed_is_numbered_without_a_gap(_watched(watch), feed)

    def _logs(self) -> Iterator[str]:
        secrets = self._secrets()
        for function in self.functions:
            lines = function.lines()
            yield from (f"{function.name} did not expect this: {each}" for each in lines if _is_surprise(each))
            yield from (f"{function.name}: {each}" for each in no_log_line_tells_a_secret(lines, secrets))

    def _secrets(self) -> re.Pattern[str]:
        tokens = {each["token"] for each in self._stack.google.channels()}
        return re.compile("|".join(map(re.escape, (self._stack.signing_key, *tokens))))


def _is_surprise(line: str) -> bool:
    """On a busy machine, Firestore may well be too slow for a lease this short."""
    return '"severity": "ERROR"' in line and _TOO_SLOW not in line


def _watched(watch: Any) -> Watched:
    """Of its channels, a watch tells the one that counts."""
    known = {watch["channel"]["id"]} if watch["channel"] else set()
    return Watched(watch["id"], watch["resource"], watch["state"], watch["state"] != "stopping", known)
