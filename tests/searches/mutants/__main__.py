"""Put each slip in, run the tests that should notice, and say which did not.

python -m tests.searches.mutants [words of a slip's name]
"""

import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.searches.mutants.slip import Slip, copied
from tests.searches.mutants.slips import SLIPS

_JOBS = 2
_OPTIONS = ("-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist", "-m", "not (search or rehearsal)")
"""What `make test` runs must notice."""


def is_caught(slip: Slip) -> bool:
    with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
        root = copied(Path(folder))
        slip.put_into(root)
        command = [sys.executable, "-m", "pytest", *_OPTIONS, *slip.tests]
        finished = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)  # noqa: S603 (ours)
    if finished.returncode not in (0, 1):
        raise RuntimeError(f"{slip.name}: the tests did not run\n{finished.stdout[-2000:]}")
    return finished.returncode == 1


def _judged(slip: Slip) -> bool:
    began = time.monotonic()
    caught = is_caught(slip)
    print(f"{'caught' if caught else 'MISSED'}  {time.monotonic() - began:5.0f} s  {slip.name}", flush=True)  # noqa: T201
    return caught


def main(wanted: str) -> str | None:
    slips = [each for each in SLIPS if wanted in each.name]
    if not slips:
        return f"no slip's name has {wanted!r} in it"
    if is_caught(Slip("none", tuple(sorted({test for each in slips for test in each.tests})), ())):
        return "the tests fail without any slip"
    with ThreadPoolExecutor(_JOBS) as pool:
        missed = len(slips) - sum(pool.map(_judged, slips))
    return f"{missed} of {len(slips)} slips were missed" if missed else None


sys.exit(main(" ".join(sys.argv[1:])))
