"""Where a reading gets what it compares: now, or from what was asked for while the claim was still being written."""

from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future
from contextvars import copy_context
from typing import Any, TypeVar

from calendar_watch.decisions.listing import paging
from calendar_watch.model.collection.parts import WHOLE
from calendar_watch.model.collection.snapshot import Snapshot
from calendar_watch.model.listing import Page
from calendar_watch.model.target import Target
from calendar_watch.model.watch import Watch
from calendar_watch.ports import Services

_Answer = TypeVar("_Answer")


class Source:
    def __init__(self, services: Services):
        self._services = services

    def page(self, target: Target, page_token: str, sync_token: str, size: int) -> Page:
        return self._services.calendar.page(target, page_token, sync_token, size)

    def whole(self, watch_id: str) -> Snapshot:
        """What was read last, of a collection that lies in one part."""
        return self.parts(watch_id, [WHOLE])[0]

    def parts(self, watch_id: str, names: Collection[str]) -> Sequence[Snapshot]:
        return self._services.store.parts(watch_id, names)


class Ahead(Source):
    """The first page, and the part to compare it with where all lies in one, are on their way already.

    The notification was read before, so a listing that begins now shows what it announced. What is announced from now
    until the claim has landed may be missing, though its document is taken away: so this listing counts as begun only
    then, and the reading that settles it shows the rest.
    """

    def __init__(self, services: Services, watch: Watch):
        super().__init__(services)
        self._claimed = watch.schedule.write_count
        self._question = paging.first_question(watch, services.clock())
        self._page = self._begin(super().page, *self._question)
        self._part = self._begin(super().parts, watch.id, [WHOLE]) if _lies_in_one(watch) else None

    def stands(self, watch: Watch) -> bool:
        """Whether its holder wrote nothing since the claim. An operator's write is a conflict: all is decided anew."""
        return watch.schedule.write_count == self._claimed

    def page(self, *question: Any) -> Page:
        return self._page.result() if question == self._question else super().page(*question)

    def parts(self, watch_id: str, names: Collection[str]) -> Sequence[Snapshot]:
        """Once: later it is no longer what was read last."""
        part, self._part = self._part, None
        return part.result() if part and [*names] == [WHOLE] else super().parts(watch_id, names)

    def _begin(self, ask: Callable[..., _Answer], *question: Any) -> Future[_Answer]:
        return self._services.aside.submit(copy_context().run, ask, *question)


def _lies_in_one(watch: Watch) -> bool:
    return watch.reading.item_count is not None and watch.reading.parts == (WHOLE,)
