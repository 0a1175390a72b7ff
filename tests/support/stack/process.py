"""A process that ends for sure, with all its children, and whose log can be read."""

import os
import signal
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

from .memory import peak_mebibytes
from .waiting import until

LOOPBACK = "127.0.0.1"
ROOT = Path(__file__).parents[3]

# Ends the whole group also when whoever started it is killed outright: then the pipe, which only that one holds open,
# closes.
_LEASH = 'exec 3<&0; { cat <&3; kill -9 0; } >/dev/null 2>&1 & exec "$@" </dev/null 3<&-'
_TAIL = 15


class ProcessError(Exception):
    """A process did not start; the message ends with what it said."""


class Process(ABC):
    """`environment` is all that it sees of ours; what it says on either output is appended to `log`."""

    def __init__(self, name: str, command: Sequence[str], environment: Mapping[str, str], log: Path):
        self.name = name
        self.log = log
        self._command = ["/bin/sh", "-c", _LEASH, name, *command]
        self._environment = {"PATH": os.environ["PATH"], **environment}
        self._popen: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def answers(self) -> bool:
        """Whether it can be used already."""

    def start(self) -> None:
        """Return at once."""
        with self.log.open("ab") as output:
            self._popen = subprocess.Popen(  # noqa: S603 (our own commands)
                self._command,
                cwd=ROOT,
                env=self._environment,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait(self) -> None:
        """Return when it answers."""
        try:
            until(self._answers_or_is_gone, f"{self.name} answers")
        except TimeoutError as error:
            raise ProcessError(f"{error}\n{self.tail()}") from error
        if self.gone():
            raise ProcessError(f"{self.name} ended by itself\n{self.tail()}")

    def _answers_or_is_gone(self) -> bool:
        return self.gone() or self.answers()

    def gone(self) -> bool:
        return self._popen is None or self._popen.poll() is not None

    def end(self, seconds: float) -> None:
        """SIGTERM, as the platform says it: whoever has work at hand lets go of it, within so long. Kill it then."""
        assert self._popen
        self._popen.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._popen.wait(seconds)

    def kill(self) -> None:
        """SIGKILL, for gunicorn's workers too. Harmless where nothing runs."""
        if self._popen is None:
            return
        with self._popen as process, suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        self._popen = None

    def restart(self) -> None:
        """After a SIGKILL, not a farewell."""
        self.kill()
        self.start()
        self.wait()

    @contextmanager
    def running(self) -> Iterator[Self]:
        """From when it answers to the end of the block."""
        self.start()
        try:
            self.wait()
            yield self
        finally:
            self.kill()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Meanwhile it does nothing, but what is sent to it waits in its socket."""
        serving = self.serving()
        for each in serving:
            os.kill(each, signal.SIGSTOP)
        try:
            yield
        finally:
            for each in serving:
                os.kill(each, signal.SIGCONT)

    def serving(self) -> Sequence[int]:
        """Who does its work: not the leash by which it ends with us."""
        assert self._popen
        return (self._popen.pid,)

    def peak_mebibytes(self) -> float:
        """Of memory, gunicorn's master and worker together."""
        assert self._popen
        return peak_mebibytes(self._popen.pid)

    def lines(self) -> list[str]:
        return self.log.read_text(errors="replace").splitlines()

    def tail(self) -> str:
        return "\n".join([f"--- {self.name} said last:", *self.lines()[-_TAIL:]])
