"""`renew` as it is deployed, but for the page of its sweeps: where there are fewer watches, it is to be smaller too."""

import os

from calendar_watch.operations import sweep

sweep._PAGE = int(os.environ["SWEEP_PAGE"])  # noqa: SLF001 (no setting)

from main import renew  # noqa: E402, F401 (the entry point)
