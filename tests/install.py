"""Sets up .venv and shows how far it is. `make` runs this before anything is installed: it needs nothing but Python.

python3 -m tests.install .venv/python                                           the environment
.venv/bin/python -m tests.install .venv/runtime functions/requirements.txt      packages for it

The first argument is the file that says to make that this much is done. Whatever is left half done by a kill is gone
on with by the next run, or made anew.
"""

import fcntl
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import IO, TextIO

_PIP = [sys.executable, "-m", "pip", "--no-input", "install", "--require-hashes"]
_ENVIRONMENT = {
    "PIP_RETRIES": "2",  # whoever has no network learns it in seconds; whoever has asked for patience gets it
    "PIP_DEFAULT_TIMEOUT": "8",
    **os.environ,
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PIP_PROGRESS_BAR": "off",
    "PYTHONUNBUFFERED": "1",
}
_NAME = r"(?!\S*\.metadata)(?:\S*/)?(?P<name>[\w.-]+?)(?:-\d|[=<>\[;:!~ ])"
_THERE = re.compile(rf"\s*(?:Downloading|Using cached|Processing|Requirement already satisfied:|Ignoring) {_NAME}")
_WANTED = re.compile(rf"\s*(?:Collecting|Obtaining dependency information for) {_NAME}")
_BROKEN = re.compile(r"connection broken by|Max retries exceeded|[Rr]ead timed out|confirming the ssl certificate")
_REASON = re.compile(r"\[[^\]]+\] ([^'\"()]+)|'([^'\"]+ timed out)|([Rr]ead timed out)")
_NOISE = re.compile(r"WARNING: Location 'file:")
_LAST = 20
_LOCK = ".lock"

_UNREACHABLE = """\
no package index can be reached: {index} ({reason})
  behind a proxy: set HTTPS_PROXY, and PIP_CERT if the proxy has a certificate of its own
  with a mirror: set PIP_INDEX_URL
then run make again: it goes on from here"""


class Screen:
    """One line that changes on a terminal; anywhere else a line now and then, without control characters."""

    def __init__(self, output: TextIO, seconds_between: float = 5):
        self._output = output
        self._between = seconds_between
        self._latest = time.monotonic()

    def line(self, text: str) -> None:
        self._write(f"\r\x1b[K{text}\n" if self._output.isatty() else f"{text}\n")

    def passing(self, text: str) -> None:
        if self._output.isatty():
            self._write(f"\r\x1b[K  {text}"[: shutil.get_terminal_size().columns + len("\r\x1b[K") - 1])
        elif time.monotonic() - self._latest >= self._between:
            self._write(f"  {text}\n")

    def clear(self) -> None:
        if self._output.isatty():
            self._write("\r\x1b[K")

    def _write(self, text: str) -> None:
        self._output.write(text)
        self._output.flush()
        self._latest = time.monotonic()


class Progress:
    """What pip has said so far, from pip 22 to 26."""

    def __init__(self, total: int):
        self.trouble = ""
        """Why nothing came over the network, since the last package that did."""
        self.index = "https://pypi.org/simple"
        self.last: deque[str] = deque(maxlen=_LAST)
        self._total = total
        self._there: set[str] = set()
        self._doing = "asking the package index"

    def hear(self, line: str) -> None:
        if line and not _NOISE.match(line):
            self.last.append(line)
        if found := _THERE.match(line):
            self._there.add(re.sub(r"[-_.]+", "-", found["name"]).lower())
            self._doing, self.trouble = found["name"] + _size(line), ""
        elif found := _WANTED.match(line):
            self._doing = found["name"]
        elif _BROKEN.search(line):
            self._doing, self.trouble = "the package index does not answer, trying again", _reason(line)
        elif line.startswith("Looking in indexes: "):
            self.index = line.partition(": ")[2]
        elif line.startswith("Installing collected packages"):
            self._doing = "unpacking them"

    def __str__(self) -> str:
        return f"{len(self._there)} of {self._total} packages: {self._doing}"


def _size(line: str) -> str:
    found = re.search(r" \([\d.]+ [kMG]B\)", line)
    return found[0] if found else ""


def _reason(line: str) -> str:
    found = _REASON.search(line)
    return next(filter(None, found.groups())).strip() if found else "no answer"


@contextmanager
def alone(venv: Path, screen: Screen) -> Iterator[int]:
    """Two set-ups at once would spoil each other.

    A command that is given the lock as its input, and whatever it starts, hold it too: even if we are killed.
    """
    venv.mkdir(parents=True, exist_ok=True)
    lock = os.open(venv / _LOCK, os.O_CREAT | os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        screen.line(f"another set-up is at work in {venv}: waiting until it ends")
        fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        yield lock
    finally:
        os.close(lock)


def run(command: Sequence[str], lock: int, hear: Callable[[str], None]) -> int:
    with subprocess.Popen(  # noqa: S603 (our own commands)
        command, stdin=lock, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=_ENVIRONMENT
    ) as process:
        assert process.stdout
        try:
            for line in lines(process.stdout):
                hear(line)
        except BaseException:
            process.terminate()
            raise
    return process.returncode


def lines(pipe: IO[bytes]) -> Iterator[str]:
    """As they come, and an empty one for each second of silence."""
    rest = b""
    while True:
        if not select.select([pipe], [], [], 1)[0]:
            yield ""
        elif data := os.read(pipe.fileno(), 65536):
            *whole, rest = (rest + data).split(b"\n")
            yield from (each.decode(errors="replace").rstrip() for each in whole)
        else:
            return


def make_environment(venv: Path, lock: int, screen: Screen) -> None:
    if left := [each for each in venv.iterdir() if each.name != _LOCK]:
        _spare_what_is_not_ours(venv)
        screen.line(f"{venv} was left half made, or its Python has gone: it is made anew")
        for each in left:
            _delete(each)
    screen.line(f"setting up {venv}, once: a Python of this project's own; nothing is installed elsewhere")
    if lacking := [each for each in ("venv", "ensurepip") if not find_spec(each)]:
        ours = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        raise SystemExit(
            f"{sys.executable} lacks {lacking[0]}. On Debian or Ubuntu: apt install {ours}; then make again"
        )
    said: deque[str] = deque(maxlen=_LAST)
    if run([sys.executable, "-m", "venv", str(venv)], lock, said.append):
        raise SystemExit("\n".join([*said, f"python -m venv {venv} failed: its last words are above"]))


def _delete(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def _spare_what_is_not_ours(venv: Path) -> None:
    """Since what is there will be deleted, and VENV may be anything."""
    if not (venv / "pyvenv.cfg").exists() and any(each.is_file() and each.name != _LOCK for each in venv.rglob("*")):
        raise SystemExit(f"{venv} is there, and is no Python environment: remove it, or name another with VENV=")


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
