"""What must be true once everything has been quiet for a while. Each says what differs, in words."""

from collections.abc import Iterator, Sequence
from typing import Any

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
            *(f"{_name(each)} is {each['state']}" for each in watches if each["state"] != "active"),
            *self._channels(watches),
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

    def _channels(self, watches: Sequence[Any]) -> Iterator[str]:
        """One for each watch."""
        ours = {watch["channel"]["id"] for watch in watches if watch["channel"]}
        live = {channel["id"] for channel in self._stack.google.live_channels()}
        yield from (f"channel {each} is live at Google, and no watch's" for each in sorted(live - ours))
        yield from (f"channel {each} is a watch's, and not live at Google" for each in sorted(ours - live))

    def _consumers(self, watches: Sequence[Any], witness: Witness) -> Iterator[str]:
        """Each knows what Google shows, and was sent the feed: whole, in order, without a gap."""
        feeds = [list(self._stack.api.changes(watch["id"])) for watch in watches]
        witness.read()
        for watch, feed in zip(watches, feeds, strict=True):
            if not witness.agrees(watch):
                yield f"the consumer of {_name(watch)} does not know what Google shows"
            if witness.heard(watch)[: len(feed)] != feed:
                yield f"the feed of {_name(watch)} is not what was published"
            if [int(each["sequence"]) for each in feed] != [*range(1, len(feed) + 1)]:
                yield f"the sequence of {_name(watch)} has a gap"

    def _logs(self) -> Iterator[str]:
        secrets = {self._stack.signing_key, *(each["token"] for each in self._stack.google.channels())}
        for function in self.functions:
            lines = function.lines()
            yield from (f"{function.name} did not expect this: {each}" for each in lines if _is_surprise(each))
            text = "\n".join(lines)
            if any(secret in text for secret in secrets):
                yield f"a secret is in the log of {function.name}"


def _is_surprise(line: str) -> bool:
    """On a busy machine, Firestore may well be too slow for a lease this short."""
    return '"severity": "ERROR"' in line and _TOO_SLOW not in line


def _name(watch: Any) -> str:
    return f"{watch['resource']} {watch['id']}"
