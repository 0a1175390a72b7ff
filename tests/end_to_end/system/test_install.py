"""Setting up, as `make` does it before anything is installed."""

import hashlib
import io
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from tests.tools.install.environment import make_environment
from tests.tools.install.progress import Progress
from tests.tools.install.screen import Screen

ESCAPE = "\x1b"
# Nothing of this machine's settings for pip, and nobody listens on that port.
OFFLINE = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")} | {
    "PIP_CONFIG_FILE": os.devnull,
    "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
    "PIP_RETRIES": "1",
}
WHEEL = "small-1.0-py3-none-any.whl"


def set_up(stamp: Path, *requirements: Path, python: Path = Path(sys.executable)) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603 (our own commands)
        [python, "-m", "tests.tools.install", stamp, *requirements],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=OFFLINE,
        start_new_session=True,
    )


def told(process: subprocess.Popen[str]) -> tuple[int, str]:
    with process:
        said, _ = process.communicate(timeout=120)
    return process.returncode, said


@pytest.fixture(scope="module")
def venv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("installed") / "venv"
    assert told(set_up(path / "python"))[0] == 0
    return path


@pytest.fixture
def requirements(tmp_path: Path) -> Path:
    """One small package, and a file that asks for it and says where it lies."""
    info = "small-1.0.dist-info"
    with zipfile.ZipFile(tmp_path / WHEEL, "w") as wheel:
        wheel.writestr("small.py", "")
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: small\nVersion: 1.0\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")
    return asking_for(tmp_path, hashlib.sha256((tmp_path / WHEEL).read_bytes()).hexdigest())


def asking_for(directory: Path, digest: str) -> Path:
    path = directory / "requirements.txt"
    path.write_text(f"--no-index\n--find-links {directory}\nsmall==1.0 \\\n    --hash=sha256:{digest}\n")
    return path


def install(venv: Path, requirements: Path) -> tuple[int, str]:
    return told(set_up(venv / "runtime", requirements, python=venv / "bin/python"))


@pytest.mark.search
def test_without_a_network_it_is_said_plainly_in_seconds_also_when_going_on(venv: Path, tmp_path: Path) -> None:
    wanted = tmp_path / "requirements.txt"
    wanted.write_text(f"absent==1.0 --hash=sha256:{'0' * 64}\n")

    for beginning in ("installing the 1 packages", "going on with the 1 packages"):
        began = time.monotonic()
        code, said = install(venv, wanted)

        assert code == 1
        assert time.monotonic() - began < 30
        assert said.startswith(beginning)
        assert "no package index can be reached: http://127.0.0.1:9/simple (Connection refused)" in said
        assert "HTTPS_PROXY" in said
        assert "Traceback" not in said
        assert ESCAPE not in said


def test_what_else_goes_wrong_is_shown_in_pips_own_words(venv: Path, requirements: Path) -> None:
    code, said = install(venv, asking_for(requirements.parent, "0" * 64))

    assert code == 1
    assert "THESE PACKAGES DO NOT MATCH THE HASHES" in said
    assert "network" not in said


@pytest.mark.search
def test_a_package_that_was_half_installed_is_installed_again(venv: Path, requirements: Path) -> None:
    assert install(venv, requirements)[0] == 0
    (package,) = venv.glob("lib/*/site-packages/small.py")
    package.unlink()
    (package.parent / "small-1.0.dist-info/RECORD").unlink()

    code, said = install(venv, requirements)

    assert code == 0, said
    assert package.exists()
    assert (venv / "runtime").exists()


@pytest.mark.search
@pytest.mark.parametrize(("farewell", "seconds"), [(signal.SIGTERM, 0.5), (signal.SIGKILL, 1.5)])
def test_an_environment_that_was_killed_half_made_is_made_anew(
    requirements: Path, farewell: int, seconds: float
) -> None:
    """Only the script is killed: what it has started may still be at work when the next run begins."""
    stamp = requirements.parent / "venv/python"
    with set_up(stamp) as first:
        time.sleep(seconds)
        first.send_signal(farewell)

    code, said = told(set_up(stamp))

    assert code == 0, said
    assert stamp.exists()
    assert install(stamp.parent, requirements)[0] == 0


def test_what_is_no_environment_is_spared(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.touch()

    code, said = told(set_up(tmp_path / "python"))

    assert code == 1
    assert "is no Python environment" in said
    assert precious.exists()


OLD_PIP = """\
Looking in indexes: https://example.com/simple
WARNING: Location 'file:///gone' is ignored: it is neither a file nor a directory.
Collecting charset-normalizer==3.5.2 (from -r requirements.txt (line 4))
  Obtaining dependency information for charset-normalizer==3.5.2 from https://example.com/some-1.whl.metadata
  Downloading charset_normalizer-3.5.2-cp311-cp311-manylinux2014_x86_64.whl.metadata (31 kB)
Requirement already satisfied: google-api-core[grpc]==2.44.0 in ./site-packages (from -r requirements.txt (line 5))
Ignoring colorama: markers 'sys_platform == "win32"' don't match your environment
Processing /cache/blinker-1.9.0-py3-none-any.whl (from -r requirements.txt (line 6))"""


def test_what_pip_says_is_counted_by_package() -> None:
    progress = Progress(5)
    for line in OLD_PIP.splitlines():
        progress.hear(line)
    assert str(progress) == "3 of 5 packages: blinker"
    assert progress.index == "https://example.com/simple"
    assert not any("Location" in line for line in progress.last)

    progress.hear("Downloading charset_normalizer-3.5.2-cp311-cp311-manylinux2014_x86_64.whl (148 kB)")
    assert str(progress) == "4 of 5 packages: charset_normalizer (148 kB)"


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("NewConnectionError('<x object at 0x7f>: Failed to …: [Errno 111] Connection refused')", "Connection refused"),
        ("NameResolutionError(\"…: Failed to resolve 'x' ([Errno -2] Name or service not known)\")", "Name or service"),
        ("ConnectTimeoutError(<x>, 'Connection to pypi.org timed out. (…)')", "Connection to pypi.org timed out"),
        ('ReadTimeoutError("…: Read timed out. (read timeout=8.0)")', "Read timed out"),
        ("ProtocolError('Connection aborted.', RemoteDisconnected('…'))", "no answer"),
    ],
)
def test_the_reason_is_given_until_something_arrives(words: str, reason: str) -> None:
    progress = Progress(1)
    progress.hear(f"WARNING: Retrying (Retry(total=1, …)) after connection broken by '{words}': /simple/anyio/")
    assert progress.trouble.startswith(reason)

    progress.hear("  Downloading anyio-4.16.0-py3-none-any.whl (134 kB)")
    assert not progress.trouble


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_sees_one_line_that_changes_and_never_wraps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    terminal = Terminal()
    Screen(terminal).passing("x" * 100)

    assert terminal.getvalue() == f"\r{ESCAPE}[K  {'x' * 37}"


def test_a_pipe_gets_a_line_now_and_then() -> None:
    pipe = io.StringIO()
    Screen(pipe, seconds_between=60).passing("too soon")
    Screen(pipe, seconds_between=0).passing("in time")

    assert pipe.getvalue() == "  in time\n"


def test_a_python_without_venv_is_told_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.tools.install.environment.find_spec", lambda name: None if name == "ensurepip" else name)

    with pytest.raises(SystemExit, match=r"lacks ensurepip\. On Debian or Ubuntu: apt install python3\.\d+-venv"):
        make_environment(tmp_path, 0, Screen(io.StringIO()))
