"""One line of the table: what was measured, and whether it is good enough."""

from dataclasses import dataclass

WIDTHS = (64, 44, 34, 12)
"""Of the columns, in characters; the last one, the command, takes what it needs."""


@dataclass(frozen=True, slots=True)
class Row:
    """`met` is None where nothing is demanded and the figure only explains another."""

    what: str
    measured: str
    goal: str = ""
    met: bool | None = None

    @property
    def verdict(self) -> str:
        return {None: "", True: "pass", False: "FALLS SHORT"}[self.met]


def at_most(what: str, value: float, most: float, spelled: str = "{:.2f} x") -> Row:
    return Row(what, spelled.format(value), f"at most {spelled.format(most)}", value <= most)


def at_least(what: str, value: float, least: float, spelled: str = "{:.2f} x") -> Row:
    return Row(what, spelled.format(value), f"at least {spelled.format(least)}", value >= least)


def line(*cells: str) -> str:
    *fixed, last = cells
    return "  ".join([*(cell.ljust(width) for cell, width in zip(fixed, WIDTHS, strict=True)), last])
