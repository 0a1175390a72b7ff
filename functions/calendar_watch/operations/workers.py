"""The threads of an instance that reconcile many watches; whatever is wrong with one keeps them from no other."""

import logging
from collections.abc import Iterable, Mapping
from concurrent.futures import Executor
from contextvars import copy_context

from calendar_watch.errors import ForeignSchemaError, GoogleError
from calendar_watch.log import event
from calendar_watch.model.deadline import Deadline
from calendar_watch.ports import Services
from calendar_watch.reconciler.reconcile import reconcile
from calendar_watch.reconciler.result import Result

_logger = logging.getLogger(__name__)


class Workers:
    """Shared by all sweeps of an instance: `pool` bounds how many watches, and so how much memory, are in hand."""

    def __init__(self, services: Services, pool: Executor):
        self._services = services
        self._pool = pool

    def reconcile_all(self, watch_ids: Iterable[str], deadline: Deadline) -> Mapping[str, Result]:
        """Those that are left when time is up are not begun, and not in the answer."""
        working = {each: self._pool.submit(copy_context().run, self._in_time, each, deadline) for each in watch_ids}
        return {watch_id: result for watch_id, future in working.items() for result in future.result()}

    def _in_time(self, watch_id: str, deadline: Deadline) -> list[Result]:
        return [] if self._services.over(deadline) else [self._isolated(watch_id, deadline)]

    def _isolated(self, watch_id: str, deadline: Deadline) -> Result:
        try:
            return self._reconciled(watch_id, deadline)
        except Exception as error:  # whatever is wrong with one watch must not keep the sweep from the others
            fields = {"event": "unreconciled", "watchId": watch_id, "error": type(error).__name__}
            _forget_googles_words(error)
            _logger.exception("watch %s could not be reconciled", watch_id, extra={"fields": fields})
            return Result(failed=True)

    def _reconciled(self, watch_id: str, deadline: Deadline) -> Result:
        try:
            return reconcile(self._services, watch_id, deadline)
        except ForeignSchemaError as error:
            event("foreignSchema", str(error), severity="WARNING", collection="watches", count=1, document=watch_id)
            return Result()


def _forget_googles_words(error: BaseException) -> None:
    """What Google had refused before may name a user, and is no part of why this failed: no traceback needs it."""
    while (before := error.__cause__ or error.__context__) and not isinstance(before, GoogleError):
        error = before
    error.__cause__ = error.__context__ = None
