"""All log lines of a run, of which none may tell a secret, or what people write in their calendars."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

from calendar_watch.log import _OneLine
from tests.searches.chaos.edges.access import REVOKED
from tests.searches.chaos.people.users import MARK
from tests.support.invariants import no_log_line_tells_a_secret
from tests.support.world import KEY

_FORBIDDEN = re.compile(
    "|".join((re.escape(KEY), r"1\.[a-z2-7]{32}\.", r"ya29\.", re.escape(REVOKED), MARK, r"@example\.com"))
)


class Lines(logging.Handler):
    """Keeps those that tell too much."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(_OneLine())
        self.telling: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        line = self.format(record)
        self.telling.extend(no_log_line_tells_a_secret([line], _FORBIDDEN))


@contextmanager
def listening() -> Iterator[Lines]:
    logger = logging.getLogger("calendar_watch")
    level, handlers, propagate = logger.level, logger.handlers, logger.propagate
    lines = Lines()
    logger.level, logger.handlers, logger.propagate = logging.DEBUG, [lines], False
    logger.manager._clear_cache()  # type: ignore[attr-defined]  # noqa: SLF001 (which levels are on)
    try:
        yield lines
    finally:
        logger.level, logger.handlers, logger.propagate = level, handlers, propagate
        logger.manager._clear_cache()  # type: ignore[attr-defined]  # noqa: SLF001
