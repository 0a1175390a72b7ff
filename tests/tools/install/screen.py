"""How far set-up is, as people see it."""

import shutil
import time
from typing import TextIO


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
