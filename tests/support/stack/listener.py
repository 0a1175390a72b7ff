"""The processes that stand in for Google's."""

import socket
import sys
from pathlib import Path

from .process import LOOPBACK, Process


class Listener(Process):
    """`python -m {module} --port {port} {options}`: ready as soon as it listens."""

    def __init__(self, module: str, port: int, logs: Path, *options: str):
        name = module.rpartition(".")[2]
        self.host = f"{LOOPBACK}:{port}"
        self._port = port
        command = [sys.executable, "-m", module, "--port", str(port), *options]
        super().__init__(name, command, {}, logs / f"{name}.log")

    def answers(self) -> bool:
        try:
            with socket.create_connection((LOOPBACK, self._port), timeout=1):
                return True
        except OSError:
            return False
