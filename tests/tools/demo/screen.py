"""What the reader sees: colour on a terminal, plain text anywhere else."""

import os
import textwrap
import time
from typing import TextIO

_DIM, _BOLD, _RED, _GREEN, _YELLOW = "2", "1", "31", "32", "33"
_SIGNS = {"created": (_GREEN, "+"), "updated": (_YELLOW, "~"), "deleted": (_RED, "-")}
_COLUMNS = 100
_MARGIN = len("  0.0 s  ")


class Screen:
    """https://no-color.org is honoured. Each line leaves at once, since people watch."""

    def __init__(self, output: TextIO):
        self._output = output
        self._colour = output.isatty() and not os.environ.get("NO_COLOR")
        self._began = time.monotonic()

    def title(self, text: str) -> None:
        self._line(f"\n{self._painted(text, _BOLD)}")

    def note(self, text: str) -> None:
        self._timed(text, _DIM)

    def change(self, kind: str, text: str) -> None:
        colour, sign = _SIGNS[kind]
        self._timed(f"{sign} {text}", colour)

    def alarm(self, kind: str, text: str) -> None:
        """A change that somebody should look at."""
        self._timed(f"{_SIGNS[kind][1]} {text}", _RED)

    def check(self, text: str) -> None:
        self._timed(f"ok {text}", _GREEN)

    def verbatim(self, text: str) -> None:
        self._line(text)

    def failure(self, text: str) -> None:
        self._line(self._painted(f"\nthe demo failed: {text}", _RED))

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._began

    def _timed(self, text: str, colour: str) -> None:
        first, *others = textwrap.wrap(text, _COLUMNS - _MARGIN, subsequent_indent="  ")
        self._line(f"{self._painted(f'{self.seconds:5.1f} s', _DIM)}  {self._painted(first, colour)}")
        for other in others:
            self._line(" " * _MARGIN + self._painted(other, colour))

    def _painted(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._colour else text

    def _line(self, text: str) -> None:
        print(text, file=self._output, flush=True)
