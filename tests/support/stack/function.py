"""One of the three functions, served as in production: functions-framework on gunicorn."""

import sys
from collections.abc import Mapping
from pathlib import Path

import requests

from .gunicorn import master_and_worker
from .process import LOOPBACK, Process, ProcessError
from .rest import call

SOURCE = "functions/main.py"
_COMMAND = (sys.executable, "-m", "functions_framework", "--host", LOOPBACK)
_METHOD_NOT_ALLOWED, _SERVER_ERROR = 405, 500


class Function(Process):
    """`source` is the file that is deployed: this tree's, where nothing else is said."""

    def __init__(self, target: str, port: int, environment: Mapping[str, str], logs: Path, source: str = SOURCE):
        self.url = f"http://{LOOPBACK}:{port}/"
        command = [*_COMMAND, "--source", source, "--target", target, "--port", str(port)]
        # Gunicorn makes a socket there. As in a container each has its own: in a shared one they unlink each other's.
        own = logs / target
        own.mkdir(exist_ok=True)
        super().__init__(target, command, {**environment, "XDG_RUNTIME_DIR": str(own)}, logs / f"{target}.log")

    def answers(self) -> bool:
        """A configured function refuses this without asking anybody. Raises ProcessError for one that is not."""
        status = self.status()
        if status == _SERVER_ERROR:
            raise ProcessError(f"{self.name} cannot work\n{self.tail()}")
        return status == _METHOD_NOT_ALLOWED

    def serving(self) -> tuple[int, int]:
        """Gunicorn's master and its worker. Raises ProcessError where there are not both."""
        if pair := master_and_worker(self.url):
            return pair
        raise ProcessError(f"{self.name} has ended by itself\n{self.tail()}")

    def status(self) -> int | None:
        """What it says to a request that none of them takes."""
        try:
            return call("PUT", self.url).status_code
        except requests.RequestException:
            return None
