"""`python -m tests.tools.scale`: simulate three sizes, print the table, draw the pictures. `… real`: run processes."""

import logging
import os
import sys
import time
from pathlib import Path

from tests.tools.bench.row import line
from tests.tools.scale import real
from tests.tools.scale.assumptions import Assumptions, Prices
from tests.tools.scale.pictures import pictures
from tests.tools.scale.scenarios import simulated
from tests.tools.scale.table import agreement, table

_ROOT = Path(__file__).parents[3]
_PICTURES = _ROOT / "infra/pictures"


def main(arguments: list[str]) -> int:
    return _real() if arguments == ["real"] else _simulated()


def _simulated() -> int:
    began = time.monotonic()
    reports = simulated()
    print("\n".join(table(reports, Assumptions(), Prices())))  # noqa: T201
    print("\n100,000 watches, from 9 to 11 o'clock: each decided over, and one of twenty")  # noqa: T201
    print("\n".join(agreement(reports)))  # noqa: T201
    for name, picture in pictures(reports).items():
        (_PICTURES / name).write_text(picture)
    cpu = sum(os.times()[:4])
    print(f"\nin {(time.monotonic() - began) / 60:.1f} min, {cpu / 60:.1f} min of CPU; pictures: {_PICTURES}")  # noqa: T201
    return 0


def _real() -> int:
    os.environ["PYTHONPATH"] = os.pathsep.join(map(str, (_ROOT, _ROOT / "functions")))
    worst = 0
    for row in real.measure():
        print(line(row.what, row.measured, row.goal, row.verdict, ""), flush=True)  # noqa: T201
        worst = max(worst, row.met is False)
    return worst


if __name__ == "__main__":
    logging.getLogger("calendar_watch").setLevel(logging.CRITICAL)
    sys.exit(main(sys.argv[1:]))
