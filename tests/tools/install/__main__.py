"""Sets up .venv and shows how far it is. `make` runs this before anything is installed: it needs nothing but Python.

python3 -m tests.tools.install .venv/python                                     the environment
.venv/bin/python -m tests.tools.install .venv/runtime functions/requirements.txt   packages for it

The first argument is the file that says to make that this much is done. Whatever is left half done by a kill is gone
on with by the next run, or made anew.
"""

import re
import shutil
import signal
import sys
import time
from pathlib import Path

from .command import alone, run
from .environment import make_environment
from .progress import Progress
from .screen import Screen

_PIP = [sys.executable, "-m", "pip", "--no-input", "install", "--require-hashes"]
_UNREACHABLE = """\
no package index can be reached: {index} ({reason})
  behind a proxy: set HTTPS_PROXY, and PIP_CERT if the proxy has a certificate of its own
  with a mirror: set PIP_INDEX_URL
then run make again: it goes on from here"""


def install(requirements: Path, begun: Path, lock: int, screen: Screen) -> None:
    total = len(re.findall(r"^\S+==", requirements.read_text(), re.MULTILINE))
    goes_on = "going on with" if begun.exists() else "installing"
    screen.line(f"{goes_on} the {total} packages of {requirements}")
    begun.touch()
    _drop_half_installed(begun.parent)
    progress, began = Progress(total), time.monotonic()

    def hear(line: str) -> None:
        progress.hear(line)
        screen.passing(f"{progress} ({time.monotonic() - began:.0f} s)")

    if run([*_PIP, "-r", str(requirements)], lock, hear):
        screen.clear()
        raise SystemExit(_failure(progress))
    begun.unlink()
    screen.line(f"  {total} packages are installed ({time.monotonic() - began:.0f} s)")


def _drop_half_installed(venv: Path) -> None:
    """Pip writes RECORD last, but believes that whatever has METADATA is complete."""
    for info in venv.glob("lib/*/site-packages/*.dist-info"):
        if not (info / "RECORD").exists():
            shutil.rmtree(info)


def _failure(progress: Progress) -> str:
    if progress.trouble:
        return _UNREACHABLE.format(index=progress.index, reason=progress.trouble)
    return "\n".join([*progress.last, "pip failed: its last words are above"])


def main() -> int:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    screen = Screen(sys.stdout)
    stamp, *requirements = map(Path, sys.argv[1:])
    try:
        with alone(stamp.parent, screen) as lock:
            for each in requirements:
                install(each, stamp.with_suffix(".begun"), lock, screen)
            if not requirements and not stamp.exists():
                make_environment(stamp.parent, lock, screen)
            stamp.touch()
    except KeyboardInterrupt:
        screen.line("interrupted: run make again, and it goes on from here")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
