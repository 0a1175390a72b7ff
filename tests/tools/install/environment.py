"""Making the environment, or making it anew where that was cut off."""

import shutil
import sys
from collections import deque
from importlib.util import find_spec
from pathlib import Path

from .command import LOCK, run
from .progress import MOST_KEPT
from .screen import Screen


def make_environment(venv: Path, lock: int, screen: Screen) -> None:
    if left := [each for each in venv.iterdir() if each.name != LOCK]:
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
    said: deque[str] = deque(maxlen=MOST_KEPT)
    if run([sys.executable, "-m", "venv", str(venv)], lock, said.append):
        raise SystemExit("\n".join([*said, f"python -m venv {venv} failed: its last words are above"]))


def _delete(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def _spare_what_is_not_ours(venv: Path) -> None:
    """Since what is there will be deleted, and VENV may be anything."""
    if not (venv / "pyvenv.cfg").exists() and any(each.is_file() and each.name != LOCK for each in venv.rglob("*")):
        raise SystemExit(f"{venv} is there, and is no Python environment: remove it, or name another with VENV=")
