"""Keeps a copy of every watched collection: each change counts once, and none is missed.

    apply        one change, from Pub/Sub: late, twice, out of order, or after others that never came
    catch_up     whatever the feed has that the copy has not
    start_anew   the collection as it is, whatever the copy was

Several instances may do so at once: every step is on the condition that the copy is as it was read, so that of two the
later one fails, and does it again. A process may die anywhere: the next one goes on from the last step.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import takewhile
from typing import Any

from .change import Change, Item, change_of
from .sink import Head, Sink, Step, pieces
from .watches_api import FeedLostError, ItemPage, WatchesApi

_FIRST_PAGE = ""


class BehindError(Exception):
    """Less is known there than was told: it was restored and has not said so yet, or it is another deployment."""


class Consumer:
    """Every method raises what goes wrong, for somebody to call it again."""

    def __init__(self, watches: WatchesApi, sink: Sink):
        self._watches = watches
        self._sink = sink

    def apply(self, event: Mapping[str, Any]) -> None:
        """Take the CloudEvent of one change; when this returns, the copy has it."""
        change = change_of(event)
        head = self._sink.read(change.watch)
        if head.page is None and change.sequence <= head.sequence:
            return
        if head.page is None and change.sequence == head.sequence + 1 and not change.begins_anew:
            self._take(head, [change])
        elif (reached := self._follow(head).sequence) < change.sequence:
            raise BehindError(f"{change.watch} ends at {reached}, and {change.sequence} has come")

    def catch_up(self, watch: str) -> None:
        self._follow(self._sink.read(watch))

    def start_anew(self, watch: str) -> None:
        self._read_anew(replace(self._sink.read(watch), sequence=0))

    def _follow(self, head: Head) -> Head:
        """To the end of the feed; where it has a new baseline, or is lost, the items are read instead."""
        head = self._read_items(head)
        try:
            while changes := self._watches.changes(head.watch, head.sequence):
                told = [*takewhile(lambda each: not each.begins_anew, changes)]
                head = self._take(head, told)
                if len(told) < len(changes):
                    return self._read_anew(head)
        except FeedLostError:
            return self._read_anew(head)
        return head

    def _take(self, head: Head, changes: Sequence[Change]) -> Head:
        for piece in pieces(changes, lambda each: each.item):
            items = {each.item_id: each.item for each in piece if each.item_id is not None}
            head = self._sink.write(head, Step(piece[-1].sequence, None, items, piece))
        return head

    def _read_anew(self, head: Head) -> Head:
        return self._read_items(replace(head, page=_FIRST_PAGE))

    def _read_items(self, head: Head) -> Head:
        """From the page on that `head` names; a copy that is whole is left alone."""
        while head.page is not None:
            head = self._put(head, self._watches.items(head.watch, head.page))
        return head

    def _put(self, head: Head, page: ItemPage) -> Head:
        """With the last page goes what is on none. Where a later page is newer than the first, changes say it again."""
        sequence = page.sequence if head.page == _FIRST_PAGE else head.sequence
        if sequence < head.sequence:
            raise BehindError(f"the items of {head.watch} are of {sequence}, and the copy of {head.sequence}")
        items: dict[str, Item | None] = {**page.items}
        if page.following is None:
            items |= dict.fromkeys(sorted({*self._sink.others(head.watch, sequence)} - page.items.keys()))
        *first, last = [*pieces(items.items(), lambda each: each[1])] or [[]]
        for piece in first:
            head = self._sink.write(head, Step(sequence, head.page, dict(piece)))
        return self._sink.write(head, Step(sequence, page.following, dict(last)))
