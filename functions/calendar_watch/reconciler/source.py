"""Where a reading gets what it compares: now, or from what was asked for while the claim was still being written."""

from collections.abc import Callable
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
        return self._services.store.parts(watch_id, [WHOLE])[0]


class Ahead(Source):
    """The first page, and the part to compare it with, are on their way already.

    The notification was read before, so a listing that begins now shows what it announced. What is announced from now
    until the claim has landed may be missing, though its document is taken away: so this listing counts as begun only
    then, and the reading that settles it shows the rest.
    """

    def __init__(self, services: Services, watch: Watch):
        super().__init__(services)
        self._claimed = watch.schedule.write_count
        self._question = paging.first_question(watch, services.clock())
        self._page = self._begin(super().page, *self._question)
        self._whole = None if watch.target.resource.synced else self._begin(super().whole, watch.id)

    def stands(self, watch: Watch) -> bool:
        """Whether nothing was written since the claim: whoever has asked for a reading meanwhile is owed another."""
        return watch.schedule.write_count == self._claimed

    def page(self, *question: Any) -> Page:
        return self._page.result() if question == self._question else super().page(*question)

    def whole(self, watch_id: str) -> Snapshot:
        return self._whole.result() if self._whole else super().whole(watch_id)

    def _begin(self, ask: Callable[..., _Answer], *question: Any) -> Future[_Answer]:
        return self._services.aside.submit(copy_context().run, ask, *question)
