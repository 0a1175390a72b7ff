"""Speed and cost as one table: `python -m tests.tools.bench`; of one part: `python -m tests.tools.bench cold_start`.

Each part is a module of that name, whose `measure` yields rows; of several, each runs in a process of its own. The
machine is noisy, so times are ratios within one run; counts are exact. `at_rest`, `before`, `fleet`, `killed` and
`lists` take minutes, and are run one at a time, by name. What a part lets one choose follows it: `before=19e75b4`.
"""

import os
import subprocess
import sys
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

from tests.tools.bench.row import Row, line

_ROOT = Path(__file__).parents[3]
_PARTS = (
    "cold_start",
    "forged",
    "genuine",
    "burst",
    "reconciling",
    "round_trips",
    "sweep",
    "nothing_due",
    "domains",
    "latency",
    "tokens",
    "memory",
    "heavy_events",
    "large_calendar",
    "against_naive",
)
_SECONDS = 240
"""None of several may take longer."""


def main(names: list[str]) -> int:
    print(line("what", "measured", "goal", "", "again"), flush=True)  # noqa: T201
    if len(names) == 1:
        return _measured(names[0])
    return max([_in_a_process_of_its_own(name) for name in names or _PARTS])


def _in_a_process_of_its_own(name: str) -> int:
    command = [sys.executable, "-m", "tests.tools.bench", "--", name]
    try:
        return subprocess.run(command, cwd=_ROOT, check=False, timeout=_SECONDS).returncode  # noqa: S603 (this module)
    except subprocess.TimeoutExpired:
        print(line(name, f"not done within {_SECONDS} s", "", "FALLS SHORT", ""))  # noqa: T201
        return 1


def _measured(named: str) -> int:
    name, *chosen = named.split("=")
    sys.path.insert(0, str(_ROOT / "functions"))
    os.environ["PYTHONPATH"] = os.pathsep.join(map(str, (_ROOT, _ROOT / "functions")))
    rows: Iterable[Row] = import_module(f"tests.tools.bench.{name}").measure(*chosen)
    worst = 0
    for row in rows:
        print(line(row.what, row.measured, row.goal, row.verdict, f"python -m tests.tools.bench {named}"), flush=True)  # noqa: T201
        worst = max(worst, row.met is False)
    return worst


if __name__ == "__main__":
    arguments = sys.argv[1:]
    sys.exit(_measured(arguments[1]) if arguments[:1] == ["--"] else main(arguments))
